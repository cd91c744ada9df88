import { cdaExample } from '../../../electron/connector/documents/cda-example.ts'
import { writeCda } from '../../../electron/connector/documents/index.ts'
import { insKey, type IdentityClaim } from '../../../electron/connector/patients/index.ts'
import { practiceFile, type Practice } from '#shared/contract/index.ts'
import { madePdf } from './made-pdf.ts'

/** The practice whose documents these are. */
export const practice: Practice = practiceFile.parse({ structures: [cdaExample.structure], professionals: [cdaExample.professional] })

/** Invented patients, all qualified. */
export const patients = ['ESSAI', 'MODELE', 'FICTIF'].map((birthName, index) => {
  const number = `284069999999${9 - index}`
  return { ...cdaExample.patient, ins: `${number}${insKey(number)}`, birthName, usedName: null, localId: { value: `P${index}`, oid: '1.2.250.1.999.77.2' } }
})

/** What the practice software says of a patient beside a document. */
export function identityOf(patient: number): Omit<IdentityClaim, 'origin'> {
  const { ins, insOid, birthName, givenName, givenNames, birthDate, sex, birthPlace } = patients[patient]!
  return { ins, insOid, birthName, givenName, givenNames, birthDate, sex, birthPlace }
}

/** A document the practice software may export: one version of one family. */
export interface MadeDocument {
  readonly family: number
  readonly version: number
  readonly patient: number
  readonly kind: 'cda' | 'pdf'
  readonly bytes: Uint8Array
  /** Its software numbers nothing and writes every such PDF under one file name, one over the other. */
  readonly isOverwritten: boolean
  /** The CDA's own id; null for a PDF, which gets one from the connector. */
  readonly uniqueId: string | null
}

/** Families of documents; those of the last ones are PDFs, the very last of which come under one name. */
export const families = 12
const pdfFamilies = 5
const overwrittenFamilies = 2
export const versions = 3

const made = new Map<string, MadeDocument>()

/** The version of a family, always the same bytes. A CDA of an even family names the version before it, one of an odd family only counts. */
export function documentOf(family: number, version: number): MadeDocument {
  const name = `${family} ${version}`
  const known = made.get(name)
  if (known) return known
  const patient = family % patients.length
  const document: MadeDocument =
    family >= families - pdfFamilies
      ? { family, version, patient, kind: 'pdf', bytes: madePdf(name), isOverwritten: family >= families - overwrittenFamilies, uniqueId: null }
      : { family, version, patient, kind: 'cda', bytes: cdaOf(family, version, patient), isOverwritten: false, uniqueId: idOf(family, version) }
  made.set(name, document)
  return document
}

const setOf = (family: number) => `1.2.250.1.999.77.3.${family + 1}`
const idOf = (family: number, version: number) => `${setOf(family)}.${version}`

function cdaOf(family: number, version: number, patient: number): Uint8Array {
  const written = writeCda({
    ...cdaExample,
    id: idOf(family, version),
    setId: setOf(family),
    versionNumber: version,
    replaces: version > 1 && family % 2 === 0 ? idOf(family, version - 1) : null,
    title: `Document ${family}, version ${version}`,
    patient: patients[patient]!,
  })
  if (!written.ok) throw new Error(written.failure.detail)
  return written.value
}

import { createHash } from 'node:crypto'
import { adtMessage } from '../../resources/demo/adt-message.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { identityFor, writeDemoCda } from '../support/demo/cda.ts'
import type { DemoAuthor, DemoDocument } from '../support/demo/document-model.ts'
import { documentMessage } from '../support/demo/hl7-messages.ts'
import { newDocuments, type NewDocument } from '../support/demo/new-documents.ts'
import { authors } from '../support/demo/people.ts'
import { sidecar } from '../support/demo/sidecars.ts'
import type { Given } from './check-invariants.ts'
import { madePdf } from './model/made-pdf.ts'
import type { Random } from './random.ts'

/** What the practice software hands over at once: a message, or files dropped together. */
export type Delivery =
  | { readonly door: 'hl7'; readonly controlId: string; readonly message: string; readonly given: Given | null }
  | {
      readonly door: 'folder'
      readonly files: readonly (readonly [name: string, bytes: Uint8Array])[]
      readonly given: Given
      /** Milliseconds its software lets pass before it drops the last of them. */
      readonly pauseMs?: number
    }

/** Of programs that use one name for all they export. */
const usedNames = ['export', 'document', 'impression', 'courrier']

/** Says nothing of its patient. */
const scan = madePdf('Page 1')

type FolderDelivery = Extract<Delivery, { door: 'folder' }>
type Dropped = FolderDelivery['files'][number]

/** How often what is not a first version is produced; each from 0 to 1. */
export interface Mixture {
  /** Chance of a PDF with its sidecar; the rest are CDA. */
  readonly pdf: number
  /** Chance that a CDA comes by the folder rather than by HL7. */
  readonly cdaByFolder: number
  readonly replacement: number
  /** The same content again, under another name or message number. */
  readonly repeat: number
  /** Chance of a PDF that its software writes, sidecar first, over the one before. */
  readonly overwritten: number
  /** A document that cannot go: its author is not of the practice. */
  readonly parking: number
}

/** The documents of one run, drawn from a seed: the same draws give the same bytes and ids. */
export interface DocumentSource {
  /** The patients of the day, announced as each morning; PDFs wait for them. */
  announcements(): Delivery[]
  /** `mayReplace` says of a uniqueId whether its author already saw it taken. */
  next(mayReplace: (uniqueId: string) => boolean): Delivery
  /** One that ends parked. */
  parking(): Delivery
  /** The first under each name that is used again: nothing tells yet that it will be. */
  firstOverwritten(): Delivery[]
  /** One CDA by HL7, for a scenario that needs something to send at once. */
  plain(): Delivery
}

interface Version {
  readonly document: DemoDocument
  readonly author: DemoAuthor
  readonly uniqueId: string
  readonly setId: string
  readonly number: number
  readonly cda: string
}

const oids = demoPatients()
/** Demo PDFs that go by themselves once their patient is announced, with the sidecar in JSON. */
const letters = newDocuments.filter((document) => document.delivery === 'json' && document.expected === 'deposited')
const ownAuthors = [authors.marchandeau, authors.belhadj]
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** Opens the source. `arc` is the root of its uniqueIds and makes them this run's alone. */
export function openDocumentSource(random: Random, arc: string, mixture: Mixture): DocumentSource {
  const overwrites = random.branch(1)
  let rank = 0
  const newest: Version[] = []
  const repeatable: Delivery[] = []

  function cdaOf(replaces: Version | null, author: DemoAuthor): Version {
    rank += 1
    const patient = replaces?.document.patient ?? random.pick(oids.patients)
    const writer = replaces?.author ?? author
    const uniqueId = `${arc}.${rank}`
    // Some are long enough to leave in many pieces.
    const paragraphs = random.chance(0.1) ? random.between(100, 900) : random.between(1, 8)
    const document: DemoDocument = {
      name: `compte-rendu-${rank}`,
      patient,
      author: writer,
      type: '11488-4',
      title: `Compte rendu de consultation ${rank}`,
      at: '2026-11-20T09:40',
      structured: true,
      body: { kind: 'letter', to: [], paragraphs: Array.from({ length: paragraphs }, (_, index) => `Paragraphe ${index + 1} du document ${rank}. ${'Examen clinique sans particularité. '.repeat(5)}`) },
    }
    const identity = identityFor(document, uniqueId)
    const setId = replaces?.setId ?? identity.setId
    const number = (replaces?.number ?? 0) + 1
    let cda = writeDemoCda(document, { ...identity, setId }, null, false)
    if (replaces) {
      const parent = `<relatedDocument typeCode="RPLC"><parentDocument><id root="${replaces.uniqueId}"/><setId root="${setId}"/><versionNumber value="${replaces.number}"/></parentDocument></relatedDocument>`
      cda = cda.replace('<versionNumber value="1"/>', `<versionNumber value="${number}"/>`).replace('<componentOf>', `${parent}\n<componentOf>`)
    }
    return { document, author: writer, uniqueId, setId, number, cda }
  }

  function deliver(version: Version, replaces: Version | null, door: 'hl7' | 'folder'): Delivery {
    const { document, author, uniqueId, cda } = version
    rank += 1
    const reference = door === 'hl7' ? `PREUVE${rank}` : `compte-rendu-${rank}.xml`
    const given: Given = { door, reference, content: sha256(cda), uniqueId, ins: document.patient.ins, replaces: replaces?.uniqueId ?? null }
    if (door === 'folder') return { door, files: [[reference, Buffer.from(cda, 'utf8')]], given }
    const kind = random.chance(0.5) ? 'oru' : 'mdm'
    const first = documentMessage(kind, document, author, cda, uniqueId).replaceAll(/DEMO-(ORU|MDM)-\d+/g, reference)
    return { door, controlId: reference, message: replaces ? asReplacement(first) : first, given }
  }

  function pdf(from = random, isScan = false): FolderDelivery {
    rank += 1
    const template = from.pick(letters)
    const name = `courrier-${rank}`
    // A comment after the end mark makes each a document of its own and leaves the PDF valid.
    return pdfDelivery(template, name, Buffer.concat([isScan ? scan : playFile(`${template.name}.pdf`), Buffer.from(`\n% ${arc} ${rank}\n`)]))
  }

  function pdfDelivery(template: NewDocument, name: string, bytes: Uint8Array): FolderDelivery {
    const given: Given = { door: 'folder', reference: `${name}.pdf`, content: sha256(bytes), uniqueId: null, ins: template.patient.ins, replaces: null }
    // The sidecar first: the document is then complete when it appears.
    return { door: 'folder', files: [[`${name}.json`, sidecar({ ...template, title: `${template.title} (${name})` }, 'json')], [`${name}.pdf`, bytes]], given }
  }

  /**
   * Under a name that its software uses again, sidecar or document first; the other comes at once, in a while, or so long after that what came first is read
   * alone. Some say nothing of their patient, as a scan.
   */
  function overwriting(pauseMs: number, name = overwrites.pick(usedNames), isSidecarFirst = overwrites.chance(0.7), isScan = overwrites.chance(0.4)): Delivery {
    const { given, files } = pdf(overwrites, isScan)
    if (files.length !== 2) throw new Error('a PDF comes with its sidecar')
    const [[, said], [, bytes]] = files as [Dropped, Dropped]
    const [sidecarName, reference] = [`${name}.json`, `${name}.pdf`]
    const dropped: Dropped[] = [[sidecarName, said], [reference, bytes]]
    return { door: 'folder', files: isSidecarFirst ? dropped : dropped.toReversed(), given: { ...given, reference, isOverwritten: true, sidecar: sidecarName }, pauseMs }
  }

  /** The same content under another name or number. */
  function again(delivery: Delivery): Delivery {
    rank += 1
    if (delivery.door === 'hl7') {
      const controlId = `PREUVE${rank}`
      return { ...delivery, controlId, message: delivery.message.replaceAll(delivery.controlId, controlId), given: delivery.given && { ...delivery.given, reference: controlId } }
    }
    const stem = delivery.given.reference.replace(/\.[^.]*$/, '')
    const renamed = (name: string): string => name.replace(stem, `${stem}-copie-${rank}`)
    return { ...delivery, files: delivery.files.map(([name, bytes]) => [renamed(name), bytes] as const), given: { ...delivery.given, reference: renamed(delivery.given.reference) } }
  }

  const parking = (): Delivery => deliver(cdaOf(null, authors.biologist), null, random.chance(0.5) ? 'hl7' : 'folder')

  return {
    announcements: () =>
      oids.patients.map((patient, index) => {
        const controlId = `ANNONCE${index + 1}`
        return { door: 'hl7', controlId, message: adtMessage(patient, oids, { event: 'A04', time: '20261120080000', controlId }), given: null }
      }),
    next(mayReplace) {
      if (random.chance(mixture.parking)) return parking()
      if (repeatable.length > 0 && random.chance(mixture.repeat)) return again(random.pick(repeatable))
      // Drawn apart: the other documents of a seed stay what they are.
      if (overwrites.chance(mixture.overwritten)) return overwriting(overwrites.pick([0, 0, overwrites.between(200, 2_000), overwrites.between(2_000, 9_000), overwrites.between(21_000, 26_000)]))
      if (random.chance(mixture.pdf)) {
        const delivery = pdf()
        repeatable.push(delivery)
        return delivery
      }
      const candidates = random.chance(mixture.replacement) ? newest.filter((version) => mayReplace(version.uniqueId)) : []
      const replaced = candidates.length > 0 ? random.pick(candidates) : null
      const version = cdaOf(replaced, random.pick(ownAuthors))
      if (replaced) newest.splice(newest.indexOf(replaced), 1)
      newest.push(version)
      const delivery = deliver(version, replaced, random.chance(mixture.cdaByFolder) ? 'folder' : 'hl7')
      // A replaced version that comes again is another matter: only first versions are repeated.
      if (!replaced) repeatable.push(delivery)
      if (newest.length > 200) newest.shift()
      if (repeatable.length > 200) repeatable.shift()
      return delivery
    },
    parking,
    firstOverwritten: () => usedNames.map((name) => overwriting(0, name, true, false)),
    plain: () => deliver(cdaOf(null, random.pick(ownAuthors)), null, 'hl7'),
  }
}

/** ORC-1, OBX-11 of the document and the MDM event all say "replace" (profile 2.1 wants them to agree). */
function asReplacement(message: string): string {
  return message
    .split('\r')
    .map((segment) => {
      if (segment.startsWith('ORC|NW|')) return segment.replace('ORC|NW|', 'ORC|RO|')
      if (/^OBX\|\d+\|ED\|/.test(segment)) return segment.replace(/\|F$/, '|C')
      return segment.startsWith('MSH|') ? segment.replace('MDM^T02^MDM_T02', 'MDM^T10^MDM_T02') : segment
    })
    .join('\r')
}

import { createHash } from 'node:crypto'
import type { PlayStep } from '../../../resources/demo/play-list.ts'
import type { PreloadEntry } from '../../../resources/demo/preload.ts'
import { identityFor, metadataOfDemo, writeDemoCda } from './cda.ts'
import type { DemoDocument } from './document-model.ts'
import { documentMessage } from './hl7-messages.ts'
import { newDocuments, type NewDocument } from './new-documents.ts'
import { isoOf } from './paris-time.ts'
import { pastDocuments } from './past-documents.ts'
import { summaryDocuments } from './summary-documents.ts'
import { drawDocument } from './pdf/draw-document.ts'
import { localIdOid } from './people.ts'
import { sidecar } from './sidecars.ts'

const practiceSoftware = 'Logiciel Tilleuls 4.2 (formation)'
const otherSoftware = 'Logiciel de formation'

/** OID of a document: under its structure's arc; our practice software has an arc of its own, apart from Relais's. */
function oidOf(document: DemoDocument, rank: number): string {
  const day = document.at.slice(0, 10).replace(/-/g, '')
  if (document.author === 'patient') return `1.2.250.1.999.79.3.${day}.${rank}`
  const { patientOid } = document.author.structure
  const arc = patientOid === localIdOid ? '1.2.250.1.999.78' : patientOid.replace(/\.2$/, '')
  return `${arc}.3.${day}.${rank}`
}

const producerOf = ({ author }: DemoDocument): string => (author !== 'patient' && author.structure.patientOid === localIdOid ? practiceSoftware : otherSoftware)

/** `isCoded`: with entries beside the text. What the practice deposits has none: a document that declares them is held to the whole of its model. */
async function cdaOf(document: DemoDocument, id: string, isCoded: boolean): Promise<string> {
  return writeDemoCda(document, identityFor(document, id), document.structured ? null : await drawDocument(document, producerOf(document)), isCoded)
}

async function preloadFiles(): Promise<ReadonlyArray<readonly [string, Uint8Array]>> {
  const entries: PreloadEntry[] = []
  const files: [string, Uint8Array][] = []
  // A document has its number by its place in its list, and comes into the record when it was written.
  const numbered = [...pastDocuments, ...summaryDocuments].map((document, index) => ({ document, id: oidOf(document, index + 1) }))
  const placeOf = ({ document: { patient, at } }: (typeof numbered)[number]) => `${patient.localId} ${at}`
  for (const { document, id } of numbered.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))) {
    const bytes = Buffer.from(await cdaOf(document, id, true), 'utf8')
    const file = `${document.name}.xml`
    files.push([`preload/${file}`, bytes])
    entries.push({
      file,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      size: bytes.length,
      submittedAt: new Date(Date.parse(isoOf(document.at)) + 30 * 60_000).toISOString(),
      metadata: metadataOfDemo(document, identityFor(document, id), document.structured === true),
    })
  }
  return [...files, ['preload/manifest.json', Buffer.from(`${JSON.stringify(entries, null, 1)}\n`, 'utf8')]]
}

async function filesOf(document: NewDocument, rank: number): Promise<ReadonlyArray<readonly [name: string, bytes: Uint8Array]>> {
  const { delivery, name } = document
  if (document.author === 'patient') throw new Error('the practice does not write in the name of a patient')
  if (delivery === 'cda') return [[`${name}.xml`, Buffer.from(await cdaOf(document, oidOf(document, rank), false), 'utf8')]]
  if (delivery === 'oru' || delivery === 'mdm') {
    const id = oidOf(document, rank)
    return [[`${name}.hl7`, Buffer.from(documentMessage(delivery, document, document.author, await cdaOf(document, id, false), id), 'utf8')]]
  }
  const whole = await drawDocument(document, producerOf(document))
  const pdf = [`${name}.pdf`, document.cut ? whole.subarray(0, Math.floor(whole.length / 2)) : whole] as const
  if (delivery === 'pattern') return [pdf]
  const beside = [`${name}.${delivery}`, sidecar(document, delivery)] as const
  return document.sidecarFirst ? [beside, pdf] : [pdf, beside]
}

async function newFiles(): Promise<ReadonlyArray<readonly [string, Uint8Array]>> {
  const steps: PlayStep[] = []
  const written: [string, Uint8Array][] = []
  for (const [index, document] of newDocuments.entries()) {
    const files = await filesOf(document, 1000 + index)
    for (const [name, bytes] of files) written.push([`documents/${name}`, bytes])
    steps.push({
      via: document.delivery === 'oru' || document.delivery === 'mdm' ? 'hl7' : 'folder',
      files: files.map(([name]) => name),
      patient: document.patient.localId,
      title: document.title,
      expected: document.expected,
    })
  }
  return [...written, ['documents/play-list.json', Buffer.from(`${JSON.stringify(steps, null, 1)}\n`, 'utf8')]]
}

/** Every generated file of `resources/demo` by its path there. The same sources give the same bytes. */
export async function demoFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  return new Map([...(await preloadFiles()), ...(await newFiles())])
}

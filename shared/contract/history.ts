import { z } from 'zod'
import { panelAccess } from './access.ts'
import { referenceId } from './document-metadata.ts'
import { clinicalFact } from './facts.ts'
import { reasonCode } from './reasons.ts'
import { patientLabel } from './items.ts'
import { outOfRange } from './summary.ts'

/** One document of the record as the panel lists it. Times are ISO 8601 UTC. */
export const recordDocument = z.object({
  uniqueId: z.string(),
  entryUuid: z.string(),
  logicalId: z.string().nullable(),
  repositoryUniqueId: z.string(),
  typeCode: z.string(),
  typeLabel: z.string(),
  classCode: z.string(),
  classLabel: z.string(),
  title: z.string(),
  mimeType: z.string(),
  formatCode: z.string(),
  creationTime: z.string(),
  serviceStartTime: z.string().nullable(),
  /** Last day of what it tells of; null = not told, or of one moment. */
  serviceStopTime: z.string().nullable().default(null),
  authors: z.array(
    z.object({
      name: z.string(),
      role: z.string().nullable(),
      structure: z.string().nullable(),
      /** National identifiers (PS_IdNat, Struct_IdNat), as XCN and XON write them; null = not told. */
      personId: z.string().nullable().default(null),
      structureId: z.string().nullable().default(null),
    }),
  ),
  /** PS_IdNat of who answers for the document; null = not told. */
  legalAuthenticatorId: z.string().nullable().default(null),
  /** Numbers the record says it refers to. */
  referenceIds: z.array(referenceId).default([]),
  status: z.enum(['approved', 'deprecated', 'archived', 'deleted']),
  hash: z.string().nullable(),
  size: z.number().int().nullable(),
  maskedToProfessionals: z.boolean(),
  hiddenFromPatient: z.boolean(),
  hiddenFromRepresentatives: z.boolean(),
  fromPatient: z.boolean(),
})
export type RecordDocument = z.infer<typeof recordDocument>

/** How the record stands for one patient. `null` = not asked yet: never shown as "none". */
export const recordStanding = z.object({
  existence: z.enum(['open', 'closed', 'absent']),
  /** `unknown`: the record does not tell (FHIR); it decides when it is read. */
  authorisation: z.enum(['valid', 'expired', 'blocked', 'none', 'unknown']),
  isTreatingDoctor: z.boolean(),
  /** Why and since when a closed record is closed. `date` is ISO 8601; each part null when not told, the whole when nothing is. */
  closure: z.object({ date: z.string().nullable(), reason: z.string().nullable(), text: z.string().nullable() }).nullable().default(null),
  /** Attached to Mon espace santé; null = not told, as below. */
  attachedToMonEspaceSante: z.boolean().nullable().default(null),
  /** The patient refuses that a professional breaks the glass. */
  opposedToBreakGlass: z.boolean().nullable().default(null),
  /** The patient refuses access by emergency services. */
  opposedToEmergencyAccess: z.boolean().nullable().default(null),
})
export type RecordStanding = z.infer<typeof recordStanding>
/** The part of a standing a record may leave unsaid, unsaid. */
export const untold = { closure: null, attachedToMonEspaceSante: null, opposedToBreakGlass: null, opposedToEmergencyAccess: null } as const

/** A failure as it crosses the contract. */
export const failureView = z.object({
  code: reasonCode,
  class: z.enum(['transient', 'uncertain', 'permanent', 'needs-user']),
  recordText: z.string().nullable(),
  retryAt: z.string().nullable(),
})
export type FailureView = z.infer<typeof failureView>

/** Whom a window shows. `patientId`: as known here; null = the practice has not announced them, and the software that opened them vouches for their identity. */
const shownPatient = patientLabel.extend({ qualified: z.boolean(), patientId: z.string().nullable() })

/**
 * What the panel shows for the current patient. `generation` grows with each change of patient: an answer that carries
 * an older one must never paint.
 */
export const panelView = z.object({
  generation: z.number().int(),
  patient: shownPatient.nullable(),
  standing: recordStanding.nullable(),
  /** The list, asked apart (`panel.documents`): hundreds of lines hold up neither who the patient is nor what can kill. `name`: the same for the very same list. */
  listed: z.object({ count: z.number().int(), name: z.string() }),
  /** When the list was last read from the record; null = never, so an empty list means nothing. */
  loadedAt: z.string().nullable(),
  /** What the record warned of when it gave the list, in its words: the list may not be whole. */
  warnings: z.array(z.string()).optional(),
  /** Names what was read before a list that is awaited, and is open as a summary; null = nothing, or the list is in. Another for another way in. */
  begun: z.number().int().nullable(),
  /** When whoever reads looked at this list last, ISO 8601, and the uniqueIds of it that came since. `since` null = not known: nothing is told new. */
  news: z.object({ since: z.string().nullable(), documents: z.array(z.string()) }),
  refreshing: z.boolean(),
  failure: failureView.nullable(),
  /** Documents of this patient that go by themselves, and those that stand until somebody acts. */
  onTheirWay: z.number().int(),
  needsUser: z.number().int(),
  access: panelAccess,
})
export type PanelView = z.infer<typeof panelView>

/** One list of one patient's panel. */
export const panelListInput = z.object({ generation: z.number().int(), name: z.string() })
export type PanelListInput = z.infer<typeof panelListInput>

/** A node of a document's narrative, by allow-list; text is only ever text. */
export type NarrativeNode =
  | { kind: 'text'; text: string }
  | { kind: 'paragraph' | 'content' | 'sub' | 'sup' | 'footnote' | 'caption' | 'listItem'; style?: string | undefined; id?: string | undefined; children: NarrativeNode[] }
  | { kind: 'lineBreak' }
  | { kind: 'list'; ordered: boolean; children: NarrativeNode[] }
  | { kind: 'table'; caption: string | null; rows: NarrativeRow[] }
  | { kind: 'link'; href: string | null; children: NarrativeNode[] }
  | { kind: 'image'; alt: string }
export interface NarrativeRow {
  header: boolean
  cells: { header: boolean; colSpan: number; rowSpan: number; children: NarrativeNode[] }[]
}

export const narrativeNode: z.ZodType<NarrativeNode> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({
      kind: z.enum(['paragraph', 'content', 'sub', 'sup', 'footnote', 'caption', 'listItem']),
      style: z.string().optional(),
      id: z.string().optional(),
      children: z.array(narrativeNode),
    }),
    z.object({ kind: z.literal('lineBreak') }),
    z.object({ kind: z.literal('list'), ordered: z.boolean(), children: z.array(narrativeNode) }),
    z.object({
      kind: z.literal('table'),
      caption: z.string().nullable(),
      rows: z.array(
        z.object({
          header: z.boolean(),
          cells: z.array(z.object({ header: z.boolean(), colSpan: z.number().int(), rowSpan: z.number().int(), children: z.array(narrativeNode) })),
        }),
      ),
    }),
    z.object({ kind: z.literal('link'), href: z.string().nullable(), children: z.array(narrativeNode) }),
    z.object({ kind: z.literal('image'), alt: z.string() }),
  ]),
)

export interface NarrativeSection {
  title: string | null
  code: string | null
  nodes: NarrativeNode[]
  sections: NarrativeSection[]
}
export const narrativeSection: z.ZodType<NarrativeSection> = z.lazy(() =>
  z.object({ title: z.string().nullable(), code: z.string().nullable(), nodes: z.array(narrativeNode), sections: z.array(narrativeSection) }),
)

/** Where in a document words were found: a page, from 1, of an attachment by its index in `openedDocument`, null when the document itself is the PDF. */
export const foundPlace = z.discriminatedUnion('kind', [
  /** The title and the label of its type. */
  z.object({ kind: z.literal('title') }),
  z.object({ kind: z.literal('text') }),
  /** A clinical fact of the document: label, value, unit. */
  z.object({ kind: z.literal('fact') }),
  z.object({ kind: z.literal('page'), attachment: z.number().int().nullable(), page: z.number().int() }),
])
export type FoundPlace = z.infer<typeof foundPlace>
/** A piece of text around words that were found: marked parts are those words. */
export const foundPart = z.object({ text: z.string(), marked: z.boolean() })
export type FoundPart = z.infer<typeof foundPart>
export const foundDocument = z.object({ document: recordDocument, passages: z.array(z.object({ place: foundPlace, parts: z.array(foundPart) })) })
export type FoundDocument = z.infer<typeof foundDocument>

/** What a search found, newest document first. */
export const recordSearch = z.object({
  found: z.array(foundDocument),
  /** Documents that have the words, those not in `found` too. */
  total: z.number().int(),
  /** Of how many documents the title was searched, and of how many the text: of a document never opened there is none here. */
  searched: z.object({ titles: z.number().int(), texts: z.number().int() }),
})
export type RecordSearch = z.infer<typeof recordSearch>

/** Other versions of a document, as the record ties them, newest first: empty = it has none. */
export const documentVersions = z.object({ earlier: z.array(recordDocument), later: z.array(recordDocument) })
export type DocumentVersions = z.infer<typeof documentVersions>

/** One lot put into a record (submission set): when (ISO 8601), and what the record gives of its documents, as they are now. */
export const recordLot = z.object({ uniqueId: z.string(), submittedAt: z.string(), documents: z.array(recordDocument) })
export type RecordLot = z.infer<typeof recordLot>

/** What was written into the practice's folder; names alone, both in `folder`. */
export const writtenCopy = z.object({ folder: z.string(), file: z.string(), sidecar: z.string() })
export type WrittenCopy = z.infer<typeof writtenCopy>

/** One fact of an opened document, with how far out of range the document itself says it is. */
export const documentFact = clinicalFact.extend({ outOfRange: outOfRange.nullable() })
export type DocumentFact = z.infer<typeof documentFact>

/** What a document carries, by its place; `size` in bytes. */
export const openedAttachment = z.object({ index: z.number().int(), mediaType: z.string(), title: z.string(), size: z.number().int() })
export type OpenedAttachment = z.infer<typeof openedAttachment>

/** A document opened in the viewer. PDF bytes are asked apart, by index. */
export const openedDocument = z.object({
  document: recordDocument,
  patient: shownPatient,
  /** It gives another INS than the patient's, and is theirs by their traits, or by a number that was theirs. */
  underAnotherNumber: z.boolean().optional(),
  version: z.number().int().nullable(),
  replaces: z.string().nullable(),
  sections: z.array(narrativeSection),
  attachments: z.array(openedAttachment),
  /** Its clinical facts in its order; none where it holds no structure. The text of a section is in `sections`. */
  facts: z.array(documentFact),
  /** By which way in it was read (`recordWay`): shown no longer than that one lasts. */
  way: z.string(),
})
export type OpenedDocument = z.infer<typeof openedDocument>

/** The way into one patient's record as it is now: another name, another reader or another entry; and the entry that runs, said all the time. */
export const recordWay = panelAccess.pick({ mode: true, since: true, until: true, reason: true }).extend({ way: z.string() })
export type RecordWay = z.infer<typeof recordWay>

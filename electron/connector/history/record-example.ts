import { success, untold, type Party, type RecordDocument, type RecordStanding, type Result } from '#shared/contract/index.ts'
import type { DocumentFilter, InsId, NationalRecord } from '../record/index.ts'
import type { Reader } from './reading-stop.ts'

/** One invented document of a record's list: what the tests of this room start from. */
export function documentExample(uniqueId: string, changes: Partial<RecordDocument> = {}): RecordDocument {
  return {
    uniqueId, entryUuid: `urn:uuid:${uniqueId}`, logicalId: null, repositoryUniqueId: '1.2.3', typeCode: '57833-6', typeLabel: 'Prescription', classCode: '11', classLabel: 'Traitements',
    title: 'Ordonnance', mimeType: 'text/xml', formatCode: 'urn:ihe:iti:xds-sd:pdf:2008', creationTime: '2026-11-20T09:00:00Z', serviceStartTime: null, serviceStopTime: null, authors: [], legalAuthenticatorId: null, referenceIds: [], status: 'approved', hash: null, size: null,
    maskedToProfessionals: false, hiddenFromPatient: false, hiddenFromRepresentatives: false, fromPatient: false, ...changes,
  }
}

export const openStanding: RecordStanding = { existence: 'open', authorisation: 'valid', isTreatingDoctor: false, ...untold }

/** Number of the invented patient whose record the tests read. */
export const insExample: InsId = { value: '284069999999968', oid: '1.2.250.1.213.1.4.10' }

/** An invented doctor in an invented practice. */
export const readerExample: Party = {
  kind: 'professional',
  structure: { id: '1750000001', name: 'Cabinet', sector: 'SA07', practiceSetting: 'AMBULATOIRE' },
  professional: { id: '810000000001', family: 'UN', given: 'Ada', profession: '10', specialty: 'SM54', structure: '1750000001' },
}

/** The same as a reader who may. */
export const doctorExample: Reader = { party: readerExample, inReinforcedMode: false, without: null }

/** Another invented doctor of the same practice. */
export const colleagueExample: Reader = withProfessional({ id: '810000000002', family: 'DEUX' })

/** The same doctor in another structure. */
export const elsewhereExample: Reader = { ...doctorExample, party: { ...readerExample, structure: { ...readerExample.structure, id: '1750000002', name: 'Clinique' } } }

/** A professional reader of another name, number or specialty. */
export function withProfessional(change: { readonly id?: string; readonly family?: string; readonly specialty?: string }): Reader {
  if (readerExample.kind !== 'professional') throw new Error('a professional')
  return { ...doctorExample, party: { ...readerExample, professional: { ...readerExample.professional, ...change } } }
}

/** A record that answers as told; any call not told fails the test. */
export function answeringRecord(answers: { standing?: (ins: InsId) => Promise<Result<RecordStanding>>; find?: (ins: InsId) => Promise<Result<RecordDocument[]>>; first?: (ins: InsId, filter: DocumentFilter) => Promise<Result<RecordDocument[]>>; findOne?: (uniqueId: string) => RecordDocument | null; retrieve?: (uniqueId: string) => Result<Uint8Array> }): NationalRecord {
  const unexpected = () => Promise.reject(new Error('not expected to be asked'))
  return {
    name: 'Example', environment: 'training', modes: ['normal'], transactions: { documents: 'ITI-18', sets: 'ITI-18', retrieval: 'ITI-43', change: 'ITI-57', deposit: () => 'ITI-41' }, prepare: unexpected, send: unexpected, findSubmissionSets: unexpected, findAssociations: unexpected,
    findDocumentsWithAssociations: unexpected, authorise: unexpected, accessibleRecords: unexpected, changeMetadata: unexpected,
    clockOffsetMs: () => null,
    probe: async () => success(undefined),
    dropConnections: async () => undefined,
    close: async () => undefined,
    standing: (_party, ins) => (answers.standing ?? (async () => success(openStanding)))(ins),
    findDocuments: (_party, ins, filter = {}) => (filter.typeCodes || filter.serviceStartFrom ? (answers.first ?? (async () => success([])))(ins, filter) : (answers.find ?? unexpected)(ins)),
    findByUniqueId: async (_party, _ins, uniqueId) => (answers.findOne ? success(answers.findOne(uniqueId)) : unexpected()),
    retrieve: async (_party, _ins, { uniqueId }) => (answers.retrieve ? answers.retrieve(uniqueId) : unexpected()),
  }
}

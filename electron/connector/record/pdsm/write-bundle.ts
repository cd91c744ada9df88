import type { Binary, Bundle, BundleEntry, FhirResource, List, Parameters } from 'fhir/r4.js'
import type { Coded } from '#shared/contract/index.ts'
import { pdsm, uriIdentifiers } from '#shared/terminology/index.ts'
import { partyAuthor } from '../dmp/hl7-values.ts'
import type { Deposit, InsId } from '../port.ts'
import { authorResources, concept } from './authors.ts'
import { dateTimeOf } from './fhir-times.ts'
import { patientReference, referenceOf, stableUuid } from './identifiers.ts'
import { writeDocumentReference } from './write-document.ts'

/** What a lot is made of besides the deposit: the same at every try. */
export interface LotSettings {
  /** OID of the emitting installation (XDS sourceId). */
  readonly installationOid: string
  readonly softwareName: string
  readonly contentType: Coded
}

/** The submission set (`pdsm-submissionset-comprehensive`): who sends what, for whom. */
function submissionSet(deposit: Deposit, ins: InsId, items: readonly string[], settings: LotSettings): List {
  const sender = authorResources(partyAuthor(deposit.party, settings.softwareName), 'sender', ins.oid)
  return {
    resourceType: 'List',
    meta: { profile: [pdsm.submissionSet] },
    contained: [...sender.contained],
    extension: [
      { url: pdsm.designationType, valueCodeableConcept: concept(settings.contentType) },
      { url: pdsm.sourceId, valueIdentifier: { system: uriIdentifiers, value: `urn:oid:${settings.installationOid}` } },
    ],
    identifier: [{ use: 'usual', system: uriIdentifiers, value: `urn:oid:${deposit.submissionSetId}` }],
    status: 'current',
    mode: 'working',
    title: deposit.documents[0]?.metadata.title ?? '',
    code: { coding: [{ system: pdsm.listTypes, code: 'submissionset' }] },
    subject: { reference: patientReference(ins) },
    date: dateTimeOf(deposit.submittedAt),
    source: { reference: sender.reference, ...(sender.organization !== null && { extension: [{ url: pdsm.authorOrg, valueReference: { reference: sender.organization } }] }) },
    entry: items.map((reference) => ({ item: { reference } })),
  }
}

/** FHIRPath Patch that makes the replaced document `superseded`; nothing else of it changes (dmp-interface.md 5.2). `fullUrl` is the entry's own: absolute, and of nothing else. */
function supersede(fullUrl: string, entryUuid: string): BundleEntry<Parameters> {
  const url = referenceOf('DocumentReference', entryUuid)
  const part = [
    { name: 'type', valueCode: 'replace' },
    { name: 'path', valueString: 'DocumentReference.status' },
    { name: 'value', valueCode: 'superseded' },
  ]
  return { fullUrl, request: { method: 'PATCH', url }, resource: { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] } }
}

/** The transaction of TD2.1 (ITI-65, `pdsm-comprehensive-provide-document-bundle`): submission set, documents, their bytes, what they replace. */
export function writeProvideBundle(deposit: Deposit, documents: readonly Uint8Array[], ins: InsId, settings: LotSettings): Bundle<FhirResource> {
  const urls = (what: string) => documents.map((_, index) => stableUuid(`${deposit.submissionSetId} ${what} ${index}`))
  const [references, binaries] = [urls('DocumentReference'), urls('Binary')]
  const post = <T extends List | Binary | ReturnType<typeof writeDocumentReference>>(fullUrl: string, resource: T): BundleEntry<T> => ({ fullUrl, request: { method: 'POST', url: resource.resourceType }, resource })
  return {
    resourceType: 'Bundle',
    meta: { profile: [pdsm.provideBundle] },
    type: 'transaction',
    entry: [
      post(stableUuid(`${deposit.submissionSetId} List`), submissionSet(deposit, ins, references, settings)),
      ...deposit.documents.map(({ metadata, replacesEntryUuid }, index) =>
        post(references[index] ?? '', writeDocumentReference({ metadata, bytes: documents[index] ?? new Uint8Array(), party: deposit.party, replacesEntryUuid, content: { url: binaries[index] ?? '' } })),
      ),
      ...deposit.documents.map(({ metadata }, index) => post(binaries[index] ?? '', { resourceType: 'Binary', contentType: metadata.mimeType, data: Buffer.from(documents[index] ?? []).toString('base64') } satisfies Binary)),
      ...deposit.documents.flatMap(({ replacesEntryUuid }) => (replacesEntryUuid === null ? [] : [supersede(stableUuid(`${deposit.submissionSetId} PATCH ${replacesEntryUuid}`), replacesEntryUuid)])),
    ],
  }
}

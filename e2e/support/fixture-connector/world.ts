import type { FoundPatient, ItemDetail, ItemState, ItemView, PatientLabel } from '#shared/contract/items.ts'
import { untold, type DocumentFact, type OpenedDocument, type PanelView, type RecordDocument, type RecordSearch } from '#shared/contract/history.ts'
import type { DocumentInRecord } from '#shared/contract/document-acts.ts'
import { accessOf } from '#shared/contract/test-access.ts'
import { reasons, type ReasonCode } from '#shared/contract/reasons.ts'
import type { StatusView } from '#shared/contract/status.ts'
import type { WhoSpeaks } from '#shared/contract/sign-in.ts'
import { givenTypes } from '#shared/terminology/index.ts'

/** Instants are counted back from the start of a test, so that "today" and "yesterday" stay true whenever it runs. */
export function ago(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString()
}

/** A synthetic test identity of the national sets' shape; nobody's. */
export const marie: PatientLabel = {
  ins: '259027512345694',
  insOid: '1.2.250.1.213.1.4.10',
  birthName: 'Dupont',
  givenName: 'Marie Élise',
  usedName: 'Leroy',
  birthDate: '1959-02-14',
  sex: 'F',
}

export const paul: PatientLabel = { ins: '180067512345621', insOid: '1.2.250.1.213.1.4.10', birthName: 'Durand', givenName: 'Paul', usedName: null, birthDate: '1980-06-03', sex: 'M' }

const kinds = [
  { typeCode: '34112-3', typeLabel: "Compte rendu d'hospitalisation", classCode: '10', classLabel: 'Comptes rendus', title: "Compte rendu d'hospitalisation, cardiologie", author: 'Dr Nadia BELKACEM', structure: 'CHU de Nantes' },
  { typeCode: '11502-2', typeLabel: 'CR d’examens biologiques', classCode: '11', classLabel: 'Biologie', title: 'Numération formule sanguine', author: 'Dr Hugo ROUX', structure: 'Laboratoire Voltaire' },
  { typeCode: '57833-6', typeLabel: 'Prescription de médicaments', classCode: '42', classLabel: 'Traitements', title: 'Ordonnance', author: 'Dr Claire PETIT', structure: 'Cabinet du Port' },
  { typeCode: '18748-4', typeLabel: "CR d'imagerie médicale", classCode: '31', classLabel: 'Imagerie', title: 'Scanner thoracique sans injection', author: 'Dr Jean-Baptiste de LA ROCHEFOUCAULD', structure: 'Centre d’imagerie de l’Estuaire' },
  { typeCode: '11488-4', typeLabel: 'CR ou fiche de consultation ou de visite', classCode: '10', classLabel: 'Comptes rendus', title: 'Courrier de consultation', author: 'Dr Claire PETIT', structure: 'Cabinet du Port' },
]

/** One document of the record, by its number. */
export function recordDocument(number: number, change: Partial<RecordDocument> = {}): RecordDocument {
  const kind = kinds[number % kinds.length] ?? kinds[0]
  if (!kind) throw new Error('no kind of document')
  const at = ago(60 * 24 * (9 + number * 23))
  return {
    uniqueId: `1.2.250.1.999.77.1.${number}`,
    entryUuid: `urn:uuid:00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    logicalId: null,
    repositoryUniqueId: '1.2.250.1.213.4.1.1.1.2',
    typeCode: kind.typeCode,
    typeLabel: kind.typeLabel,
    classCode: kind.classCode,
    classLabel: kind.classLabel,
    title: kind.title,
    mimeType: 'text/xml',
    formatCode: 'urn:ihe:iti:xds-sd:pdf:2008',
    creationTime: at,
    serviceStartTime: at,
    serviceStopTime: null,
    authors: [{ name: kind.author, role: null, structure: kind.structure, personId: null, structureId: null }],
    legalAuthenticatorId: null,
    referenceIds: [],
    status: 'approved',
    hash: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    size: 48_213,
    maskedToProfessionals: false,
    hiddenFromPatient: false,
    hiddenFromRepresentatives: false,
    fromPatient: false,
    ...change,
  }
}

/** A record of `count` documents with, among the first, each kind of badge. */
export function recordDocuments(count: number): RecordDocument[] {
  const badges: Partial<RecordDocument>[] = [{}, {}, {}, { fromPatient: true, authors: [{ name: 'Marie DUPONT', role: null, structure: null, personId: null, structureId: null }] }, { maskedToProfessionals: true }, { hiddenFromPatient: true }, {}, { status: 'deprecated' }]
  return Array.from({ length: count }, (_, number) => recordDocument(number, badges[number] ?? {}))
}

/** A panel, and the documents of the list it names. */
export type ShownPanel = Omit<PanelView, 'listed'> & { readonly documents: RecordDocument[] }

/** A panel with a patient and a record just read. */
export function panelWith(change: Partial<ShownPanel> = {}): ShownPanel {
  return {
    generation: 1,
    patient: { ...marie, qualified: true, patientId: 'p1' },
    standing: { existence: 'open', authorisation: 'valid', isTreatingDoctor: true, ...untold },
    documents: recordDocuments(41),
    loadedAt: ago(2),
    begun: null,
    news: { since: null, documents: [] },
    refreshing: false,
    failure: null,
    onTheirWay: 0,
    needsUser: 0,
    access: accessOf(),
    ...change,
  }
}

export function failing(code: ReasonCode, recordText: string | null = null, retryAt: string | null = null): NonNullable<PanelView['failure']> {
  return { code, class: reasons[code], recordText, retryAt }
}

const names: [string, string][] = [
  ['Abadie', 'Jean'],
  ['Arnaud', 'Léa'],
  ['Belle', 'Zoé'],
  ['Bernard', 'Ali'],
  ['Chevalier de Saint-Ange', 'Marie-Antoinette'],
  ['Durand', 'Paul'],
  ['Nguyen', 'Thi Mai'],
  ['Petit', 'Luc'],
]

function neverSent(state: ItemState): boolean {
  return state === 'received' || state === 'ready' || state === 'waiting' || state === 'parked'
}

/** One item, by its number. */
export function item(number: number, state: ItemState, change: Partial<ItemView> = {}): ItemView {
  const [birthName, givenName] = names[number % names.length] ?? ['Dupont', 'Marie']
  const hl7 = number % 3 === 0
  return {
    id: `item-${number}`,
    state,
    reason: null,
    reasonDetail: null,
    waitingFor: null,
    source: hl7 ? { kind: 'hl7', name: 'Labo Voltaire', reference: `MSG${number}` } : { kind: 'folder', name: 'Export du logiciel', reference: `DOC${number}.pdf` },
    patient: { ...paul, birthName, givenName },
    documentType: '57833-6',
    documentTypeLabel: hl7 ? 'CR d’examens biologiques' : 'Prescription de médicaments',
    title: hl7 ? 'Biologie' : 'Ordonnance',
    uniqueId: `1.2.250.1.999.77.2.${number}`,
    receivedAt: ago(3 + number * 7),
    settledAt: state === 'deposited' || state === 'ignored' ? ago(2 + number * 7) : null,
    nextAttemptAt: null,
    attempts: neverSent(state) ? 0 : 1,
    visibility: { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false },
    changeable: neverSent(state),
    ...change,
  }
}

/** A morning's work: some of each state, several causes to settle. */
export function someItems(): ItemView[] {
  return [
    item(0, 'received'),
    item(1, 'ready', { visibility: { masked: false, hiddenFromPatient: true, hiddenFromRepresentatives: false } }),
    item(2, 'sending'),
    item(3, 'uncertain', { reason: 'record-no-answer' }),
    item(4, 'waiting', { reason: 'traits-differ', waitingFor: 'patient', patient: { ...paul, birthName: 'Chevalier de Saint-Ange', givenName: 'Marie-Antoinette', sex: 'F' } }),
    item(5, 'waiting', { reason: 'patient-unknown', waitingFor: 'patient', patient: null }),
    item(6, 'waiting', { reason: 'record-unreachable', waitingFor: 'network', nextAttemptAt: new Date(Date.now() + 8 * 60_000).toISOString(), attempts: 2, changeable: false }),
    item(7, 'parked', { reason: 'pdf-truncated', title: null, documentTypeLabel: null, patient: null }),
    item(8, 'parked', { reason: 'record-metadata-refused', reasonDetail: 'XDSRegistryMetadataError', attempts: 1, changeable: false, visibility: { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: true } }),
    item(9, 'waiting', { reason: 'traits-differ', waitingFor: 'patient', visibility: { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false } }),
    item(10, 'ignored', { reason: 'already-received' }),
    item(11, 'ignored', { reason: 'hl7-received-mail' }),
    ...Array.from({ length: 30 }, (_, number) => item(12 + number, 'deposited')),
  ]
}

/** A folder copied in at once, held together: most of it from the export, some from the scanner. */
export function heldBatch(count: number, reason: ReasonCode = 'burst-held'): ItemView[] {
  return Array.from({ length: count }, (_, number) =>
    item(1_000 + number, 'waiting', {
      reason,
      waitingFor: 'until',
      title: null,
      documentTypeLabel: 'Courrier',
      source: { kind: 'folder', name: number % 10 === 0 ? 'Scanner accueil' : 'Export du logiciel', reference: `COURRIER${number}.pdf` },
      receivedAt: ago(20 + (number % 9)),
    }),
  )
}

/** The professionals of a practice of several, one of whom works at two places. */
const practiceAuthors: ItemDetail['authorChoices'] = [
  { id: '899900000101', name: 'PETIT Claire', speciality: 'Médecin - Médecine Générale (SM)', place: { id: '499900000012001', name: 'Cabinet du Port' } },
  { id: '899900000101', name: 'PETIT Claire', speciality: 'Médecin - Médecine Générale (SM)', place: { id: '199900001', name: 'Maison de santé pluriprofessionnelle de la Rochefoucauld-Montbel' } },
  { id: '899900000102', name: 'DE LA ROCHEFOUCAULD-MONTBEL Jean-Baptiste', speciality: 'Médecin - Radio-diagnostic (SM)', place: null },
  { id: '899900000103', name: 'ROUX Hugo', speciality: 'Infirmier', place: null },
]

/** The details of an item as its drawer asks for them, with two candidates when it waits for its patient. */
export function itemDetail(of: ItemView): ItemDetail {
  const trace: ItemDetail['trace'] = [
    { at: of.receivedAt, from: null, to: 'received', event: 'taken', reason: null, detail: of.source.reference },
    { at: of.settledAt ?? ago(2), from: 'received', to: of.state, event: 'moved', reason: of.reason, detail: of.reasonDetail },
  ]
  const typeChoices = of.reason === 'type-unknown' || of.reason === 'type-not-accepted' ? [...givenTypes] : []
  const said = of.reason === 'author-not-ours' ? (practiceAuthors.find(({ id }) => id === of.reasonDetail) ?? null) : null
  const authorChoices = of.reason === 'situation-unknown' ? practiceAuthors.filter(({ place }) => place !== null) : of.reason === 'author-missing' || said !== null ? practiceAuthors : []
  const chosen = { type: null, author: said?.id ?? null, place: said?.place?.id ?? null }
  const mayBeSecret = (of.patient?.birthDate ?? '') > '2012'
  if (of.waitingFor !== 'patient') return { item: of, inRecord: null, trace, candidates: [], mayFindPatient: false, typeChoices, authorChoices, chosen, mayBeSecret }
  return {
    item: of,
    inRecord: null,
    mayFindPatient: true,
    typeChoices,
    authorChoices,
    chosen,
    mayBeSecret,
    trace,
    candidates: [
      { ...paul, patientId: 'p-5', qualified: true, differs: ['sex'], ...(of.patient ? { birthName: of.patient.birthName, givenName: of.patient.givenName } : {}) },
      { ...paul, ...(of.patient ? { birthName: of.patient.birthName, givenName: of.patient.givenName } : {}), ins: null, birthDate: '1981-06-03', patientId: 'p-6', qualified: false, differs: ['birthDate', 'ins'] },
    ],
  }
}

/** Two patients known here beside what is announced of a document: one who may be chosen, one who may not. */
export function foundPatients(): { found: FoundPatient[]; more: boolean } {
  const found: FoundPatient = { ...paul, birthName: 'DUPONT-LA-JOIE', givenName: 'ADÉLAÏDE', birthDate: '1936-03-14', sex: 'F', patientId: 'p-8', qualified: true, differs: ['birthName', 'givenName', 'birthDate', 'sex'], refusal: null }
  return { found: [found, { ...found, givenName: 'BAPTISTE', sex: 'M', patientId: 'p-9', qualified: true, differs: ['birthName', 'givenName', 'birthDate'], refusal: 'traits-differ' }], more: false }
}

/** Counts and groups as the connector would fold them from the items; everything else quiet and well. */
export function statusOf(items: readonly ItemView[], change: Partial<StatusView> = {}): StatusView {
  const counts = { received: 0, ready: 0, sending: 0, uncertain: 0, waiting: 0, parked: 0, deposited: 0, ignored: 0 }
  const groups = new Map<ReasonCode, number>()
  for (const one of items) {
    counts[one.state] += 1
    const needsPerson = one.state === 'parked' || (one.state === 'waiting' && (one.waitingFor === 'patient' || one.waitingFor === 'session' || (one.reason !== null && reasons[one.reason] === 'needs-user')))
    if (needsPerson && one.reason) groups.set(one.reason, (groups.get(one.reason) ?? 0) + 1)
  }
  return {
    version: '0.1.0',
    schemaVersion: 1,
    state: groups.size > 0 ? 'needs-user' : 'idle',
    training: true,
    counts,
    total: items.length,
    oldestSeconds: 900,
    needsUser: [...groups].map(([reason, count]) => ({ reason, count })),
    circuit: { state: 'closed', reason: null, retryAt: null },
    storage: { state: 'ok', freeBytes: 84_000_000_000 },
    clockOffsetSeconds: 0.4,
    restoredAt: null,
    paused: null,
    progress: null,
    sources: [
      { kind: 'folder', name: 'Export du logiciel', address: '/srv/export', ok: true, problem: null, lastAt: ago(3) },
      { kind: 'hl7', name: 'Labo Voltaire', address: '127.0.0.1:2575', ok: true, problem: null, lastAt: ago(3) },
    ],
    record: { name: 'Bac à sable', url: 'https://127.0.0.1:8443', ok: true },
    lastExchangeAt: ago(1),
    practiceName: 'Cabinet du Port',
    examsAvoided: [],
    rulesRefused: [],
    ...change,
  }
}

/** A document of the record as its author finds it there. */
export function inRecord(change: Partial<RecordDocument> = {}, offers: DocumentInRecord['offers'] = [{ act: 'mask', refusal: null }, { act: 'archive', refusal: null }, { act: 'delete', refusal: null }]): DocumentInRecord {
  return { document: recordDocument(1, change), offers }
}

/** A document opened: a narrative with every kind of node, and a PDF. */
export function openedDocument(change: Partial<OpenedDocument> = {}): OpenedDocument {
  const text = (value: string) => ({ kind: 'text' as const, text: value })
  const cell = (value: string, header = false) => ({ header, colSpan: 1, rowSpan: 1, children: [text(value)] })
  return {
    document: recordDocument(1),
    patient: { ...marie, qualified: true, patientId: 'p1' },
    version: 2,
    replaces: '1.2.250.1.999.77.1.900',
    way: 'one',
    sections: [
      {
        title: 'Résultats',
        code: '30954-2',
        nodes: [
          { kind: 'paragraph', children: [text('Prélèvement du matin, à jeun. '), { kind: 'content', style: 'Bold', children: [text('Deux valeurs hors normes.')] }] },
          {
            kind: 'table',
            caption: 'Numération formule sanguine',
            rows: [
              { header: true, cells: ['Analyse', 'Valeur', 'Unité', 'Référence'].map((value) => cell(value, true)) },
              { header: false, cells: ['Hémoglobine', '11,2 ▼', 'g/dL', '12,0 – 16,0'].map((value) => cell(value)) },
              { header: false, cells: ['Leucocytes', '11,8 ▲', 'G/L', '4,0 – 10,0'].map((value) => cell(value)) },
              { header: false, cells: ['Plaquettes', '231', 'G/L', '150 – 400'].map((value) => cell(value)) },
            ],
          },
        ],
        sections: [
          {
            title: 'Conclusion',
            code: null,
            nodes: [
              { kind: 'list', ordered: false, children: [{ kind: 'listItem', children: [text('Anémie modérée.')] }, { kind: 'listItem', children: [text('À contrôler dans un mois.')] }] },
              { kind: 'paragraph', children: [text('Formule : H'), { kind: 'sub', children: [text('2')] }, text('O, 10'), { kind: 'sup', children: [text('9')] }, { kind: 'lineBreak' }, { kind: 'link', href: 'https://example.test/', children: [text('lien du laboratoire')] }] },
              { kind: 'image', alt: 'Tracé' },
              { kind: 'paragraph', children: [text('<script>alert(1)</script> <b>texte seul</b>')] },
            ],
            sections: [],
          },
        ],
      },
    ],
    attachments: [{ index: 0, mediaType: 'application/pdf', title: 'Compte rendu', size: 48_213 }],
    facts: [],
    ...change,
  }
}

/** One coded fact of the document opened; what is not said is null. */
export function documentFact(label: string, change: Partial<DocumentFact> = {}): DocumentFact {
  return {
    kind: 'labResult', label, code: null, codeSystem: null, value: null, unit: null, date: null, interpretation: null, referenceRange: null, status: null, negated: false, conflict: null,
    document: recordDocument(1).uniqueId, section: null, passage: null, author: null, outOfRange: null, ...change,
  }
}

/** Facts of every kind a document may state: measured, given, denied, hidden, and one its signed text contradicts. */
export function documentFacts(): DocumentFact[] {
  return [
    documentFact('Hémoglobine', { value: '11.2', unit: 'g/dL', referenceRange: '12,0 - 16,0', outOfRange: 'low', date: '2026-11-10T08:10', specimen: 'Sang total' }),
    documentFact('Potassium', { value: '5.9', unit: 'mmol/L', referenceRange: '3,5 - 5,1', outOfRange: 'veryHigh', date: '2026-11-10T08:10' }),
    documentFact('Plaquettes', { value: '231', unit: '10*9/L', referenceRange: '150 - 400', date: '2026-11-10T08:10', conflict: { field: 'value', coded: '231', narrative: 'Plaquettes | 213 | G/L' } }),
    documentFact('Amoxicilline (E. coli)', { value: '32', unit: 'mg/L', interpretation: 'R', date: '2026-11-10T08:10' }),
    documentFact('Apixaban 5 mg', { kind: 'treatment', value: '1', unit: '{tablet}', route: 'Voie orale', frequency: '12 h', date: '2026-11-01', end: '2027-02-01', status: 'prescribed' }),
    documentFact('Vaccin antigrippal', { kind: 'vaccine', lot: 'AB12-7', date: '2026-10-20', route: 'Intramusculaire' }),
    documentFact('Allergie à la pénicilline', { kind: 'allergy', negated: true }),
    documentFact('Latex', { kind: 'allergy', status: 'hiddenHere' }),
  ]
}

/** What a search for “hémoglobine” finds: one document by title and text, one by a coded fact, one by a page of its PDF. */
export function foundFor(change: Partial<RecordSearch> = {}): RecordSearch {
  const marked = (before: string, word: string, after: string) => [{ text: before, marked: false }, { text: word, marked: true }, { text: after, marked: false }]
  return {
    found: [
      {
        document: recordDocument(1),
        passages: [
          { place: { kind: 'text' }, parts: marked('Numération formule sanguine ', 'Hémoglobine', ' 11,2 ▼ g/dL <b>texte seul</b>') },
          { place: { kind: 'fact' }, parts: [{ text: 'Hémoglobine', marked: true }, { text: ' 11.2 g/dL', marked: false }] },
        ],
      },
      { document: recordDocument(2, { maskedToProfessionals: true }), passages: [{ place: { kind: 'page', attachment: 0, page: 3 }, parts: marked('contrôle de l’', 'hémoglobine', ' à un mois, adressé au médecin traitant') }] },
      { document: recordDocument(5), passages: [{ place: { kind: 'title' }, parts: marked('Dosage de l’', 'hémoglobine', ' glyquée') }] },
    ],
    total: 3,
    searched: { titles: 41, texts: 12 },
    ...change,
  }
}

export const cabinet = { structure: '1750803447', name: 'Cabinet du Port', sector: 'SA07' }
export const petit = { id: '899900000012', name: 'Dr Claire PETIT' }

/** A practice whose certificates are in files: nobody signs in, its doctor reads. */
export function speaking(change: Partial<WhoSpeaks> = {}): WhoSpeaks {
  return {
    mode: 'certificates',
    state: 'ready',
    reason: null,
    action: 'none',
    holder: null,
    situations: [],
    chosen: null,
    pin: null,
    until: null,
    approval: null,
    speaker: { professional: petit, structure: cabinet },
    mayBeAsked: [],
    information: { due: false, version: 1 },
    ...change,
  }
}

import type { EmergencySheet, SheetFact, SheetList, SheetStatement } from '#shared/contract/index.ts'

/** One invented fact of a sheet. */
export function sheetFactExample(changes: Partial<SheetFact> = {}): SheetFact {
  return {
    label: 'Pénicilline', values: [{ value: 'Choc anaphylactique', unit: null }], frequency: null, status: 'active', denied: false, grave: true, adverseEffect: false, inWords: false, toCheck: false, toConfirm: false, tetanus: false,
    date: '2011', statedAt: '2026-11-12', author: 'Dr Nadia BELKACEM', source: null, ...changes,
  }
}

export const noneKnownExample: SheetStatement = { absence: 'noneKnown', label: 'Pas d’allergie connue', contradicted: true, author: 'Dr Hugo ROUX', date: '2019-04-02' }

export function sheetListExample(changes: Partial<SheetList> = {}): SheetList {
  return { state: 'listed', facts: [sheetFactExample()], stated: 1, statements: [], leftOut: 0, past: 0, ...changes }
}

const empty = sheetListExample({ state: 'notRecorded', facts: [], stated: 0 })

/** An invented sheet, of a patient the practice knows. */
export function sheetExample(lists: Partial<EmergencySheet['lists']> = {}, changes: Partial<EmergencySheet> = {}): EmergencySheet {
  return {
    printedAt: '2026-11-29T10:00:00.000Z', readAt: '2026-11-29T09:58:00.000Z', practice: 'Maison de santé des Tilleuls', printedBy: 'DR Camille MARTIN',
    patient: { ins: '259027512345694', insOid: '1.2.250.1.213.1.4.10', birthName: 'Dupont', givenName: 'Marie Élise', usedName: 'Leroy', birthDate: '1959-02-14', sex: 'F', identity: 'qualified' },
    documents: { read: 14, unread: 0, failed: 0, unstructured: 27 },
    lists: { allergies: sheetListExample(), treatments: empty, problems: empty, vaccines: empty, ...lists }, ...changes,
  }
}

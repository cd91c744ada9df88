import type { CdaToWrite } from './write-cda.ts'

/** An invented document of an invented patient, whole: what the tests of this room start from. */
export const cdaExample: CdaToWrite = {
  id: '1.2.250.1.999.77.3.20261121.1',
  setId: '1.2.250.1.999.77.3.20261121',
  versionNumber: 1,
  replaces: null,
  typeCode: '57833-6',
  title: 'Ordonnance du 21/11/2026',
  createdAt: Date.UTC(2026, 10, 21, 9, 15, 0),
  serviceStart: Date.UTC(2026, 10, 21, 9, 0, 0),
  serviceStop: Date.UTC(2026, 10, 21, 9, 15, 0),
  patient: {
    // Test number; no birth place 99999 exists, so that it can be nobody's.
    ins: '284069999999968',
    insOid: '1.2.250.1.213.1.4.10',
    localId: { value: 'P000482', oid: '1.2.250.1.999.77.2' },
    birthName: 'ESSAI',
    givenName: 'CAMILLE',
    givenNames: 'CAMILLE ROSE',
    usedName: 'MODELE',
    usedGivenName: null,
    birthDate: '1984-06-12',
    sex: 'F',
    birthPlace: '99999',
    birthPlaceName: 'VILLE-FICTIVE',
  },
  professional: { id: '899900000012', family: 'GENERIQUE', given: 'Alix', profession: '10', specialty: 'SM54', structure: '499900000012001', title: 'DR' },
  structure: {
    id: '499900000012001',
    name: 'CABINET DR GENERIQUE',
    sector: 'SA07',
    practiceSetting: 'AMBULATOIRE',
    phone: '02 00 00 00 01',
    address: { line: '1 place du Test', postalCode: '76000', city: 'ROUEN' },
  },
  body: { mediaType: 'application/pdf', bytes: new Uint8Array(Buffer.from('%PDF-1.4\n% invented\n%%EOF\n')) },
}

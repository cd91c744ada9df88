import { expect, it } from 'vitest'
import { insExample as ins } from './record-example.ts'
import { whoseDocument, type KnownPatient } from './whose-document.ts'

const nia = '1.2.250.1.213.1.4.9'
const id = (extension: string, root = ins.oid) => `<id root="${root}" extension="${extension}"/>`
const traits = { family: 'SYNTHETIQUE', given: 'CAMILLE', birth: '19840612', sex: 'F', place: '63113' }
const patient = (ids: string, { family, given, birth, sex, place }: Partial<typeof traits> = traits) =>
  `<recordTarget><patientRole>${ids}<patient><name>${family ? `<family qualifier="BR">${family}</family>` : ''}${given ? `<given qualifier="BR">${given}</given>` : ''}</name>${sex ? `<administrativeGenderCode code="${sex}"/>` : ''}${birth ? `<birthTime value="${birth}"/>` : ''}${place ? `<birthplace><place><addr><county>${place}</county></addr></place></birthplace>` : ''}</patient></patientRole></recordTarget>`
const cda = (...patients: string[]) => Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3">${patients.join('')}</ClinicalDocument>`)
const another = '279035121518989'
const known: KnownPatient = { traits: { birthName: 'Synthétique', givenName: 'Camille', birthDate: '1984-06-12', sex: 'F', birthPlace: '63113' }, holderOf: () => 'unknown' }
const stranger = { family: 'PAT-TROIS', given: 'DOMINIQUE', birth: '19790328', sex: 'F', place: '51215' }

it.each([
  ['the INS asked for', cda(patient(id(ins.value)))],
  ['it with blanks', cda(patient(id('2 84 06 99 999 999 68')))],
  ['it without its key', cda(patient(id(ins.value.slice(0, 13))))],
  ['it under another INS domain', cda(patient(id(ins.value, nia)))],
  ['it beside another', cda(patient(id(another) + id(ins.value)))],
  ['it of one of two patients', cda(patient(id(another), stranger), patient(id(ins.value)))],
  ['a local number alone', cda(patient(id('P000482', '1.2.250.1.999.77.2'), stranger))],
  ['an INS-C alone', cda(patient(id('0123456789012345678901', '1.2.250.1.213.1.4.2'), stranger))],
  ['an INS without its number', cda(patient(`<id root="${ins.oid}" nullFlavor="UNK"/>`, stranger))],
  ['no patient', cda()],
  ['nothing, for it is no CDA', Buffer.from('%PDF-1.4')],
])('a document that gives %s is theirs', (_, bytes) => {
  for (const of of [known, null]) expect(whoseDocument(bytes, ins, of)).toBe('theirs')
})

it('is another’s by an INS that is not theirs, in any INS domain, whatever local number stands beside it', () => {
  for (const root of ['8', '9', '10', '11'].map((arc) => `1.2.250.1.213.1.4.${arc}`)) {
    const bytes = cda(patient(id(another, root) + id('P000482', '1.2.250.1.999.77.2'), stranger))
    for (const of of [known, null]) expect(whoseDocument(bytes, ins, of)).toBe('of-another')
  }
  // Two NIR are two people's, whatever traits they share.
  expect(whoseDocument(cda(patient(id(another, '1.2.250.1.213.1.4.8'))), ins, known)).toBe('of-another')
  // Their own, without its key or with a wrong one.
  for (const own of [ins.value.slice(0, 13), `${ins.value.slice(0, 13)}00`]) expect(whoseDocument(cda(patient(id(own), stranger)), ins, null)).toBe('theirs')
  // Not even a number: it is not theirs.
  expect(whoseDocument(cda(patient(id('999999999999999'), stranger)), ins, known)).toBe('of-another')
})

it('is theirs under another number when it was a former one, or by the traits a number came with', () => {
  expect(whoseDocument(cda(patient(id(another, nia), stranger)), ins, { ...known, holderOf: () => 'same' })).toBe('under-another-number')
  expect(whoseDocument(cda(patient(id(another, nia), stranger)), ins, { traits: null, holderOf: () => 'same' })).toBe('under-another-number')
  for (const given of [traits, { ...traits, family: 'Synthétique', given: 'Camille' }, { ...traits, sex: '', place: '' }, { ...traits, sex: 'UN' }, { ...traits, birth: '198406120000+0200' }, { ...traits, place: 'Puy-de-Dôme' }]) {
    expect(whoseDocument(cda(patient(id(another, nia), given)), ins, known)).toBe('under-another-number')
  }
})

it('is another’s where a trait is missing or differs, where nobody is known here, or where the number is somebody else’s here', () => {
  const differing = [{ family: 'AUTRE' }, { given: 'CAROLE' }, { birth: '19840613' }, { sex: 'M' }, { place: '75056' }, { family: '' }, { given: '' }, { birth: '' }, { birth: '1984' }]
  for (const change of differing) expect(whoseDocument(cda(patient(id(another, nia), { ...traits, ...change })), ins, known)).toBe('of-another')
  const bytes = cda(patient(id(another, nia)))
  expect(whoseDocument(bytes, ins, null)).toBe('of-another')
  expect(whoseDocument(bytes, ins, { ...known, traits: null })).toBe('of-another')
  expect(whoseDocument(bytes, ins, { ...known, traits: { ...known.traits, givenName: undefined } })).toBe('of-another')
  expect(whoseDocument(bytes, ins, { ...known, holderOf: () => 'another' })).toBe('of-another')
})

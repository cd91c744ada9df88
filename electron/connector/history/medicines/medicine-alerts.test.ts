import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documentExample } from '../record-example.ts'
import { checkOf, codesExample, type Installed } from './medicine-example.ts'

/** Invented specialties: numbers and names are nobody's. */
const doliprane = { cis: '60000001', cip: '3400930000011', name: 'DOUCEDOL 500 mg', substances: { 100: 'PARACÉTAMOL' }, genericGroups: ['11'], atc: ['N02BE01'] }
const generic = { cis: '60000002', cip: '3400930000028', name: 'PARACÉTAMOL DU LABO 500 mg', substances: { 100: 'PARACÉTAMOL' }, genericGroups: ['11'] }
const codeine = { cis: '60000003', name: 'DOUCEDOL CODÉINÉ', substances: { 100: 'PARACÉTAMOL', 101: 'CODÉINE (PHOSPHATE DE)' } }
const strong = { cis: '60000004', name: 'DOUCEDOL 1 g', substances: { 100: 'PARACÉTAMOL' }, genericGroups: ['12'], atc: ['N02BE01'] }
const warfarin = { cis: '60000005', name: 'FLUIDINE 5 mg', substances: { 102: 'WARFARINE SODIQUE' }, atc: ['B01AA03'] }
const ibuprofen = { cis: '60000006', name: 'CALMIFÈNE 400 mg', substances: { 103: 'IBUPROFÈNE' }, atc: ['M01AE01'] }
const amoxicillin = { cis: '60000007', name: 'BACTOX 1 g', substances: { 104: 'AMOXICILLINE' }, atc: ['J01CA04'] }
const clavulanic = { cis: '60000008', name: 'BACTOX DUO', substances: { 104: 'AMOXICILLINE', 105: 'ACIDE CLAVULANIQUE' }, atc: ['J01CR02'] }
const cefalexin = { cis: '60000009', name: 'CÉPHAX', substances: { 106: 'CÉFALEXINE' }, atc: ['J01DB01'] }
const installed: Installed = {
  products: [doliprane, generic, codeine, strong, warfarin, ibuprofen, amoxicillin, clavulanic, cefalexin],
  classes: { warfarine: ['antivitamines K', 'anticoagulants oraux'], ibuprofène: ['anti-inflammatoires non stéroïdiens'], paracétamol: [] },
  pairs: [
    ['ANTI-INFLAMMATOIRES NON STEROIDIENS', 'ANTICOAGULANTS ORAUX', ['discouraged'], 'Surveillance clinique étroite.'],
    ['PARACETAMOL', 'ANTIVITAMINES K', ['precaution'], 'Contrôle plus fréquent de l’INR.'],
    ['AMOXICILLINE', 'ANTIVITAMINES K', ['consider', 'contraindicated']],
  ],
}

const taken = (product: { cis: string; name: string }, more: object = {}) => ({ label: product.name, codes: codesExample(product.cis), ...more })
const prescribed = (product: { cis: string; name: string }, more: object = {}) => taken(product, { status: 'prescribed', ...more })
const allergy = (label: string, codes: readonly string[], more: object = {}) => ({ kind: 'allergy' as const, label, codes: codesExample(...codes), status: 'active', ...more })
const told = ({ alerts }: ReturnType<typeof checkOf>) => alerts.map((alert) => [alert.kind === 'interaction' ? alert.level : alert.closeness, ...alert.medicines.map(({ name }) => name).sort()])

describe('interactions', () => {
  it('are found between classes and substances, whichever the thesaurus names first, worst first, one alert a pair', () => {
    const check = checkOf([taken(warfarin), taken(ibuprofen), taken(doliprane), taken(amoxicillin)], installed)
    expect(told(check)).toEqual([
      ['contraindicated', amoxicillin.name, warfarin.name],
      ['discouraged', ibuprofen.name, warfarin.name],
      ['precaution', doliprane.name, warfarin.name],
    ])
    expect(check.alerts[0]).toMatchObject({ interactions: [{ levels: ['consider', 'contraindicated'], between: ['AMOXICILLINE', 'ANTIVITAMINES K'] }] })
    expect(check.medicines).toMatchObject({ current: 4, compared: 4, analysed: 4, unchecked: [] })
  })

  it('are said not to be looked for where nothing is installed, and no medicine is blamed for it', () => {
    const check = checkOf([taken(warfarin), taken(ibuprofen)], { products: installed.products! })
    expect([check.alerts, check.interactions, check.medicines]).toEqual([[], { state: 'absent' }, expect.objectContaining({ current: 2, compared: 2, analysed: 0, unchecked: [] })])
  })

  it('name the substances the thesaurus does not have: they were not looked up', () => {
    const check = checkOf([taken(cefalexin), taken(codeine), taken(warfarin)], installed)
    expect(check.medicines).toMatchObject({ analysed: 1 })
    const named = Object.fromEntries(check.medicines.unchecked.map(({ name, why, unmatched, missing }) => [name, [why, unmatched, missing]]))
    expect(named).toEqual({ [cefalexin.name]: ['notInThesaurus', ['CÉFALEXINE'], ['interactions']], [codeine.name]: ['notInThesaurus', ['CODÉINE (PHOSPHATE DE)'], ['interactions']] })
  })

  it('are looked for in all that a document says a medicine is, where its numbers are of several', () => {
    expect(told(checkOf([{ label: 'Contradictoire', codes: codesExample(doliprane.cis, ibuprofen.cis) }, taken(warfarin)], installed))).toEqual([['discouraged', 'Contradictoire', warfarin.name]])
  })

  it('are not of a substance with itself', () => {
    const self: Installed = { products: [doliprane, codeine], classes: { paracétamol: ['antalgiques'] }, pairs: [['ANTALGIQUES', 'ANTALGIQUES', ['consider']]] }
    expect(told(checkOf([taken(doliprane), taken(codeine)], self))).toEqual([['sameSubstance', doliprane.name, codeine.name]])
  })
})

describe('duplicates', () => {
  const [one, other] = [{ document: 'letter', author: 'Dr UN' }, { document: 'report', author: 'Dr DEUX' }]

  it('are not the life of one treatment: prescribed, handed over under a generic, listed, paid for', () => {
    expect(told(checkOf([prescribed(doliprane, one), taken(generic, { ...other, status: 'dispensed', date: '2026-11-12' }), taken(doliprane, { document: 'synthesis' }), { kind: 'reimbursement', label: 'DOUCEDOL CPR', codes: codesExample(doliprane.cip), date: '2026-11-13', document: 'repayment' }], installed))).toEqual([])
  })

  it('are one substance in two medicines of different composition, whatever was done with them', () => {
    expect(checkOf([prescribed(doliprane, one), taken(codeine, { ...other, status: 'dispensed', date: '2026-11-12' })], installed).alerts).toMatchObject([{ kind: 'duplicate', closeness: 'sameSubstance', shared: 'PARACÉTAMOL' }])
  })

  it('are not another dose of the same composition prescribed after by the same professional, nor a later delivery', () => {
    const ordered = [documentExample('letter', { serviceStartTime: '2026-10-01T09:00:00Z' }), documentExample('report', { serviceStartTime: '2026-11-01T09:00:00Z' })]
    expect(told(checkOf([prescribed(doliprane, { document: 'letter', author: 'Dr UN', date: '2026-10-01' }), prescribed(strong, { document: 'report', author: 'Dr UN', date: '2026-11-01' })], installed, ordered))).toEqual([])
    expect(told(checkOf([taken(doliprane, { document: 'letter', status: 'dispensed', date: '2026-10-01' }), taken(strong, { document: 'report', status: 'dispensed', date: '2026-11-01' })], installed, ordered))).toEqual([])
  })

  it('are two prescriptions of two professionals, of one medicine or of one substance', () => {
    expect(told(checkOf([prescribed(doliprane, { ...one, date: '2026-11-01' }), prescribed(doliprane, { ...other, date: '2026-11-12' })], installed))).toEqual([['sameMedicine', doliprane.name, doliprane.name]])
    expect(told(checkOf([prescribed(doliprane, one), prescribed(strong, other)], installed)).map(([closeness]) => closeness)).toEqual(['sameSubstance'])
  })

  it('are not prescriptions of which one ended before the other began', () => {
    expect(told(checkOf([prescribed(doliprane, { ...one, date: '2026-10-01', end: '2026-11-25' }), prescribed(strong, { ...other, date: '2026-11-26', end: '2026-12-26' })], installed))).toEqual([])
    expect(told(checkOf([prescribed(doliprane, { ...one, date: '2026-10-01', end: '2026-11-26' }), prescribed(strong, { ...other, date: '2026-11-26', end: '2026-12-26' })], installed)).map(([closeness]) => closeness)).toEqual(['sameSubstance'])
  })

  it('are told of one ATC class of level 4 as a weaker notice, after the rest', () => {
    const check = checkOf([{ label: 'Un', codes: codesExample('C10AA01') }, { label: 'Deux', codes: codesExample('C10AA05') }, { label: 'Trois', codes: codesExample('C10AB05') }])
    expect(check.alerts.map((alert) => [alert.kind, alert.kind === 'duplicate' && alert.closeness, alert.kind === 'duplicate' && alert.shared])).toEqual([['duplicate', 'sameClass', 'C10AA']])
  })

  it('are never told by likeness of names', () => {
    const check = checkOf([{ label: 'DOUCEDOL 500', document: 'letter' }, { label: 'DOUCEDOL 500 mg', document: 'report' }, { label: 'Doucedol 500 mg gélule', document: 'repayment', codes: codesExample('99999999') }], installed)
    expect(check.alerts).toEqual([])
    expect(check.medicines).toMatchObject({ current: 3, compared: 0, analysed: 0 })
    expect(check.medicines.unchecked.map(({ why }) => why).sort()).toEqual(['noCode', 'noCode', 'unknownCode'])
  })
})

describe('allergies', () => {
  it('are to be verified where the substance is the same, then the class declared, the same class, a related family', () => {
    expect(told(checkOf([allergy('Amoxicilline', [amoxicillin.cis]), taken(clavulanic)], installed))).toEqual([['sameSubstance', clavulanic.name]])
    expect(told(checkOf([allergy('Pénicillines', ['J01C']), taken(clavulanic)], installed))).toEqual([['declaredClass', clavulanic.name]])
    expect(told(checkOf([allergy('Ampicilline', ['J01CA01']), taken(amoxicillin)], installed))).toEqual([['sameClass', amoxicillin.name]])
    expect(told(checkOf([allergy('Ampicilline', ['J01CA01']), taken(clavulanic)], installed))).toEqual([['relatedClass', clavulanic.name]])
    expect(told(checkOf([allergy('Aspirine', ['N02BA01']), taken(ibuprofen)], installed))).toEqual([['relatedClass', ibuprofen.name]])
  })

  it('to a penicillin say nothing of a cephalosporin, nor a side effect or a refuted, denied or ended allergy of its medicine', () => {
    expect(told(checkOf([allergy('Amoxicilline', [amoxicillin.cis]), taken(cefalexin)], installed))).toEqual([])
    for (const more of [{ section: 'Effets indésirables prévisibles' }, { status: 'refuted' }, { negated: true }, { status: 'resolved' }]) expect(told(checkOf([allergy('Amoxicilline', [amoxicillin.cis], more), taken(amoxicillin)], installed)), JSON.stringify(more)).toEqual([])
  })

  it('told ended by the code and not by the signed text are in force', () => {
    const doubtful = { status: 'inactive', conflict: { field: 'status' as const, coded: 'inactive', narrative: 'Intermittent' } }
    expect(told(checkOf([allergy('Amoxicilline', [amoxicillin.cis], doubtful), taken(amoxicillin)], installed))).toEqual([['sameSubstance', amoxicillin.name]])
  })

  it('without a code, or whose codes no medicine has, are counted as not compared', () => {
    const check = checkOf([allergy('Pénicilline', []), allergy('Produit inconnu', ['99999999']), allergy('Classe', ['J01C']), allergy('Amoxicilline', [amoxicillin.cis]), taken(generic)], installed)
    expect(check.allergies).toMatchObject({ inForce: 4, compared: 1 })
    expect(check.allergies.unchecked.map(({ name }) => name).sort()).toEqual(['Classe', 'Produit inconnu', 'Pénicilline'])
    // A medicine without a code is what is not compared, not the allergy.
    const one = checkOf([allergy('Amoxicilline', [amoxicillin.cis]), taken(generic), { label: 'Sans code' }], installed)
    expect([one.allergies.compared, one.medicines.unchecked.map(({ name, missing }) => [name, missing])]).toEqual([1, [['Sans code', ['duplicates', 'allergies', 'interactions']]]])
  })

  it('that a sentence says there are none are not among them; words under the name of one are, for they may tell another', () => {
    const words = (value: string, label = 'Allergies') => ({ kind: 'narrative' as const, label, section: 'Allergies', code: '48765-2', codeSystem: '2.16.840.1.113883.6.1', value })
    const counted = (text: ReturnType<typeof words>) => (({ compared, inForce }) => [compared, inForce])(checkOf([allergy('Amoxicilline', [amoxicillin.cis]), text, taken(doliprane)], installed).allergies)
    expect(counted(words('Aucune allergie connue'))).toEqual([1, 1])
    expect(counted(words('allergie aussi à la ceftriaxone', 'Amoxicilline'))).toEqual([1, 2])
    expect(counted(words('Aucune allergie connue sauf latex'))).toEqual([1, 2])
  })

  it('go first when grave, and before a contraindicated pair when of the substance itself', () => {
    const check = checkOf([allergy('Amoxicilline', [amoxicillin.cis]), allergy('Paracétamol', [doliprane.cis], { value: 'Choc anaphylactique' }), taken(amoxicillin), taken(doliprane), taken(warfarin)], installed)
    expect(told(check).map(([closeness, name]) => [closeness, name]).slice(0, 3)).toEqual([['sameSubstance', doliprane.name], ['sameSubstance', amoxicillin.name], ['contraindicated', expect.anything()]])
  })
})

describe('what is current', () => {
  it('is judged by dates and states; an end nobody gives is said to be unknown', () => {
    const check = (more: object) => checkOf([{ ...taken(warfarin), ...more }, taken(ibuprofen)], installed)
    for (const over of [{ end: '2026-11-20' }, { end: '2026-10' }, { status: 'aborted' }, { status: 'prescribed', date: '2024-11-01', document: 'synthesis' }, { status: 'dispensed', date: '2026-08-01' }, { document: 'synthesis', date: '2019' }]) {
      expect([told(check(over)), check(over).medicines.past], JSON.stringify(over)).toEqual([[], 1])
    }
    for (const going of [{ end: '2026-11-21' }, { end: '2026-11' }, { end: '2026' }, { status: 'completed' }, { status: 'prescribed', date: '2026-01-01' }, { status: 'prescribed', date: '2023-05-01' }, { status: 'dispensed', date: '2026-10-01' }, { date: '2019' }]) {
      expect(told(check(going)).map(([level]) => level), JSON.stringify(going)).toEqual(['discouraged'])
    }
    expect(check({}).alerts[0]!.medicines.map(({ end }) => end)).toEqual([null, null])
    expect(check({ end: '2027-01-01' }).alerts[0]!.medicines.map(({ name, end }) => [name, end])).toContainEqual([warfarin.name, '2027-01-01'])
  })

  it('leaves out what was not given, and a list declared empty', () => {
    expect(checkOf([taken(warfarin, { negated: true }), { label: 'Aucun traitement', status: 'noneKnown' }], installed).medicines).toMatchObject({ current: 0, past: 0 })
  })
})

it('is the same whatever the order of the facts, and every current medicine is compared or named', () => {
  const facts = [taken(doliprane), taken(codeine, { document: 'report' }), taken(warfarin), taken(ibuprofen), taken(cefalexin), { label: 'Sans code' }, { label: 'Classe', codes: codesExample('C10AA01') }, allergy('Amoxicilline', [amoxicillin.cis]), taken(clavulanic)]
  const wanted = JSON.stringify(told(checkOf(facts, installed)))
  fc.assert(
    fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (order) => {
      const check = checkOf(order, installed)
      expect(JSON.stringify(told(check))).toBe(wanted)
      const { current, compared, analysed, unchecked } = check.medicines
      expect(unchecked.filter(({ missing }) => missing.includes('duplicates'))).toHaveLength(current - compared)
      expect(unchecked.filter(({ missing }) => missing.includes('interactions'))).toHaveLength(current - analysed)
    }),
    { numRuns: 40 },
  )
})

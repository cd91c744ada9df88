import { describe, expect, it } from 'vitest'
import { practiceFile, type DocumentAuthor, type RecordConfig, type StaffParty } from '#shared/contract/index.ts'
import { chooseParty, namesAnotherStructure, readerOf, speaksInPerson } from './choose-party.ts'

const practice = practiceFile.parse({
  structures: [
    { id: '1750000001', name: 'Cabinet A', sector: 'SA07' },
    { id: '1750000002', name: 'Maison B', sector: 'SA52' },
  ],
  professionals: [
    { id: '810000000001', family: 'UN', given: 'Ada', profession: '60', structure: '1750000001' },
    { id: '810000000002', family: 'DEUX', given: 'Bo', profession: '10', specialty: 'SM54', structure: '1750000001' },
    { id: '810000000002', family: 'DEUX', given: 'Bo', profession: '10', specialty: 'SM54', structure: '1750000002' },
  ],
})
const author = (person: string | null, institution: string | null, kind: DocumentAuthor['kind'] = 'professional'): DocumentAuthor => ({
  kind,
  person: person ? { id: person, family: 'X', given: 'Y' } : null,
  institution: institution ? { id: institution, name: 'Z' } : null,
  specialty: null,
  role: null,
})

describe('who the VIHF speaks for', () => {
  it('is the author, in the exercise situation that wrote the document', () => {
    expect(chooseParty(practice, [author('810000000002', '1750000002')])).toMatchObject({ ok: true, value: { kind: 'professional', structure: { id: '1750000002' } } })
    expect(chooseParty(practice, [author('810000000001', '1750000002')])).toMatchObject({ ok: true, value: { kind: 'professional', structure: { id: '1750000001' } } })
  })
  it('is in none of several situations until its author says in which', () => {
    const [undecided, ofTheirStructure] = [[author('810000000002', null)], [author('810000000002', '1750000001')]]
    const chosenSituation = (id: string) => (id === '810000000002' ? '1750000002' : null)
    expect(chooseParty(practice, undecided)).toMatchObject({ ok: false, failure: { code: 'situation-to-choose', detail: 'DEUX Bo (810000000002)' } })
    expect(chooseParty(practice, undecided, { chosenSituation: () => null })).toMatchObject({ ok: false, failure: { code: 'situation-to-choose' } })
    expect(chooseParty(practice, undecided, { chosenSituation })).toMatchObject({ ok: true, value: { kind: 'professional', structure: { id: '1750000002' } } })
    // Where another of its authors leaves no doubt, it is they who speak.
    expect(chooseParty(practice, [author('810000000002', null), author('810000000001', '1750000001')])).toMatchObject({ ok: true, value: { professional: { id: '810000000001' } } })
    // A document says it of who answers for it, or keeps it.
    expect(chooseParty(practice, undecided, { chosenSituation, named: ['1999999999', '1750000001'] })).toMatchObject({ ok: true, value: { structure: { id: '1750000001' } } })
    // What the document says counts before where they are today.
    expect(chooseParty(practice, ofTheirStructure, { chosenSituation })).toMatchObject({ ok: true, value: { structure: { id: '1750000001' } } })
    // Two lines of one structure are no choice.
    const twice = { ...practice, professionals: practice.professionals.map((one) => ({ ...one, structure: '1750000001' })) }
    expect(chooseParty(twice, undecided)).toMatchObject({ ok: true, value: { structure: { id: '1750000001' } } })
  })
  it('is nobody whose number is only written like that of a professional of the practice', () => {
    const stranger = author('810000000002', null)
    expect(chooseParty(practice, [{ ...stranger, person: { ...stranger.person!, domain: '1.2.3.4.5' } }])).toMatchObject({ ok: false, failure: { code: 'author-not-ours' } })
  })
  it('is nobody for what a professional of the practice wrote for another structure', () => {
    expect(chooseParty(practice, [author('810000000002', '1999999999')])).toMatchObject({ ok: false, failure: { code: 'author-not-ours', detail: 'X Y (810000000002) / Z (1999999999)' } })
    expect(chooseParty(practice, [author('810000000002', '1999999999'), author('810000000001', '1750000001')])).toMatchObject({ ok: true, value: { professional: { id: '810000000001' } } })
  })
  it('is another structure’s by a number of the kind the practice file gives, however a sidecar writes it; by nothing else', () => {
    for (const [said, isAnother] of [['1750000001', false], ['750000001', false], ['1999999999', true], ['999999999', true], ['399999999900012', false], ['99999999900012', false], ['CabinetVoltaire', false], ['42', false], ['', false]] as const) {
      expect(namesAnotherStructure(practice, said), said).toBe(isAnother)
    }
    expect(namesAnotherStructure(practice, undefined)).toBe(false)
  })
  it('is a second author when the first is not of the practice', () => {
    expect(chooseParty(practice, [author('899999999999', '1999999999'), author('810000000001', null)])).toMatchObject({ ok: true, value: { professional: { id: '810000000001' } } })
  })
  it('is the structure when no author is of the practice but the structure is', () => {
    expect(chooseParty(practice, [author('899999999999', '1750000002')])).toMatchObject({ ok: true, value: { kind: 'structure', structure: { id: '1750000002' } } })
    expect(chooseParty(practice, [author('810000000002', '1750000002', 'device')])).toMatchObject({ ok: true, value: { kind: 'structure' } })
  })
  it('is nobody for a document of others', () => {
    expect(chooseParty(practice, [author('899999999999', '1999999999')])).toMatchObject({ ok: false, failure: { code: 'author-not-ours', detail: 'X Y (899999999999) / Z (1999999999)' } })
    expect(chooseParty(practice, [{ ...author('899999999999', null), person: { id: '899999999999', family: '', given: '' }, institution: { id: '1999999999', name: '1999999999' } }])).toMatchObject({ ok: false, failure: { detail: '899999999999 / 1999999999' } })
    expect(chooseParty(practice, [author(null, null)])).toMatchObject({ ok: false })
  })
  it('reads as the first doctor', () => {
    expect(readerOf(practice)).toMatchObject({ kind: 'professional', professional: { id: '810000000002' } })
    expect(readerOf({ ...practice, professionals: [] })).toMatchObject({ kind: 'structure' })
  })
})

describe('when means differ', () => {
  const config = (certificates: [kind: 'professional' | 'structure', party: string][], mode: 'certificates' | 'card' | 'pro-sante-connect' = 'certificates') =>
    speaksInPerson({ signIn: { mode } as RecordConfig['signIn'], certificates: certificates.map(([kind, party]) => ({ kind, party, tls: '', signature: '', passphrase: '' })) })
  const [professional] = practice.professionals
  const structure = practice.structures.find((one) => one.id === professional!.structure)!
  const authors = [author(professional!.id, structure.id)]

  it.each([
    ['a card speaks for its professional', config([['structure', structure.id]], 'card'), 'professional'],
    ['own certificates speak', config([['professional', professional!.id], ['structure', structure.id]]), 'professional'],
    ['the structure speaks for a professional without certificates', config([['structure', structure.id]]), 'structure'],
    ['a professional without anybody to speak instead is told so', config([]), 'professional'],
    ['the structure speaks whoever is signed in', config([['professional', professional!.id], ['structure', structure.id]], 'pro-sante-connect'), 'structure'],
  ] as const)('%s', (_, speaks, kind) => {
    expect(chooseParty(practice, authors, { speaksInPerson: speaks })).toMatchObject({ ok: true, value: { kind } })
  })

  it('a structure alone may not read, and no professional without certificates is asked to', () => {
    expect(readerOf(practice, () => false).kind).toBe('structure')
    expect(readerOf(practice, (id) => id === professional!.id)).toMatchObject({ kind: 'professional', professional: { id: professional!.id } })
  })
})

describe('while a CPE card is in use', () => {
  const [a, b] = practice.structures
  const secretaryOf = (structure: typeof a): StaffParty => ({ kind: 'staff', member: { id: '3750000001/0007', family: 'MODELE', given: 'Nadia', structure: structure!.id }, structure: structure! })
  const chosen = (authors: readonly DocumentAuthor[], staff: readonly StaffParty[]) => chooseParty(practice, authors, { staff })

  it('its holder deposits what a doctor of their structure wrote', () => {
    expect(chosen([author('810000000002', a!.id)], [secretaryOf(a)])).toMatchObject({ ok: true, value: { kind: 'staff', member: { id: '3750000001/0007' }, structure: { id: a!.id } } })
    expect(chosen([author('899999999999', '1999999999'), author('810000000001', a!.id)], [secretaryOf(a)])).toMatchObject({ ok: true, value: { kind: 'staff' } })
  })
  it('in whichever of their structures it was written', () => {
    expect(chosen([author('810000000002', b!.id)], [secretaryOf(a), secretaryOf(b)])).toMatchObject({ ok: true, value: { kind: 'staff', structure: { id: b!.id } } })
  })
  it('and not what was written in another structure: that waits for its author', () => {
    expect(chosen([author('810000000002', b!.id)], [secretaryOf(a)])).toMatchObject({ ok: true, value: { kind: 'professional', structure: { id: b!.id } } })
    expect(chosen([author('810000000002', '1999999999')], [secretaryOf(a)])).toMatchObject({ ok: false, failure: { code: 'author-not-ours' } })
  })
  it('and nothing of others', () => {
    expect(chosen([author('899999999999', '1999999999')], [secretaryOf(a), secretaryOf(b)])).toMatchObject({ ok: false, failure: { code: 'author-not-ours' } })
  })
})

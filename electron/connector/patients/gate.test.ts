import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { insKey } from '#shared/text/ins-key.ts'
import { gate, type GateDecision, type GateInput } from './gate.ts'
import { mismatch, type ClaimOrigin, type IdentityClaim } from './identity-claim.ts'
import { candidateView, type LocalPatient } from './local-patient.ts'
import { compareTraits, traitNames, type Traits } from './traits.ts'

const test = '1.2.250.1.213.1.4.10'
const traits = { birthName: 'PAT-TROIS', givenName: 'DOMINIQUE', birthDate: '1979-03-28', sex: 'F', birthPlace: '51215' } as const
const known: LocalPatient = { ...traits, id: 'p1', ins: '279035121518989', insOid: test, usedName: 'DURAND', qualified: true, status: null, localIds: [{ system: '1.2.3', value: '42' }] }
const twin: LocalPatient = { ...known, id: 'p2', ins: '279035121518892', givenName: 'CLAUDE', localIds: [{ system: '1.2.3', value: '43' }] }
const claim: IdentityClaim = { ...traits, origin: 'document', ins: '279035121518989', insOid: test }

function decide(change: Partial<Omit<GateInput, 'claim'>> & { claim?: Partial<IdentityClaim> } = {}): GateDecision {
  const { claim: changed, ...rest } = change
  return gate({ selfQualified: true, localPatients: [], environment: 'training', ...rest, claim: { ...claim, ...changed } })
}

const short = (decision: GateDecision) => (decision.kind === 'certain' ? `certain ${decision.patientId}` : `${decision.kind} ${decision.reason}`)

describe('a source that vouches for itself', () => {
  it('is certain, known here or not', () => {
    expect(decide()).toEqual({ kind: 'certain', ins: { value: '279035121518989', oid: test, environment: 'training' }, identity: claim, patientId: null, notes: [] })
    expect(short(decide({ localPatients: [known, twin] }))).toBe('certain p1')
  })

  it.each<[string, Parameters<typeof decide>[0]]>([
    ['refuse ins-invalid', { claim: { ins: '279035121518988' } }],
    ['refuse ins-invalid', { claim: { insOid: '1.2.250.1.213.1.4.2' } }],
    ['refuse ins-production-in-training', { claim: { insOid: '1.2.250.1.213.1.4.8' } }],
    ['refuse ins-test-in-production', { environment: 'production' }],
    ['wait ins-missing', { claim: { ins: undefined } }],
    ['wait ins-missing', { claim: { ins: ' ' } }],
    ['wait ins-not-qualified', { selfQualified: false }],
    ['wait ins-not-qualified', { selfQualified: false, claim: { origin: 'message' }, localPatients: [known] }],
    ['wait ins-not-qualified', { localPatients: [{ ...known, status: 'homonym' }] }],
    ['wait traits-incomplete', { claim: { birthPlace: undefined } }],
    ['wait traits-incomplete', { claim: { birthDate: '1979' } }],
    ['wait traits-differ', { localPatients: [{ ...known, birthName: 'AUTRE' }] }],
    ['wait traits-differ', { localPatients: [{ ...known, sex: 'M' }] }],
    ['wait traits-differ', { claim: { localId: '43', localIdOid: '1.2.3' }, localPatients: [twin] }],
    ['certain p1', { localPatients: [{ ...known, birthName: 'pat trois', givenName: 'Dominique' }] }],
  ])('%s', (decision, input) => {
    expect(short(decide(input))).toBe(decision)
  })

  it('notes a birth place that was re-coded, and goes', () => {
    expect(decide({ localPatients: [{ ...known, birthPlace: '51216' }] })).toMatchObject({ kind: 'certain', notes: ['birthPlace'], identity: { birthPlace: '51215' } })
  })

  it('shows who is known when the number is missing', () => {
    expect(decide({ claim: { ins: undefined }, localPatients: [known, twin] })).toMatchObject({ reason: 'ins-missing', candidates: [{ patient: { id: 'p1' } }] })
  })
})

describe('a file, that vouches for nothing', () => {
  const file = (origin: ClaimOrigin, changed: Partial<IdentityClaim>, localPatients = [known, twin]) => decide({ selfQualified: false, localPatients, claim: { ...changed, origin } })
  const unnumbered = { ins: undefined, insOid: undefined }

  it('is certain when its INS and every trait it gives are those of a qualified patient', () => {
    expect(file('sidecar', {})).toMatchObject({ kind: 'certain', patientId: 'p1', ins: { value: '279035121518989' }, identity: { birthPlace: '51215' } })
    expect(short(file('file-name', { sex: undefined, birthPlace: undefined }))).toBe('certain p1')
    expect(short(file('sidecar', { insOid: undefined }))).toBe('certain p1')
  })

  it.each<[string, ClaimOrigin, Partial<IdentityClaim>, LocalPatient[]?]>([
    ['wait traits-differ', 'sidecar', { birthPlace: '75056' }],
    ['wait traits-differ', 'sidecar', { givenName: 'CLAUDE' }],
    ['wait patient-unknown', 'sidecar', {}, []],
    ['wait patient-ambiguous', 'sidecar', {}, [known, { ...known, id: 'p9' }]],
    ['wait ins-not-qualified', 'sidecar', {}, [{ ...known, qualified: false }]],
    ['wait ins-not-qualified', 'sidecar', {}, [{ ...known, status: 'doubtful' }]],
    ['wait traits-incomplete', 'sidecar', {}, [{ ...known, birthPlace: undefined }]],
    ['refuse ins-invalid', 'sidecar', { ins: '279035121518980' }],
    ['wait traits-incomplete', 'file-name', { birthName: undefined, birthDate: undefined, givenName: undefined, sex: undefined, birthPlace: undefined }],
    ['certain p1', 'sidecar', { ...unnumbered, localId: '42' }],
    ['wait patient-to-confirm', 'file-name', { ...unnumbered, localId: '42' }],
    ['wait patient-to-confirm', 'sidecar', { ...unnumbered, localId: '42', birthDate: undefined }],
    ['wait traits-differ', 'sidecar', { ...unnumbered, localId: '43' }],
    ['wait ins-not-qualified', 'sidecar', { ...unnumbered, localId: '42' }, [{ ...known, qualified: false }]],
    ['wait patient-to-confirm', 'sidecar', { ...unnumbered }],
    ['wait patient-to-confirm', 'file-name', { ...unnumbered }],
    ['wait patient-ambiguous', 'file-name', { ...unnumbered, givenName: undefined }],
    ['wait patient-unknown', 'file-name', { ...unnumbered, birthName: 'INCONNUE' }],
    ['wait traits-differ', 'sidecar', { localId: '43', localIdOid: '1.2.3' }],
  ])('%s by %s', (decision, origin, changed, patients) => {
    expect(short(file(origin, changed, patients))).toBe(decision)
  })

  it('shows the patients it could be, and what differs', () => {
    const decision = file('file-name', { ...unnumbered, sex: 'M' })
    if (decision.kind !== 'wait') throw new Error(decision.kind)
    expect(decision.candidates.map(candidateView)).toEqual([
      { ins: '279035121518989', insOid: test, birthName: 'PAT-TROIS', givenName: 'DOMINIQUE', usedName: 'DURAND', birthDate: '1979-03-28', sex: 'F', patientId: 'p1', qualified: true, differs: ['sex'] },
    ])
  })

  it('finds a patient by the name used as well', () => {
    expect(file('file-name', { ...unnumbered, birthName: 'Durand', givenName: 'Dominique' })).toMatchObject({ reason: 'patient-to-confirm', candidates: [{ patient: { id: 'p1' }, differs: ['birthName'] }] })
  })
})

describe('whatever is claimed', () => {
  const some = <T>(...values: T[]) => fc.constantFrom<T | undefined>(undefined, ...values)
  const anyTraits: fc.Arbitrary<Traits> = fc.record({
    birthName: some('PAT-TROIS', 'PAT TROIS', 'AUTRE'), givenName: some('DOMINIQUE', 'CLAUDE'), birthDate: some('1979-03-28', '1979-03-29', '1979'),
    sex: some<'F' | 'M'>('F', 'M'), birthPlace: some('51215', '75056'),
  })
  const numbers = ['2790351215189', '2790351215188'].map((first) => `${first}${insKey(first)}`)
  const patients = fc.array(
    fc.tuple(anyTraits, fc.record({
      id: fc.constantFrom('a', 'b', 'c'), ins: fc.constantFrom(null, ...numbers), qualified: fc.boolean(), status: fc.constantFrom(null, 'homonym'),
      localIds: fc.subarray([{ system: '1.2.3', value: '42' }, { system: '1.2.3', value: '43' }]),
    })).map(([some, rest]): LocalPatient => ({ ...some, ...rest, insOid: rest.ins === null ? null : test })),
    { maxLength: 3 },
  )
  const inputs = fc.record({
    claim: fc.tuple(anyTraits, fc.record({
      origin: fc.constantFrom<ClaimOrigin>('document', 'message', 'sidecar', 'file-name', 'person'),
      ins: some(...numbers, '279035121518900'), insOid: some(test, '1.2.250.1.213.1.4.8'), localId: some('42', '43'), localIdOid: some('1.2.3'),
    })).map(([some, rest]): IdentityClaim => ({ ...some, ...rest })),
    selfQualified: fc.boolean(),
    localPatients: patients,
    environment: fc.constantFrom<('training' | 'production')[]>('training', 'production'),
  })

  it('is never certain when a compared trait differs, by name alone, or without five traits', () => {
    let certainties = 0
    fc.assert(
      fc.property(inputs, (input) => {
        const decision = gate(input)
        if (decision.kind !== 'certain') return
        certainties += 1
        const { claim } = input
        const patient = input.localPatients.find(({ id, ins }) => id === decision.patientId && ins === decision.ins.value)
        const differing = patient === undefined ? [] : compareTraits(claim, patient)
        expect(differing.filter((name) => name !== 'birthPlace' || !input.selfQualified)).toEqual([])
        // Something stronger than a name agrees: the INS, or the practice's own number beside name and birth date.
        const byNumber = claim.origin === 'sidecar' && (patient?.localIds.some(({ value }) => value === claim.localId) ?? false) && claim.birthName !== undefined && claim.birthDate !== undefined
        expect(claim.ins === decision.ins.value || byNumber).toBe(true)
        // The number belongs to the record's environment, and no other known identity under it contradicts it.
        expect(decision.ins.environment).toBe(input.environment)
        for (const name of traitNames) expect(decision.identity[name]).toBeDefined()
        if (!input.selfQualified) expect(patient).toMatchObject({ qualified: true, status: null })
      }),
      { numRuns: 20_000 },
    )
    expect(certainties).toBeGreaterThan(50)
  })
})

it('a document and the message around it must speak of the same patient', () => {
  expect(mismatch(claim, { ...claim, origin: 'message', birthName: 'pat trois', birthPlace: '75056' })).toEqual([])
  expect(mismatch(claim, { ...claim, origin: 'message', ins: '279035121518892', givenName: 'CLAUDE' })).toEqual(['ins', 'givenName'])
  expect(mismatch(claim, { origin: 'message' })).toEqual([])
})

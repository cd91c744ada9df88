import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failure, success } from '#shared/contract/index.ts'
import type { DocumentHints } from '../../documents/index.ts'
import { pairDocument, resolveNamed, type ReadyDocument, type ReadySidecar } from './pair-files.ts'
import { sourceProfile } from './profile.ts'
import type { SidecarEntry } from './read-sidecar.ts'

const profile = sourceProfile.parse({ name: 'test' })
const named = { identity: { birthName: 'FROM NAME' } }
const document = (changes: Partial<ReadyDocument> = {}): ReadyDocument => ({ path: 'in/Scan 1.pdf', needsSidecar: true, readySince: 0, named: null, ...changes })
const sidecar = (path: string, entries: readonly SidecarEntry[]): ReadySidecar => ({ path, sha256: null, entries: success(entries) })
const about = (ins: string, file: string | null = null): SidecarEntry => ({ file, hints: { identity: { ins } } })
const pair = (doc: ReadyDocument, sidecars: readonly ReadySidecar[], now = 0, sidecarComing = false) => pairDocument(doc, sidecars, { sidecarComing, now, profile })

describe('pairDocument', () => {
  it.each(['in/scan 1.json', 'in/SCAN 1.PDF.xml'])('knows %s for its sidecar', (path) => {
    expect(pair(document(), [sidecar(path, [about('1')])])).toEqual({ kind: 'take', hints: { identity: { ins: '1' } }, sidecars: [path] })
  })

  it.each(['out/scan 1.json', 'in/scan 2.json'])('does not know %s', (path) => {
    expect(pair(document(), [sidecar(path, [about('1')])])).toMatchObject({ kind: 'wait' })
  })

  it('finds itself in an index by its path', () => {
    expect(pair(document(), [sidecar('index.csv', [about('1', String.raw`IN\scan 1.PDF`), about('2', 'in/other.pdf')])])).toMatchObject({ hints: { identity: { ins: '1' } } })
  })

  it('takes the same patient said twice, and stops on two', () => {
    const both = (one: string, two: string) => pair(document(), [sidecar('in/scan 1.json', [about(one)]), sidecar('index.csv', [about(two, 'in/scan 1.pdf')])])
    expect(both('1', '1')).toMatchObject({ hints: { identity: { ins: '1' } }, sidecars: ['in/scan 1.json', 'index.csv'] })
    expect(both('1', '2')).toMatchObject({ kind: 'take', hints: { refusal: { code: 'sidecar-two-patients' } } })
  })

  const lea = { birthName: 'MARTIN', givenName: 'LEA', birthDate: '2024-05-01' }
  const beside = (one: DocumentHints, two: DocumentHints, named: DocumentHints | null = null, by = profile) => {
    const pairing = pairDocument(document({ named }), [sidecar('in/scan 1.json', [{ file: null, hints: one }]), sidecar('in/scan 1.xml', [{ file: null, hints: two }])], { sidecarComing: false, now: 0, profile: by })
    if (pairing.kind === 'wait') throw new Error('nothing to wait for')
    return pairing.hints
  }

  it.each([
    ['twins', lea, { ...lea, givenName: 'TOM' }, true],
    ['twins by all their given names', { birthName: 'MARTIN', givenNames: 'LEA', birthDate: '2024-05-01' }, { birthName: 'MARTIN', givenNames: 'TOM', birthDate: '2024-05-01' }, true],
    ['two by their used names', { usedName: 'DURAND', usedGivenName: 'ANNE' }, { usedName: 'PETIT', usedGivenName: 'PAUL' }, true],
    ['two people under one INS', { ...lea, ins: '1' }, { ins: '1', birthName: 'PETIT', givenName: 'TOM', birthDate: '1950-01-01' }, true],
    ['one with the INS, one without', { ...lea, ins: '1' }, lea, false],
    ['two hyphens', { birthName: 'JEAN-PIERRE' }, { birthName: 'Jean Pierre' }, false],
  ])('tells two patients from one said in two ways, by two sidecars: %s', (_what, one, two, areTwo) => {
    for (const hints of [beside({ identity: one }, { identity: two }), beside({ identity: two }, { identity: one })]) {
      expect(hints.refusal?.code).toBe(areTwo ? 'sidecar-two-patients' : undefined)
      expect(hints.identity === undefined).toBe(areTwo)
    }
  })

  it('drops nothing of what a second sidecar says and the first does not', () => {
    const second = { identity: { ins: '1', insOid: '1.2' }, typeCode: '57833-6', documentKey: '7', title: 'Autre' }
    expect(beside({ title: 'Ordonnance' }, second)).toEqual({ ...second, title: 'Ordonnance' })
  })

  it('says of the patient whatever one of them says, together what belongs together', () => {
    const [one, two] = [{ birthName: 'DUPONT', localId: '42', localIdOid: '1.2.3', sex: 'F' as const }, { ins: '1', insOid: '1.2', birthName: 'GARNIER', usedName: 'DUPONT', birthDate: '1990-01-15' }]
    const both = { ...two, localId: '42', localIdOid: '1.2.3', sex: 'F' }
    expect([beside({ identity: one }, { identity: two }).identity, beside({ identity: two }, { identity: one }).identity]).toEqual([both, both])
  })

  it('believes one of them about the author before the profile', () => {
    const own = { ...profile, defaultAuthor: { authorId: 'ours', structureId: 'here' } }
    const supposed = { authorId: 'ours', structureId: 'here' }
    for (const hints of [beside({ ...supposed, title: 'A' }, { ...supposed, authorId: 'theirs' }, null, own), beside({ ...supposed, authorId: 'theirs' }, supposed, null, own)]) expect(hints).toMatchObject({ authorId: 'theirs', structureId: 'here' })
    expect(beside(supposed, supposed, null, own)).toEqual(supposed)
  })

  it('believes no sidecar beside one that names two', () => {
    const hints = beside({ refusal: { code: 'sidecar-two-patients', outcome: 'parked' } }, { identity: lea, typeCode: '57833-6' })
    expect(hints).toEqual({ typeCode: '57833-6', refusal: { code: 'sidecar-two-patients', outcome: 'parked' } })
  })

  it.each([
    ['another name and given name', { birthName: 'GARCIA LOPEZ', givenName: 'Noé' }, { birthName: 'Garnier', givenName: 'Amélie' }, true],
    ['another birth date', { birthName: 'GARNIER', birthDate: '1990-01-15' }, { birthName: 'GARNIER', birthDate: '1991-01-15' }, true],
    ['the used name', { birthName: 'DUPONT', givenName: 'Amelie' }, { birthName: 'GARNIER', usedName: 'Dupont', givenName: 'Amélie' }, false],
    ['the used name, which the sidecar does not give', { birthName: 'DUPONT', givenName: 'AMELIE' }, { birthName: 'GARNIER', givenName: 'Amélie' }, false],
    ['the same, otherwise written', { birthName: "D'HERVE", givenName: 'JEAN PIERRE' }, { birthName: 'D’Hervé', givenName: 'Jean-Pierre' }, false],
  ])('stops on a name that cannot be of the patient its sidecar names: %s', (_what, inName, inSidecar, isTwo) => {
    const pairing = pair(document({ named: { identity: inName } }), [sidecar('in/scan 1.json', [{ file: null, hints: { identity: inSidecar } }])])
    expect(pairing.kind === 'take' && pairing.hints.refusal?.code === 'sidecar-two-patients').toBe(isTwo)
  })

  it('waits less when its name says something, not at all when it needs no sidecar, and longer when one is on its way', () => {
    expect(pair(document(), [], 59_999)).toEqual({ kind: 'wait', until: 60_000 })
    expect(pair(document(), [], 60_000)).toEqual({ kind: 'take', hints: {}, sidecars: [] })
    expect(pair(document({ named }), [], 4999)).toEqual({ kind: 'wait', until: 5000 })
    expect(pair(document({ named }), [], 5000)).toEqual({ kind: 'take', hints: named, sidecars: [] })
    expect(pair(document({ needsSidecar: false }), [])).toMatchObject({ kind: 'take' })
    expect(pair(document({ named }), [], 100_000, true)).toMatchObject({ kind: 'wait' })
  })

  it('refuses the document of a sidecar that is broken or says nothing', () => {
    expect(pair(document(), [{ path: 'in/scan 1.xml', sha256: null, entries: failure('sidecar-invalid', { detail: 'DOCTYPE refused' }) }])).toMatchObject({ hints: { refusal: { code: 'sidecar-invalid', detail: 'DOCTYPE refused' } } })
    expect(pair(document(), [sidecar('in/scan 1.json', [])])).toMatchObject({ hints: { refusal: { code: 'sidecar-invalid' } } })
  })

  it('decides the same whatever the order of the sidecars, and never mixes two patients', () => {
    const ins = fc.constantFrom('1', '2')
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.constantFrom('in/scan 1.json', 'in/scan 1.xml', 'a.csv', 'b.csv'), ins, fc.boolean()), { minLength: 1, maxLength: 4, selector: ([path]) => path }), (said) => {
        const sidecars = said.map(([path, value, masked]) => {
          const entry = about(value, path.endsWith('.csv') ? 'in/scan 1.pdf' : null)
          return sidecar(path, [{ ...entry, hints: { ...entry.hints, title: path, ...(masked ? { visibility: { masked, hiddenFromPatient: false, hiddenFromRepresentatives: false } } : {}) } }])
        })
        const outcome = (list: readonly ReadySidecar[]) => {
          const pairing = pair(document(), list)
          return pairing.kind === 'take' ? pairing.hints : null
        }
        expect(outcome(sidecars.toReversed())).toEqual(outcome(sidecars))
        if (new Set(said.map(([, value]) => value)).size > 1) expect(outcome(sidecars)).toMatchObject({ refusal: { code: 'sidecar-two-patients', outcome: 'parked' } })
        else expect(outcome(sidecars)?.visibility?.masked ?? false).toBe(said.some(([, , masked]) => masked))
        if (new Set(said.map(([, value]) => value)).size > 1) expect(outcome(sidecars)?.identity).toBeUndefined()
      }),
    )
  })
})

describe('resolveNamed', () => {
  it.each([
    ['in/index.csv', 'a.pdf', 'in/a.pdf'],
    ['index.csv', String.raw`sub\A.PDF`, 'sub/a.pdf'],
    ['in/index.csv', './a.pdf', 'in/a.pdf'],
    ['in/index.csv', '../a.pdf', null],
    ['in/index.csv', '/export/A.pdf', 'in/a.pdf'],
    ['in/index.csv', String.raw`C:\export\a.pdf`, 'in/a.pdf'],
    ['index.csv', 'C:a.pdf', 'a.pdf'],
    ['index.csv', String.raw`\\server\share\a.pdf`, 'a.pdf'],
    ['index.csv', '/export/..', null],
    ['index.csv', '', null],
  ])('%s names %s', (from, name, expected) => expect(resolveNamed(from, name)).toBe(expected))
})

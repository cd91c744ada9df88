import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { episodesOf } from './episodes.ts'

interface Told {
  readonly id: string
  readonly by?: string
  readonly from: string
  readonly to?: string
  readonly number?: string
}
const placed = ({ id, by, from, to, number }: Told) => ({
  uniqueId: id, creationTime: `${from}T10:00:00Z`, serviceStartTime: `${from}T10:00:00Z`, serviceStopTime: to === undefined ? null : `${to}T10:00:00Z`,
  authors: by === undefined ? [] : [{ name: 'Dr A', role: null, structure: by, personId: null, structureId: null }],
  referenceIds: number === undefined ? [] : [{ value: number, oid: '1.2', type: 'order' }],
})
const together = (...told: Told[]) => episodesOf(told.map(placed)).map(({ documents }) => documents.map(({ uniqueId }) => uniqueId).toSorted().join(' ')).toSorted((one, other) => one.localeCompare(other))

describe('episodes', () => {
  it('hold what one structure wrote about days that overlap or follow one another', () => {
    expect(together(
      { id: 'stay', by: 'CHU', from: '2026-11-10', to: '2026-11-14' }, { id: 'surgery', by: 'CHU', from: '2026-11-12' }, { id: 'letter', by: 'CHU', from: '2026-11-15' },
      { id: 'later', by: 'CHU', from: '2026-11-17' }, { id: 'elsewhere', by: 'Clinique', from: '2026-11-12' },
    )).toEqual(['letter stay surgery'])
  })

  it('are not made by a document that tells of years, nor by one without a date', () => {
    expect(together({ id: 'vaccines', by: 'CHU', from: '2019-01-10', to: '2026-11-14' }, { id: 'letter', by: 'CHU', from: '2022-03-12' }, { id: 'other', by: 'CHU', from: '2024-03-12' })).toEqual([])
    expect(episodesOf([{ ...placed({ id: 'a', by: 'CHU', from: '2026-11-10' }), serviceStartTime: null, creationTime: '' }, placed({ id: 'b', by: 'CHU', from: '2026-11-10' })])).toEqual([])
  })

  it('hold what refers to one number, whoever wrote it and whenever', () => {
    expect(together({ id: 'order', by: 'Cabinet', from: '2026-10-01', number: '7' }, { id: 'result', by: 'Labo', from: '2026-11-20', number: '7' }, { id: 'other', by: 'Labo', from: '2026-11-01', number: '8' })).toEqual(['order result'])
  })

  it('tell their days and who wrote them, and know nothing of who is not named', () => {
    const stay = [{ id: 'a', by: 'CHU', from: '2026-11-10', to: '2026-11-14' }, { id: 'b', by: 'CHU', from: '2026-11-12' }]
    expect(episodesOf(stay.map(placed))).toMatchObject([{ structures: ['CHU'], from: '2026-11-10T10:00:00Z', to: '2026-11-14T10:00:00Z' }])
    expect(together({ id: 'a', from: '2026-11-10' }, { id: 'b', from: '2026-11-10' })).toEqual([])
  })

  it('have each document once at most, whatever order they come in', () => {
    const told = fc.uniqueArray(
      fc.record({ id: fc.nat(60).map(String), by: fc.constantFrom('CHU', 'Labo', undefined), day: fc.integer({ min: 1, max: 28 }), days: fc.integer({ min: 0, max: 5 }), number: fc.constantFrom('1', '2', undefined, undefined) }).map(({ id, by, day, days, number }): Told => ({
        id, ...(by && { by }), from: `2026-01-${String(day).padStart(2, '0')}`, to: `2026-01-${String(Math.min(28, day + days)).padStart(2, '0')}`, ...(number && { number }),
      })),
      { selector: ({ id }) => id, maxLength: 25 },
    )
    fc.assert(fc.property(told, (all) => {
      const found = together(...all)
      expect(together(...all.toReversed())).toEqual(found)
      const ids = found.flatMap((one) => one.split(' '))
      expect(new Set(ids).size).toBe(ids.length)
    }))
  })
})

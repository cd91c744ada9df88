import { expect, it } from 'vitest'
import { insExample as ins } from '../record-example.ts'
import { openSearchSessions } from './search-sessions.ts'

it('a search is told once for ten minutes, by one way into one record', () => {
  let at = 1_000_000
  const searches = openSearchSessions(() => at)
  const way = { way: 'doctor/normal', ins }
  expect(searches.isTold(way)).toBe(false)
  searches.told(way)
  at += 599_999
  expect(searches.isTold({ ...way })).toBe(true)
  expect([{ ...way, way: 'colleague/normal' }, { ...way, way: 'doctor/entry' }, { ...way, ins: { ...ins, value: '1' } }, { ...way, ins: { ...ins, oid: '1' } }].map((one) => searches.isTold(one))).toEqual([false, false, false, false])
  at += 1
  expect(searches.isTold(way)).toBe(false)
  searches.told(way)
  at -= 1
  expect(searches.isTold(way)).toBe(false)
})

it('another record searched between ends it', () => {
  const searches = openSearchSessions(() => 5)
  const [one, other] = [{ way: 'a', ins }, { way: 'b', ins }]
  for (const way of [one, other]) searches.told(way)
  expect([one, other].map((one) => searches.isTold(one))).toEqual([false, true])
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { temporaryStore } from '../outbox/test-store.ts'
import { openLately, type Lately } from './lately.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
let lately: Lately
let asked: number
const forgotten = vi.fn<() => void>()
const ask = () => handle.store.db.prepare<[], string>('SELECT text FROM word').pluck().all()
const say = (words: readonly string[]) => ({ asked: (asked += 1), words: words.join(' ') })

beforeEach(async () => {
  handle = await temporaryStore()
  handle.store.db.exec('CREATE TABLE word (text TEXT); CREATE TABLE other (text TEXT)')
  asked = 0
  forgotten.mockClear()
  lately = openLately(handle.store, forgotten)
})
afterEach(() => {
  vi.useRealTimers()
  handle.remove()
})

test('the same question has the very same answer until anything is written', () => {
  const first = lately('list', ['a'], ask, say)
  expect(lately('list', ['a'], ask, say)).toBe(first)
  expect(lately('list', ['b'], ask, say)).toEqual({ asked: 2, words: '' })
  expect(lately('other', ['a'], ask, say)).toEqual({ asked: 3, words: '' })
  handle.store.db.exec(`INSERT INTO word VALUES ('x')`)
  expect(lately('list', ['a'], ask, say)).toEqual({ asked: 4, words: 'x' })
})

test('what was written and left the rows as they were leaves the answer the very same', () => {
  const first = lately('list', ['a'], ask, say)
  handle.store.db.exec(`INSERT INTO other VALUES ('y')`)
  expect(lately('list', ['a'], ask, say)).toBe(first)
  const pairs = (count: number) => lately('pairs', ['a'], () => [['x', count]] as [string, number][], (rows) => ({ rows }))
  const one = pairs(1)
  handle.store.db.exec(`INSERT INTO other VALUES ('z')`)
  expect(pairs(1)).toBe(one)
  handle.store.db.exec(`INSERT INTO other VALUES ('z')`)
  expect(pairs(2)).toEqual({ rows: [['x', 2]] })
  handle.store.db.exec(`UPDATE word SET text = 'z'; INSERT INTO word VALUES ('z')`)
  expect(lately('list', ['a'], ask, say)).toEqual({ asked: 2, words: 'z' })
})

test('of another patient nothing of the former is left', () => {
  const first = lately('list', ['a'], ask, say)
  lately('list', ['b'], ask, say)
  expect(lately('list', ['a'], ask, say)).not.toBe(first)
})

test('what a transaction reads is answered by what it wrote, and is nobody else’s', () => {
  const before = lately('list', ['a'], ask, say)
  expect(() =>
    handle.store.db.transaction(() => {
      handle.store.db.exec(`INSERT INTO word VALUES ('x')`)
      expect(lately('list', ['a'], ask, say)).toEqual({ asked: 2, words: 'x' })
      throw new Error('taken back')
    })(),
  ).toThrow('taken back')
  expect(lately('list', ['a'], ask, say)).toBe(before)
  expect(before).toEqual({ asked: 1, words: '' })
})

test('nothing stays in memory once nobody asks', () => {
  vi.useFakeTimers()
  lately = openLately(handle.store, forgotten)
  lately('list', ['a'], ask, say)
  vi.advanceTimersByTime(4_000)
  lately('list', ['a'], ask, say)
  vi.advanceTimersByTime(4_000)
  expect(forgotten).not.toHaveBeenCalled()
  vi.advanceTimersByTime(2_000)
  expect(forgotten).toHaveBeenCalledOnce()
  expect(lately('list', ['a'], ask, say)).toEqual({ asked: 2, words: '' })
})

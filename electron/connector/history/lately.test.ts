import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { temporaryStore } from '../outbox/test-store.ts'
import { openLately, type Lately } from './lately.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
let lately: Lately
let asked: number
const forgotten = vi.fn<() => void>()
const ask = () => ({ asked: (asked += 1) })

beforeEach(async () => {
  handle = await temporaryStore()
  handle.store.db.exec('CREATE TABLE word (text TEXT)')
  asked = 0
  forgotten.mockClear()
  lately = openLately(handle.store, forgotten)
})
afterEach(() => {
  vi.useRealTimers()
  handle.remove()
})

test('the same question has the very same answer until anything is written', () => {
  const first = lately('list', ['a'], ask)
  expect(lately('list', ['a'], ask)).toBe(first)
  expect(lately('list', ['b'], ask)).toEqual({ asked: 2 })
  expect(lately('other', ['a'], ask)).toEqual({ asked: 3 })
  handle.store.db.exec(`INSERT INTO word VALUES ('x')`)
  expect(lately('list', ['a'], ask)).toEqual({ asked: 4 })
})

test('what a transaction reads is answered by what it wrote, and is nobody else’s', () => {
  const before = lately('list', ['a'], ask)
  expect(() =>
    handle.store.db.transaction(() => {
      handle.store.db.exec(`INSERT INTO word VALUES ('x')`)
      expect(lately('list', ['a'], ask)).toEqual({ asked: 2 })
      throw new Error('taken back')
    })(),
  ).toThrow('taken back')
  expect(lately('list', ['a'], ask)).toEqual({ asked: 3 })
  expect(before).toEqual({ asked: 1 })
})

test('nothing stays in memory once nobody asks', () => {
  vi.useFakeTimers()
  lately = openLately(handle.store, forgotten)
  lately('list', ['a'], ask)
  vi.advanceTimersByTime(4_000)
  lately('list', ['a'], ask)
  vi.advanceTimersByTime(4_000)
  expect(forgotten).not.toHaveBeenCalled()
  vi.advanceTimersByTime(2_000)
  expect(forgotten).toHaveBeenCalledOnce()
  expect(lately('list', ['a'], ask)).toEqual({ asked: 2 })
})

import { describe, expect, it } from 'vitest'
import { roomMarks, roomState } from './room-state.ts'

const megabyte = 1024 * 1024
const disk = 100_000 * megabyte

describe('the state of a disk', () => {
  it('has marks for large disks and in proportion for small ones', () => {
    expect(roomMarks(disk)).toEqual({ low: 500 * megabyte, full: 64 * megabyte })
    expect(roomMarks(100 * megabyte)).toEqual({ low: 10 * megabyte, full: 5 * megabyte })
  })

  it.each([
    [501, 'ok', 'ok'],
    [499, 'ok', 'low'],
    [501, 'low', 'low'],
    [551, 'low', 'ok'],
    [63, 'low', 'full'],
    [63, 'ok', 'full'],
    [65, 'full', 'full'],
    [81, 'full', 'low'],
    [501, 'full', 'low'],
    [600, 'full', 'ok'],
  ] as const)('%s MB free after %s is %s', (free, before, state) => {
    expect(roomState({ freeBytes: free * megabyte, totalBytes: disk }, before)).toBe(state)
  })

  it('does not flap around a mark', () => {
    let state: ReturnType<typeof roomState> = 'ok'
    const seen = Array.from({ length: 20 }, (_, turn) => (state = roomState({ freeBytes: (turn % 2 ? 499 : 501) * megabyte, totalBytes: disk }, state)))
    expect(seen.slice(1).every((one) => one === 'low')).toBe(true)
  })
})

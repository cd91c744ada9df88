import { expect, it } from 'vitest'
import type { RecordDocument } from '#shared/contract/history.ts'
import { sameRows } from './same-rows.ts'

const document = (uniqueId: string, title: string) => ({ uniqueId, title, authors: [{ name: title }] }) as RecordDocument

it('keeps the object of each document that says the same, wherever it stands, and takes what is new or changed', () => {
  const before = [document('1', 'a'), document('2', 'b'), document('3', 'c')]
  const now = [document('4', 'd'), document('1', 'a'), document('2', 'changed')]
  const rows = sameRows(before, now)
  expect(rows).toEqual(now)
  expect([rows[0] === now[0], rows[1] === before[0], rows[2] === before[1]]).toEqual([true, true, false])
})

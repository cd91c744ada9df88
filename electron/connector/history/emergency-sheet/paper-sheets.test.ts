import { afterEach, beforeEach, expect, it } from 'vitest'
import { temporaryStore } from '../../outbox/test-store.ts'
import { insExample } from '../record-example.ts'
import { openPaperSheets, type PaperSheets } from './paper-sheets.ts'
import { encodeSheet } from './sheet-code.ts'
import { sheetExample } from './sheet-example.ts'

const hour = 3_600_000
const start = Date.parse('2026-11-29T10:00:00Z')
const code = encodeSheet(sheetExample())
const otherCode = encodeSheet(sheetExample({}, { printedBy: null }))
const otherPatient = { value: '180067512345621', oid: insExample.oid }

let handle: Awaited<ReturnType<typeof temporaryStore>>
const world = { now: start, steady: 0, erased: [] as string[], told: 0, fails: false }
let sheets: PaperSheets
const open = () => {
  let ids = 0
  return openPaperSheets({
    store: handle.store, newId: () => `sheet ${(ids += 1)} of ${handle.store.db.prepare('SELECT count(*) FROM paper_sheet').pluck().get() as number}`,
    onErased({ id }, why) {
      if (world.fails) throw new Error('no trace')
      world.erased.push(`${id} ${why}`)
    },
    onChange: () => (world.told += 1),
    onBug: (error) => {
      throw error
    },
    now: () => world.now, monotonic: () => world.steady,
  })
}
beforeEach(async () => {
  handle = await temporaryStore()
  Object.assign(world, { now: start, steady: 0, erased: [], told: 0, fails: false })
  sheets = open()
})
afterEach(() => {
  sheets.close()
  handle.remove()
})
const keep = (text = code, ins = insExample) => sheets.keep(text, ins, () => undefined)
/** Time as it passes: on both clocks. */
const pass = (ms: number) => {
  world.now += ms
  world.steady += ms
}
/** A restart begins the steady clock anew. */
async function restart() {
  sheets.close()
  await handle.reopen()
  world.steady = 0
  sheets = open()
}

it('keeps a sheet for 48 hours, over a restart, and erases it then', async () => {
  const kept = keep()
  expect(kept).toMatchObject({ readHereAt: '2026-11-29T10:00:00.000Z', until: '2026-12-01T10:00:00.000Z', sheet: sheetExample() })
  pass(20 * hour)
  await restart()
  expect(sheets.waiting()).toMatchObject([{ id: kept.id, until: '2026-12-01T10:00:00.000Z', patient: { birthName: 'Dupont' } }])
  pass(28 * hour - 1)
  expect(sheets.get(kept.id)).toMatchObject({ ok: true })
  pass(1)
  expect(sheets.get(kept.id)).toMatchObject({ ok: false, failure: { code: 'not-found' } })
  expect([sheets.waiting(), world.erased, sheets.anyWaits()]).toEqual([[], [`${kept.id} expired`], false])
})

it('erases at a start what was over while the program did not run', async () => {
  const { id } = keep()
  world.now += 49 * hour
  await restart()
  expect([world.erased, sheets.waiting()]).toEqual([[`${id} expired`], []])
})

it('is not prolonged by a clock set back, nor by being read again', async () => {
  const { id } = keep()
  const told = world.told
  world.now -= 1_000 * hour
  pass(24 * hour)
  expect(keep().id).toBe(id)
  // Who counts down to an instant is told of another.
  expect(world.told).toBe(told + 1)
  // The clock says it was read in a thousand hours; 24 hours are left all the same.
  expect(Date.parse(sheets.waiting()[0]!.until) - world.now).toBe(24 * hour)
  await restart()
  world.now -= 1_000 * hour
  pass(24 * hour)
  expect(sheets.waiting()).toEqual([])
  expect(world.erased).toEqual([`${id} expired`])
})

it('goes for one patient when their record was read, the others stay; soonest gone first', () => {
  keep()
  pass(hour)
  const other = keep(otherCode, otherPatient)
  expect(sheets.waiting().map(({ until }) => until)).toEqual(['2026-12-01T10:00:00.000Z', '2026-12-01T11:00:00.000Z'])
  sheets.eraseOf(insExample, 'synchronised')
  expect(sheets.waiting().map(({ id }) => id)).toEqual([other.id])
  sheets.erase(other.id, 'erased-by-user')
  expect(world.erased.map((line) => line.split(' ').at(-1))).toEqual(['synchronised', 'erased-by-user'])
  expect(world.told).toBe(5)
})

it('is not gone where the trace of it cannot be written', () => {
  const { id } = keep()
  world.fails = true
  expect(() => sheets.erase(id, 'erased-by-user')).toThrow('no trace')
  expect(sheets.get(id)).toMatchObject({ ok: true })
})

it('lies encrypted, in no clear word of the data folder', async () => {
  keep()
  const { directory } = handle.store
  const { readFileSync, readdirSync } = await import('node:fs')
  for (const name of readdirSync(directory)) {
    if (!name.startsWith('relais.db')) continue
    const bytes = readFileSync(`${directory}/${name}`).toString('latin1')
    expect([name, bytes.includes(insExample.value), bytes.includes(code.slice(0, 40))]).toEqual([name, false, false])
  }
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PanelView } from '#shared/contract/history.ts'
import { accessOf } from '#shared/contract/test-access.ts'
import { isOfPanel, latestPanel, type AskedPanel } from './panel-guard.ts'

function panel(generation: number): PanelView {
  return { generation, patient: null, standing: null, listed: { count: 0, name: '' }, loadedAt: null, begun: null, news: { since: null, documents: [] }, refreshing: false, failure: null, onTheirWay: 0, needsUser: 0, access: accessOf() }
}

/** A history as it can happen: links come one after another, patients within a link, questions within a patient. */
const answers = fc
  .array(fc.record({ newLink: fc.boolean(), newPatient: fc.boolean() }), { minLength: 1, maxLength: 30 })
  .map((steps) => {
    let epoch = 1
    let generation = 5
    return steps.map((step, asked): AskedPanel => {
      if (step.newLink) {
        epoch += 1
        generation = 0
      }
      if (step.newPatient) generation += 1
      return { epoch, asked, view: panel(generation) }
    })
  })

const interleaving = answers.chain((history) => fc.tuple(fc.constant(history), fc.shuffledSubarray(history, { minLength: history.length })))

describe('latestPanel', () => {
  it('ends on the newest answer whatever the order of arrival', () => {
    fc.assert(
      fc.property(interleaving, ([history, arrivals]) => {
        const shown = arrivals.reduce<AskedPanel | undefined>(latestPanel, undefined)
        expect(shown).toBe(history.at(-1))
      }),
    )
  })

  it('never paints an older patient after a newer one', () => {
    fc.assert(
      fc.property(interleaving, ([, arrivals]) => {
        let shown: AskedPanel | undefined
        for (const arrived of arrivals) {
          const next = latestPanel(shown, arrived)
          if (shown && next.epoch === shown.epoch) expect(next.view.generation).toBeGreaterThanOrEqual(shown.view.generation)
          if (shown) expect(next.epoch).toBeGreaterThanOrEqual(shown.epoch)
          shown = next
        }
      }),
    )
  })

  it('takes a restarted connector that counts from the beginning', () => {
    const before = { epoch: 1, asked: 4, view: panel(12) }
    const after = { epoch: 2, asked: 5, view: panel(1) }
    expect(latestPanel(before, after)).toBe(after)
    expect(latestPanel(after, before)).toBe(after)
  })
})

it('lets a summary paint over the very list it is of, and no other', () => {
  const list = { generation: 4, loadedAt: '2026-11-21T08:00:00.000Z', begun: null }
  expect(isOfPanel(list, list)).toBe(true)
  expect(isOfPanel({ ...list, generation: 3 }, list)).toBe(false)
  expect(isOfPanel({ ...list, loadedAt: '2026-11-21T07:59:59.999Z' }, list)).toBe(false)
  expect(isOfPanel(list, { ...list, loadedAt: null })).toBe(false)
  // Two beginnings of one patient: of two readers, or of two ways in.
  const begun = { ...list, loadedAt: null, begun: 7 }
  expect([isOfPanel(begun, begun), isOfPanel({ ...begun, begun: 6 }, begun), isOfPanel(begun, { ...begun, begun: null })]).toEqual([true, false, false])
})

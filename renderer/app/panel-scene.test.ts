import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { panelView } from '#shared/contract/history.ts'
import type { PanelView } from '#shared/contract/history.ts'
import { accessOf } from '#shared/contract/test-access.ts'
import { reasons, type ReasonCode } from '#shared/contract/reasons.ts'
import { panelScene } from './panel-scene.ts'

const now = new Date('2026-11-21T09:00:00Z')
const idle = { state: 'idle' } as const
const patient = { ins: '1', insOid: '2', birthName: 'A', givenName: 'B', usedName: null, birthDate: null, sex: null, qualified: true, patientId: null } as const

function view(change: Partial<PanelView>): PanelView {
  return { generation: 1, patient, standing: null, listed: { count: 0, name: '' }, loadedAt: null, begun: null, news: { since: null, documents: [] }, refreshing: false, failure: null, onTheirWay: 0, needsUser: 0, access: accessOf(), ...change }
}

function failure(code: ReasonCode): PanelView['failure'] {
  return { code, class: reasons[code], recordText: null, retryAt: null }
}

describe('panelScene', () => {
  it.each<[string, Partial<PanelView>, string]>([
    ['nobody', { patient: null }, 'no-patient'],
    ['not asked', {}, 'not-loaded'],
    ['being read for the first time', { refreshing: true }, 'loading'],
    ['could not be read', { failure: failure('record-unreachable') }, 'failed'],
    ['begun, the list awaited', { begun: 3, refreshing: true }, 'begun'],
    ['begun, then refused by the patient', { begun: 3, refreshing: true, failure: failure('professional-blocked') }, 'reason'],
    ['read and empty', { loadedAt: '2026-11-21T08:59:00Z' }, 'empty'],
    ['read', { loadedAt: '2026-11-21T08:59:00Z', listed: { count: 1, name: 'one' } }, 'documents'],
    ['read, being read again', { loadedAt: '2026-11-21T08:59:00Z', listed: { count: 1, name: 'one' }, refreshing: true }, 'documents'],
    ['read, then refused by the patient', { loadedAt: '2026-11-21T08:59:00Z', listed: { count: 1, name: 'one' }, failure: failure('professional-blocked') }, 'reason'],
    ['identity not qualified', { patient: { ...patient, qualified: false } }, 'reason'],
  ])('%s', (_, change, kind) => {
    expect(panelScene(view(change), idle, now).kind).toBe(kind)
  })

  it('names what stands above old data', () => {
    const read = { loadedAt: '2026-11-19T08:59:00Z', listed: { count: 1, name: 'one' } }
    expect(panelScene(view(read), idle, now)).toMatchObject({ remark: { kind: 'stale' } })
    expect(panelScene(view(read), { state: 'offline' }, now)).toMatchObject({ remark: { kind: 'offline' } })
    expect(panelScene(view({ ...read, failure: failure('record-busy') }), idle, now)).toMatchObject({ remark: { kind: 'failed', code: 'record-busy' } })
    expect(panelScene(view({ ...read, loadedAt: '2026-11-21T08:59:00Z' }), idle, now)).toMatchObject({ remark: null })
  })

  const anyView = fc.record({
    generation: fc.constant(1),
    patient: fc.constantFrom(null, patient, { ...patient, qualified: false }),
    standing: fc.option(fc.record({ existence: fc.constantFrom('open', 'closed', 'absent'), authorisation: fc.constantFrom('valid', 'expired', 'blocked', 'none', 'unknown'), isTreatingDoctor: fc.boolean() })),
    listed: fc.constantFrom({ count: 0, name: 'none' }, { count: 1, name: 'one' }),
    loadedAt: fc.constantFrom(null, '2026-11-20T08:00:00Z', '2026-11-01T08:00:00Z'),
    begun: fc.constantFrom(null, 1),
    news: fc.constant({ since: null, documents: [] }),
    refreshing: fc.boolean(),
    failure: fc.option(fc.constantFrom(...(Object.keys(reasons) as ReasonCode[])).map((code) => failure(code))),
    onTheirWay: fc.nat(3),
    needsUser: fc.nat(3),
    access: fc.constant(accessOf()),
  }) as fc.Arbitrary<PanelView>

  it('never says "none" or shows a list for what was not read, nor anything of a patient whose identity is not qualified', () => {
    fc.assert(
      fc.property(anyView, (any) => {
        const { kind } = panelScene(any, idle, now)
        if (any.loadedAt === null) expect(['empty', 'documents']).not.toContain(kind)
        if (any.patient?.qualified === false) expect(kind).toBe('reason')
        if (any.standing?.authorisation === 'blocked') expect(kind).not.toBe('documents')
        if (kind === 'empty') expect(any.listed.count).toBe(0)
      }),
    )
    expect(panelView.safeParse(view({})).success).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { traceActs } from '#connector/audit/index.ts'
import type { Attestation } from '#shared/contract/index.ts'
import english from '../../../renderer/strings/trace.en.json' with { type: 'json' }
import french from '../../../renderer/strings/trace.fr.json' with { type: 'json' }
import { traceTexts } from '../trace-texts.ts'
import { attestationPage } from './attestation-page.ts'

const nasty = `<script>alert("1")</script>&'`
const line: Attestation['lines'][number] = {
  seq: 7,
  at: '2026-11-20T08:05:09.000Z',
  act: 'document-opened',
  outcome: 'failure',
  code: 'consultation-refused',
  professional: { id: '801234567897', name: 'MARTIN Camille' },
  structure: { id: '1750803447', name: 'Maison de santé' },
  role: '10/SM54',
  mode: 'break-glass',
  object: '1.2.250.1.7',
  software: 'relais 0.1.0',
  hash: 'a'.repeat(64),
}
const attestation: Attestation = {
  patient: { ins: '279035121518989', insOid: '1.2.250.1.213.1.4.10', birthName: 'Morel', givenName: 'Bernard', usedName: null, birthDate: '1958-07-02', sex: 'M' },
  reference: 'f'.repeat(32),
  from: '2026-11-19T23:00:00.000Z',
  to: '2026-11-20T23:00:00.000Z',
  madeAt: '2026-11-29T10:00:00.000Z',
  practiceName: 'Maison de santé',
  lines: [line],
  verdict: { lines: 12, problem: null, gaps: [], heads: 2, unreadableHeads: 0, last: { seq: 12, hash: 'b'.repeat(64) } },
}
const pageOf = (change: Partial<Attestation> = {}) => attestationPage({ ...attestation, ...change }, traceTexts('fr', 'Europe/Paris'))

describe('the attestation', () => {
  it('says whose record, who, when, what, how and with which outcome, and the hashes', () => {
    const page = pageOf()
    for (const said of ['MOREL Bernard', '279035121518989', '1958-07-02', 'vendredi 20 novembre 2026', '09:05:09', 'MARTIN Camille', '801234567897', 'Maison de santé', 'Document ouvert', '1.2.250.1.7', 'Bris de glace', 'Le patient refuse la consultation', 'a'.repeat(64), 'b'.repeat(64), 'f'.repeat(32), '12 lignes vérifiées', 'Europe/Paris']) expect(page, said).toContain(said)
    expect(page).toContain('size: A4')
    expect(page).not.toMatch(/\{\{|trace\.|undefined|\[object/)
  })

  it('never breaks a number or a time in two', () => {
    expect(pageOf()).toContain('<td class="exact">7</td><td class="exact">09:05:09</td>')
    expect(pageOf()).toMatch(/\.exact \{ white-space: nowrap;/)
  })

  it('needs nothing from elsewhere and runs nothing', () => {
    expect(pageOf()).not.toMatch(/<script|<link|<img|src=|href=|url\(|@import|\son\w+=/i)
    expect(pageOf()).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  })

  it('escapes every value', () => {
    const named = { id: nasty, name: nasty }
    const page = pageOf({
      patient: { ins: nasty, insOid: nasty, birthName: nasty, givenName: nasty, usedName: nasty, birthDate: nasty, sex: null },
      reference: nasty,
      practiceName: nasty,
      lines: [{ ...line, act: nasty, code: nasty, professional: named, structure: named, role: nasty, mode: nasty, object: nasty, hash: nasty }],
      verdict: { ...attestation.verdict, last: { seq: 1, hash: nasty } },
    })
    expect(page).not.toContain('<script')
    expect(page.split('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;').length).toBeGreaterThan(15)
  })

  it('says that there was none, and that the trace is not whole', () => {
    expect(pageOf({ lines: [] })).toContain('Aucune consultation ce jour')
    const broken = pageOf({ verdict: { ...attestation.verdict, problem: { code: 'end-missing', seq: 9 }, gaps: [{ from: 3, to: 4, restored: true }] } })
    expect(broken).toContain('sa fin manque')
    expect(broken).toContain('Les lignes 3 à 4 ont été perdues')
    expect(broken).not.toContain('La trace est entière')
  })
})

describe('the words of the trace', () => {
  const keysOf = (tree: object, prefix = ''): string[] => Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [prefix + key] : keysOf(value as object, `${prefix}${key}.`)))

  it('are the same in both languages, one for each act that can be attested', () => {
    expect(keysOf(english)).toEqual(keysOf(french))
    const attested = Object.entries(traceActs).filter(([act]) => !/^(item-|sign-|trace-|consent$|start$|stop$)/.test(act)).map(([act]) => act)
    expect(Object.keys(french.trace.act).sort()).toEqual(attested.sort())
  })
})

import { createHash, createHmac } from 'node:crypto'
import fs from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openGroupCommit } from '../outbox/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import type { Store } from '../store/index.ts'
import { chainOrigin, traceKeys, type TraceLine } from './chain.ts'
import { checkChain } from './check-chain.ts'
import { readHeads } from './heads.ts'
import { headsFile, openAudit } from './open-audit.ts'
import { readEvent, type Audit, type AuditEvent, type TraceQuery } from './index.ts'

const key = 'ab'.repeat(32)
const ins = { value: '279035121518989', oid: '1.2.250.1.213.1.4.10' }
let handle: Awaited<ReturnType<typeof temporaryStore>>
let audit: Audit
let clock = 0
const bugs: unknown[] = []
const event = (object: string): AuditEvent => ({ act: 'deposit', outcome: 'success', actor: { professional: '810000000001', structure: '11', role: '10/SM54' }, origin: 'program', purpose: 'feeding', mode: 'normal', patient: ins, object })
const open = (store: Store) => openAudit(store, { key, now: () => (clock += 1), monotonic: () => clock + 0.4, host: 'poste', software: 'relais 1', commit: openGroupCommit(store), onBug: (error) => bugs.push(error) })
const all: TraceQuery = { from: null, to: null, patient: null, after: 0, limit: 10_000 }
/** Somebody who has the key of the database, and its tables open. */
const tamper = (sql: string) => handle.store.db.exec(`DROP TRIGGER IF EXISTS audit_event_kept; DROP TRIGGER IF EXISTS audit_event_stays; ${sql}`)
const whole = { problem: null, gaps: [], unreadableHeads: 0 }

beforeEach(async () => {
  handle = await temporaryStore()
  audit = open(handle.store)
  for (const object of ['1.1', '1.2', '1.3', '1.4']) audit.record(event(object))
})
afterEach(async () => {
  await audit.close()
  handle.remove()
  expect(bugs.splice(0)).toEqual([])
})
/** As a stop and a start would. */
async function restarted(between: () => void = () => undefined): Promise<Audit> {
  await audit.close()
  between()
  audit = open(await handle.reopen())
  return audit
}

describe('the trace', () => {
  it('is whole, also when it goes on after a restart', async () => {
    expect(await audit.verify()).toMatchObject({ lines: 4, ...whole })
    const later = await restarted()
    later.record(event('1.5'))
    expect(await later.verify()).toMatchObject({ lines: 5, ...whole, heads: 2 })
  })

  it.each([
    ['its text', `UPDATE audit_event SET event = replace(event, '1.2', '1.9') WHERE seq = 2`],
    ['its time', 'UPDATE audit_event SET at = at + 1 WHERE seq = 2'],
    ['its hash', `UPDATE audit_event SET hash = '${'0'.repeat(64)}' WHERE seq = 2`],
    ['the hash before it', `UPDATE audit_event SET previous_hash = '${'0'.repeat(64)}' WHERE seq = 2`],
  ])('shows a line of which somebody changed %s', async (_, sql) => {
    tamper(sql)
    expect(await audit.verify()).toMatchObject({ problem: { code: 'line-broken', seq: 2 } })
  })

  it('shows a seal that was changed, and one that was taken away', async () => {
    tamper(`UPDATE audit_event SET seal = '${'0'.repeat(64)}' WHERE seq = 3`)
    expect(await audit.verify()).toMatchObject({ problem: { code: 'seal-foreign', seq: 3 } })
    tamper('UPDATE audit_event SET seal = NULL WHERE seq = 3')
    expect(await audit.verify()).toMatchObject({ problem: { code: 'seal-missing', seq: 3 } })
  })

  it.each([1, 2, 3])('shows that line %i was removed', async (seq) => {
    tamper(`DELETE FROM audit_event WHERE seq = ${seq}`)
    expect(await audit.verify()).toMatchObject({ problem: { code: 'line-broken', seq: seq + 1 } })
  })

  it('lets nothing of the program change or remove a line', () => {
    expect(() => handle.store.db.exec('UPDATE audit_event SET at = 0')).toThrow('never changed')
    expect(() => handle.store.db.exec('DELETE FROM audit_event')).toThrow('never removed')
  })

  it('shows an end that was cut off, also after the program went on, and tells the gap in the trace itself', async () => {
    const later = await restarted(() => tamper('DELETE FROM audit_event WHERE seq > 2'))
    expect(await later.verify()).toMatchObject({ problem: { code: 'end-missing', seq: 4 } })
    for (let index = 0; index < 5; index += 1) later.record(event(`2.${index}`))
    expect(await later.verify()).toMatchObject({ lines: 8, problem: { code: 'end-missing', seq: 4 }, gaps: [{ from: 3, to: 4, restored: false }] })
    expect(await (await restarted()).verify()).toMatchObject({ lines: 8, problem: { code: 'end-missing', seq: 4 } })
  })

  it('tells lines lost with a database that was put back, and is whole otherwise', async () => {
    await audit.close()
    const older = new Proxy(handle.store, { get: (store, name) => (name === 'restored' ? { at: 1, from: 'relais-a.db' } : Reflect.get(store, name)) })
    tamper('DELETE FROM audit_event WHERE seq > 2')
    audit = open(older)
    audit.record(event('1.5'))
    expect(await audit.verify()).toMatchObject({ lines: 4, problem: null, gaps: [{ from: 3, to: 4, restored: true }] })
    await vi.waitFor(() => expect(readHeads(headsFile(handle.store.directory)).heads.at(-1)?.seq).toBe(4))
    expect(await (await restarted()).verify()).toMatchObject({ lines: 4, problem: null })
  })

  it('knows a whole trace that was written anew: without the key, with another one, or with this one against the heads', async () => {
    await audit.close()
    const lines = audit.lines(all)
    const rewrite = (seal: (hash: string) => string | null) => {
      let previous = chainOrigin
      for (const line of lines) {
        const text = line.event.replace('"success"', '"failure"')
        const hash = createHash('sha256').update(`${previous}|${line.seq}|${line.at}|${text}`).digest('hex')
        tamper('SELECT 1')
        handle.store.db.prepare('UPDATE audit_event SET event = ?, previous_hash = ?, hash = ?, seal = ? WHERE seq = ?').run(text, previous, hash, seal(hash), line.seq)
        previous = hash
      }
    }
    rewrite(() => null)
    expect(await audit.verify()).toMatchObject({ problem: { code: 'seal-missing', seq: 4 } })
    rewrite(traceKeys('cd'.repeat(32)).seal)
    expect(await audit.verify()).toMatchObject({ problem: { code: 'seal-foreign', seq: 1 } })
    rewrite(traceKeys(key).seal)
    expect(await audit.verify()).toMatchObject({ problem: { code: 'rewritten', seq: 4 } })
  })

  it('says when the heads are gone or not of this store, and passes over half a line', async () => {
    await audit.close()
    const file = headsFile(handle.store.directory)
    fs.appendFileSync(file, '{"seq":4,"at"')
    expect(await (await restarted()).verify()).toMatchObject({ ...whole, heads: 1, unreadableHeads: 1 })
    audit.record(event('1.5'))
    await audit.close()
    expect(readHeads(file)).toMatchObject({ heads: [{ seq: 4 }, { seq: 5 }], unreadable: 1 })
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"seq":5', '"seq":3'))
    expect(await audit.verify()).toMatchObject({ problem: { code: 'head-foreign', seq: 3 } })
    fs.rmSync(file)
    expect(await audit.verify()).toMatchObject({ problem: { code: 'heads-missing' } })
  })

  it('keeps a head now and then while it runs, and never of what was rolled back', async () => {
    const failing = () =>
      handle.store.transaction(() => {
        for (let index = 0; index < 200; index += 1) audit.record(event(`9.${index}`))
        throw new Error('undone')
      })
    expect(failing).toThrow('undone')
    for (let index = 0; index < 70; index += 1) audit.record(event(`3.${index}`))
    await vi.waitFor(() => expect(readHeads(headsFile(handle.store.directory)).heads.length).toBeGreaterThan(0))
    for (let index = 0; index < 70; index += 1) audit.record(event(`4.${index}`))
    await vi.waitFor(() => expect(readHeads(headsFile(handle.store.directory)).heads.at(-1)?.seq).toBe(144))
    expect(await audit.verify()).toMatchObject({ lines: 144, ...whole })
  })

  it('records nothing of a transaction that failed', async () => {
    const failing = () =>
      handle.store.transaction(() => {
        audit.record(event('1.5'))
        throw new Error('undone')
      })
    expect(failing).toThrow('undone')
    audit.record(event('1.6'))
    expect(await audit.verify()).toMatchObject({ lines: 5, ...whole })
  })

  it('goes on from lines written before it was sealed, and seals them with its first', async () => {
    const old = JSON.stringify({ type: 'ITI-43', outcome: 'success', actor: '810000000001', patientReference: traceKeys(key).reference(ins), object: '1.2.3' })
    const hash = createHash('sha256').update(`${chainOrigin}|1|7|${old}`).digest('hex')
    await audit.close()
    fs.rmSync(headsFile(handle.store.directory))
    tamper('DELETE FROM audit_event')
    handle.store.db.prepare('INSERT INTO audit_event (seq, at, event, previous_hash, hash) VALUES (1, 7, ?, ?, ?)').run(old, chainOrigin, hash)
    audit = open(handle.store)
    expect(await audit.verify()).toMatchObject({ lines: 1, problem: { code: 'seal-missing', seq: 1 } })
    audit.record(event('1.2'))
    expect(await audit.verify()).toMatchObject({ lines: 2, ...whole })
    expect(audit.lines({ ...all, patient: ins }).map((line) => readEvent(line.event))).toMatchObject([{ act: 'retrieval', purpose: 'care', object: '1.2.3' }, { act: 'deposit', purpose: 'feeding', object: '1.2' }])
    tamper(`UPDATE audit_event SET event = replace(event, '1.2.3', '1.2.4') WHERE seq = 1`)
    expect(await audit.verify()).toMatchObject({ problem: { code: 'line-broken', seq: 1 } })
  })

  it('finds the lines of a time and of a patient, page by page', () => {
    audit.record({ ...event('5'), patient: { ...ins, value: '180035121518986' } })
    audit.record({ ...event('6'), patient: null })
    const objects = (query: Partial<TraceQuery>) => audit.lines({ ...all, ...query }).map((line) => readEvent(line.event).object)
    expect(objects({ patient: ins })).toEqual(['1.1', '1.2', '1.3', '1.4'])
    expect(objects({ patient: { ...ins, oid: '1.2.250.1.213.1.4.8' } })).toEqual([])
    expect(objects({ after: 2, limit: 2 })).toEqual(['1.3', '1.4'])
    const [, second, third] = audit.lines(all)
    expect(objects({ from: second!.at, to: third!.at })).toEqual(['1.2'])
  })

  it('says in each line how long the run has lasted, and of a call what the record knows it by', () => {
    const told = { entryUuid: 'urn:uuid:1', requestId: 'urn:uuid:2 urn:uuid:3', responseCode: 'Failure XDSRegistryBusy' }
    audit.record({ ...event('1.5'), ...told })
    const texts = audit.lines(all).map((line) => JSON.parse(line.event) as Record<string, unknown>)
    const monos = texts.map(({ mono }) => mono as number)
    expect(monos.every(Number.isInteger)).toBe(true)
    expect(monos).toEqual(monos.toSorted((one, two) => one - two))
    expect(new Set(monos).size).toBe(5)
    expect(texts.at(-1)).toMatchObject(told)
    expect(['entryUuid', 'requestId', 'responseCode'].filter((name) => name in texts[0]!)).toEqual([])
  })

  it('goes on from lines that said less', async () => {
    const [first] = audit.lines(all)
    const { mono: _, ...less } = JSON.parse(first!.event) as Record<string, unknown>
    const text = JSON.stringify(less)
    const hash = createHash('sha256').update(`${chainOrigin}|1|7|${text}`).digest('hex')
    await audit.close()
    fs.rmSync(headsFile(handle.store.directory))
    tamper('DELETE FROM audit_event')
    handle.store.db.prepare('INSERT INTO audit_event (seq, at, event, previous_hash, hash, seal) VALUES (1, 7, ?, ?, ?, ?)').run(text, chainOrigin, hash, traceKeys(key).seal(hash))
    audit = open(handle.store)
    audit.record(event('1.2'))
    expect(await audit.verify()).toMatchObject({ lines: 2, ...whole })
    expect(audit.lines({ ...all, patient: ins }).map((line) => 'mono' in (JSON.parse(line.event) as object))).toEqual([false, true])
  })

  it('names a patient by reference, also inside the id of a document', () => {
    audit.record(event(`1.2.250.1.213.${ins.value}.7`))
    const text = audit.lines(all).map((line) => line.event).join('\n')
    expect(text).not.toContain(ins.value)
    expect(text).toContain(traceKeys(key).reference(ins))
  })

  it('shares one commit with what is committed in the same turn', async () => {
    const commits: string[] = []
    const commit = openGroupCommit({ ...handle.store, transaction: (work) => (handle.store.db.inTransaction || commits.push('commit'), handle.store.transaction(work)) })
    const shared = openAudit(handle.store, { key, now: () => 1, monotonic: () => 1, host: 'poste', software: 'relais 1', commit, onBug: (error) => bugs.push(error) })
    await Promise.all([shared.note(event('7')), commit(() => handle.store.db.prepare("INSERT INTO memory VALUES ('x', '1')").run()), shared.note(event('8'))])
    expect(commits).toEqual(['commit'])
    await shared.close()
  })
})

describe('any tampering', () => {
  const keys = traceKeys(key)
  /** A trace and the heads that were kept of it, the last one of its end. */
  const traces = fc.integer({ min: 2, max: 40 }).map((length) => {
    const lines: TraceLine[] = []
    for (let seq = 1; seq <= length; seq += 1) {
      const previousHash = lines.at(-1)?.hash ?? chainOrigin
      const text = JSON.stringify({ act: 'search', object: `1.${seq}` })
      const hash = createHash('sha256').update(`${previousHash}|${seq}|${seq * 10}|${text}`).digest('hex')
      lines.push({ seq, at: seq * 10, event: text, previousHash, hash, seal: keys.seal(hash) })
    }
    const heads = lines.filter(({ seq }) => seq % 5 === 0 || seq === length).map(({ seq, at, hash }) => ({ seq, at, hash, seal: keys.headSeal({ seq, at, hash }) }))
    return { lines, heads }
  })
  const problemOf = (lines: readonly TraceLine[], heads: ReturnType<typeof readHeads>['heads']) => {
    const check = checkChain(keys, { heads, unreadable: 0 })
    lines.every((line) => check.take(line))
    return check.end().problem
  }
  const fields = ['seq', 'at', 'event', 'previousHash', 'hash', 'seal'] as const
  const edit = (value: string | number, where: number) => (typeof value === 'number' ? value + 1 : `${value.slice(0, where % value.length)}${value[where % value.length] === '0' ? '1' : '0'}${value.slice((where % value.length) + 1)}`)

  it('is seen: one edit, a removal, a swap, a repetition, a cut, an insertion of another trace', () => {
    fc.assert(
      fc.property(traces, fc.nat(), fc.nat(), fc.constantFrom(...fields), ({ lines, heads }, one, two, field) => {
        const i = one % lines.length
        const j = two % lines.length
        expect(problemOf(lines, heads)).toBeNull()
        expect(problemOf(lines.with(i, { ...lines[i]!, [field]: edit(lines[i]![field]!, two) }), heads)).not.toBeNull()
        expect(problemOf(lines.toSpliced(i, 1), heads)).not.toBeNull()
        if (i !== j) expect(problemOf(lines.with(i, lines[j]!).with(j, lines[i]!), heads)).not.toBeNull()
        expect(problemOf(lines.toSpliced(i, 0, lines[j]!), heads)).not.toBeNull()
        expect(problemOf(lines.slice(0, i), heads)).not.toBeNull()
        const other = traceKeys('cd'.repeat(32))
        expect(problemOf(lines.map((line, index) => (index >= i ? { ...line, seal: other.seal(line.hash) } : line)), heads)).toEqual({ code: 'seal-foreign', seq: i + 1 })
      }),
    )
  })
})

describe('an export', () => {
  it('can be checked by others: hashes from the lines alone, seals and references from the key of the store', () => {
    const keyed = (secret: Uint8Array, text: string | Uint8Array) => createHmac('sha256', secret).update(text).digest()
    // RFC 5869 by hand: extract with a salt of zeros, one block of expansion.
    const sealKey = keyed(keyed(Buffer.alloc(32), Buffer.from(key, 'hex')), Buffer.concat([Buffer.from('relais trace seal'), Buffer.of(1)]))
    const lines = audit.lines(all)
    expect(lines).toHaveLength(4)
    let previous = '0'.repeat(64)
    for (const line of lines) {
      expect([line.previousHash, line.hash]).toEqual([previous, createHash('sha256').update([previous, line.seq, line.at, line.event].join('|')).digest('hex')])
      expect(line.seal).toBe(keyed(sealKey, line.hash).toString('hex'))
      expect(JSON.parse(line.event)).toMatchObject({ patientReference: keyed(Buffer.from(key, 'hex'), `${ins.value}|${ins.oid}`).toString('hex').slice(0, 32) })
      previous = line.hash
    }
  })
})

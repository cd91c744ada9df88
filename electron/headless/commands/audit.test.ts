import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAudit } from '#connector/audit/index.ts'
import { openStore, readOrMakeKeyFile } from '#connector/store/index.ts'
import { localDay } from './local-day.ts'

let data: string
beforeEach(() => {
  data = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-audit-'))
})
afterEach(() => fs.rmSync(data, { recursive: true, force: true }))

const relais = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [path.resolve(import.meta.dirname, '../relais.ts'), 'audit', ...args, '--data', data], (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }))
  })

/** Works on the store of the data folder as a program would, and ends. */
async function withStore(work: (store: { db: { exec(sql: string): unknown } }, audit: ReturnType<typeof openAudit>) => void): Promise<void> {
  const key = readOrMakeKeyFile(data)
  if (!key.ok) throw new Error(key.failure.code)
  const store = await openStore({ directory: data, key: key.value, role: 'test', now: 1 })
  if (!store.ok) throw new Error(store.failure.code)
  const audit = openAudit(store.value, { key: key.value, now: Date.now, monotonic: () => performance.now(), host: 'poste', software: 'relais test', commit: async (run) => run(), onBug: (error) => { throw error } })
  work(store.value, audit)
  await audit.close()
  store.value.close()
}
const search = { act: 'search', outcome: 'success', actor: { professional: '81', structure: '11', role: '10' }, origin: 'user', purpose: 'care', mode: 'normal', patient: { value: '279035121518989', oid: '1.2.250.1.213.1.4.10' } } as const

describe('relais audit verify', () => {
  it('says in words and by its exit code what is wrong, and where', async () => {
    await withStore((_store, audit) => {
      for (let index = 0; index < 5; index += 1) audit.record(search)
    })
    const whole = await relais('verify')
    expect([whole.code, JSON.parse(whole.stdout)]).toMatchObject([0, { intact: true, lines: 5, problem: null }])
    expect(whole.stderr).toMatch(/^The trace is whole: 5 lines checked\. Last hash: [0-9a-f]{64}\n$/)
    await withStore((store) => void store.db.exec('DROP TRIGGER audit_event_stays; DELETE FROM audit_event WHERE seq > 3'))
    const cut = await relais('verify')
    expect([cut.code, JSON.parse(cut.stdout)]).toMatchObject([1, { intact: false, problem: { code: 'end-missing', seq: 5 } }])
    expect(cut.stderr).toBe('The trace is not whole: its end is missing, there were lines up to number 5.\n')
    await withStore((store) => void store.db.exec("DROP TRIGGER audit_event_kept; UPDATE audit_event SET event = replace(event, 'success', 'failure') WHERE seq = 2"))
    expect(await relais('verify')).toMatchObject({ code: 1, stderr: 'The trace is not whole: line 2 was changed, or one is missing just before it.\n' })
  })

  it('refuses what it does not understand', async () => {
    for (const args of [[], ['sing'], ['verify', 'twice'], ['attest'], ['export', '--from', '2026-02-30'], ['export', '--from', '2026-02-02', '--to', '2026-02-01']]) expect(await relais(...args), args.join(' ')).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('a day', () => {
  it('goes from midnight to midnight here', () => {
    const { from, to } = localDay('--date', '2026-03-29')
    expect([new Date(from).getHours(), new Date(to).getHours(), new Date(to).getDate()]).toEqual([0, 0, 30])
    for (const text of ['2026-13-01', '2026-02-30', '29/03/2026', '', '2026-3-9']) expect(() => localDay('--date', text), text).toThrow('--date')
  })
})

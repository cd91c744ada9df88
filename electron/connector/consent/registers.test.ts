import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, parseKey, type Store } from '../store/index.ts'
import { openEmergencies, type EmergencyAccess } from './emergency-access.ts'
import { informationVersion, isInformationDue, openInformation } from './information.ts'

const parsed = parseKey('ab'.repeat(32))
if (!parsed.ok) throw new Error(parsed.failure.code)
const key = parsed.value

let directory: string
let store: Store
const open = async () => {
  const opened = await openStore({ directory, key, role: 'test', now: 1 })
  if (!opened.ok) throw new Error(opened.failure.code)
  store = opened.value
}
beforeEach(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'consent-registers-'))
  await open()
})
afterEach(() => {
  store.close()
  fs.rmSync(directory, { recursive: true, force: true })
})

const day = 86_400_000

it('asks each professional to confirm the information, and again after 180 days, whatever the other did', async () => {
  const register = openInformation(store)
  expect([register.confirmed('801'), isInformationDue(null, 0)]).toEqual([null, true])
  register.confirm('801', 10 * day)
  store.close()
  await open()
  const kept = openInformation(store)
  expect(kept.confirmed('801')).toEqual({ version: informationVersion, at: 10 * day })
  expect(kept.confirmed('802')).toBeNull()
  expect([10, 189.9, 190, 9].map((at) => isInformationDue(kept.confirmed('801'), at * day))).toEqual([false, false, true, true])
  expect(isInformationDue({ version: informationVersion - 1, at: 10 * day }, 11 * day)).toBe(true)
  kept.confirm('801', 191 * day)
  expect(isInformationDue(kept.confirmed('801'), 200 * day)).toBe(false)
})

it('keeps the words of each entry encrypted, when it ended, and says which never did', async () => {
  const register = openEmergencies(store)
  const ins = { value: '279035121518989', oid: '1.2.250.1.213.1.4.10' }
  const glass: EmergencyAccess = { id: 'e1', ins, professional: '801', structure: '1750000001', mode: 'break-glass', reason: 'unconscious', words: 'Malaise au cabinet', begunAt: 5 }
  const call: EmergencyAccess = { id: 'e2', ins, professional: '802', structure: null, mode: 'regulation', reason: null, words: null, begunAt: 6 }
  register.begin(glass)
  register.begin(call)
  expect(register.underWay()).toEqual([glass, call])
  register.end('e1', 9)
  register.end('e1', 12)
  store.close()
  await open()
  expect(openEmergencies(store).underWay()).toEqual([call])
  expect(store.db.prepare('SELECT words, ended_at FROM emergency_access ORDER BY id').all()).toEqual([{ words: glass.words, ended_at: 9 }, { words: null, ended_at: null }])
  const raw = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => fs.statSync(path.join(directory, file)).isFile())
  for (const file of raw) expect(fs.readFileSync(path.join(directory, file)).includes('Malaise au cabinet'), file).toBe(false)
})

import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, readOrMakeKeyFile } from '#connector/store/index.ts'
import { compileHangingLibrary, noCompiler } from '#connector/sign-in/test-hanging-library.ts'
import { demoPractice } from '../../../resources/demo/practice.ts'
import { startSandbox, type Sandbox } from '../../sandbox/index.ts'

let data: string
let sandbox: Sandbox
beforeEach(async () => {
  data = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-doctor-'))
  sandbox = await startSandbox({ dir: path.join(data, 'record'), port: 0, practice: demoPractice() })
  const key = readOrMakeKeyFile(data)
  if (!key.ok) throw new Error(key.failure.code)
  const store = await openStore({ directory: data, key: key.value, role: 'test', now: 1 })
  if (!store.ok) throw new Error(store.failure.code)
  store.value.close()
})
afterEach(async () => {
  await sandbox.close()
  fs.rmSync(data, { recursive: true, force: true })
})

/** The command on a record whose professional signs in with a card, by this library. */
function doctor(library: string): Promise<{ code: number | null; checks: { name: string; ok: boolean; found: string; todo: string | null }[] }> {
  const file = path.join(data, 'record', 'with-card.json')
  fs.writeFileSync(file, JSON.stringify({ ...(JSON.parse(fs.readFileSync(sandbox.configPath, 'utf8')) as object), signIn: { mode: 'card', library, front: { program: 'stunnel', engine: 'pkcs11' } } }))
  fs.writeFileSync(path.join(data, 'served-with.json'), JSON.stringify({ record: file }))
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [path.resolve(import.meta.dirname, '../relais.ts'), 'doctor', '--json', '--data', data], (_error, stdout, stderr) => {
      try {
        resolve({ code: child.exitCode, checks: (JSON.parse(stdout) as Awaited<ReturnType<typeof doctor>>).checks })
      } catch (error) {
        reject(new Error(`${String(error)}: ${stdout}${stderr}`))
      }
    })
  })
}

describe.skipIf(noCompiler)('relais doctor', () => {
  it.each(['load', 'C_Initialize'] as const)('says that the card’s library hangs in %s, after all its other checks, and ends with its own exit code', async (call) => {
    const held = compileHangingLibrary()
    held.hold(call)
    const { code, checks } = await doctor(held.library)
    held.close()
    expect(code).toBe(1)
    expect(checks.map(({ name }) => name)).toEqual(['runtime', 'data-folder', 'disk', 'store-key', 'practice', 'windows', 'store', 'certificates', 'clock', 'record-and-sources', 'card-library', 'tls-front'])
    expect(checks.find(({ name }) => name === 'card-library')).toEqual({ name: 'card-library', ok: false, found: `${held.library}: no answer`, todo: expect.stringContaining('Cryptolib') as string })
    expect(checks.find(({ name }) => name === 'store')).toMatchObject({ ok: true })
    expect(checks.find(({ name }) => name === 'record-and-sources')?.found).toMatch(/^the way to the record is open, /)
  })
})

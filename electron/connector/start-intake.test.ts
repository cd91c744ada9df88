import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConsentRegister } from './consent/index.ts'
import { openSqliteLedger, type ItemRow } from './outbox/index.ts'
import { temporaryStore } from './outbox/test-store.ts'
import { PatientRegistry } from './patients/index.ts'
import { startIntake, type Intake } from './start-intake.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
})

async function practiceOf() {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'relais-intake-')))
  ends.push(() => fs.rmSync(base, { recursive: true, force: true }))
  const handle = await temporaryStore()
  ends.push(() => handle.remove())
  const ledger = openSqliteLedger(handle.store, { now: Date.now, newId: randomUUID })
  const folder = (name: string) => {
    const directory = path.join(base, name)
    fs.mkdirSync(directory, { recursive: true })
    return directory
  }
  const start = async (watch: readonly string[]): Promise<Intake> => {
    const intake = await startIntake({
      watch, hl7Port: null, contextFile: null, maxFileBytes: 1_000_000, ledger, environment: 'training', now: Date.now,
      registry: new PatientRegistry(handle.store, randomUUID), consent: new ConsentRegister(handle.store),
      profileFolders: [path.resolve(import.meta.dirname, '../../resources/profiles')],
      onContext: async () => ({ ok: true, value: undefined }), onBug: () => undefined, onIdentity: () => undefined, onChange: () => undefined, freeUntil: () => Number.POSITIVE_INFINITY, hasRoom: () => true, log: () => undefined,
    })
    ends.push(() => intake.close())
    return intake
  }
  /** Drops a file and gives the item that is made of it. */
  const take = async (directory: string, name: string): Promise<ItemRow> => {
    fs.writeFileSync(path.join(directory, name), `<ClinicalDocument>${randomUUID()}</ClinicalDocument>`)
    return vi.waitFor(async () => {
      const { rows } = await ledger.list({ limit: 50, cursor: null })
      const own = rows.find((row) => row.source_path === path.join(directory, name))
      expect(own).toBeDefined()
      return own!
    }, { timeout: 20_000, interval: 100 })
  }
  return { ledger, folder, start, take }
}

describe('the watched folders', () => {
  it('are each known for good, by no name: when another of that name is added, and to what an older program took', async () => {
    const { ledger, folder, start, take } = await practiceOf()
    const [weda, medi] = [folder('weda/export'), folder('medi/export')]
    const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'export', reference: 'old.xml' }, bytes: Buffer.from('old'), fileName: 'old.xml', hints: {}, file: { path: path.join(weda, 'old.xml'), size: 3, mtimeMs: 1 } }])
    const old = async () => (await ledger.byId(items[0]!.id))!
    const before = await start([weda])
    const first = await take(weda, 'first.xml')
    expect(first.source_name).toBe('export')
    expect((await old()).source_id).toBe(first.source_id)
    await before.close()
    const intake = await start([medi, weda])
    const [other, second] = [await take(medi, 'first.xml'), await take(weda, 'second.xml')]
    expect([second.source_id, second.source_name]).toEqual([first.source_id, path.join('weda', 'export')])
    expect(other.source_id).toMatch(/^folder-/)
    expect(other.source_id).not.toBe(first.source_id)
    expect((await old()).source_id).toBe(first.source_id)
    expect(intake.sources().map(({ name }) => name)).toEqual([path.join('medi', 'export'), path.join('weda', 'export')])
  })

  it.skipIf(process.platform === 'win32')('are where they lie: behind a link that leads elsewhere now is another one', async () => {
    const { folder, start, take } = await practiceOf()
    const [weda, medi] = [folder('weda'), folder('medi')]
    const link = path.join(folder('links'), 'export')
    fs.symlinkSync(weda, link)
    const first = await start([link])
    const one = await take(link, 'one.xml')
    await first.close()
    fs.unlinkSync(link)
    fs.symlinkSync(medi, link)
    await start([link, weda])
    const [two, three] = [await take(link, 'two.xml'), await take(weda, 'three.xml')]
    expect([two.source_id === one.source_id, three.source_id === one.source_id]).toEqual([false, true])
  })
})

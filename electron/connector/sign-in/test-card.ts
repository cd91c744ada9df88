import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { readPkcs12 } from './pkcs12.ts'

const run = promisify(execFile)
const library = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so', '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so'].find(existsSync)
const tools = ['/usr/bin/softhsm2-util', '/usr/bin/pkcs11-tool', '/usr/bin/stunnel']
const spy = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/pkcs11/pkcs11-spy.so`).find(existsSync)
const engine = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/engines-3/pkcs11.so`)

/** Why no card can be played here, or null: what is missing is named. Debian: softhsm2, opensc, stunnel4, libengine-pkcs11-openssl. */
export const noTestCard: string | null = [...(library ? [] : ['softhsm2']), ...tools.filter((tool) => !existsSync(tool)), ...(spy ? [] : ['opensc-pkcs11']), ...(engine.some(existsSync) ? [] : ['libengine-pkcs11-openssl'])].join(', ') || null

/** One or more cards in software (SoftHSM), for tests: a folder is the reader, `SOFTHSM2_CONF` of this process names it. */
export interface TestReader {
  readonly library: string
  /** The same library through OpenSC's spy, which writes down every call of every process. */
  readonly spied: string
  /** What was called through the spy so far, with what it returned: `C_Login CKR_OK`. */
  calls(): Promise<string[]>
  /** Puts a card in: two PKCS#12, its data objects by label. */
  insert(card: { label: string; pin: string; passphrase: string; tls?: Uint8Array; signature?: Uint8Array; data?: Readonly<Record<string, Uint8Array>>; asksEachTime?: boolean }): Promise<void>
  /** The holder changes their PIN with another program. */
  changePin(label: string, from: string, to: string): Promise<void>
  /** Pulls every card out; gives what puts them back. */
  pull(): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** Opens an empty reader. */
export async function openTestReader(): Promise<TestReader> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'relais-card-'))
  const cards = path.join(folder, 'cards')
  await mkdir(cards)
  await writeFile(path.join(folder, 'softhsm2.conf'), `directories.tokendir = ${cards}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = true\n`)
  process.env['SOFTHSM2_CONF'] = path.join(folder, 'softhsm2.conf')
  const heard = path.join(folder, 'spy.log')
  await writeFile(heard, '')
  process.env['PKCS11SPY'] = library!
  process.env['PKCS11SPY_OUTPUT'] = heard
  return {
    library: library!,
    spied: spy!,
    async calls() {
      const said = await readFile(heard, 'utf8')
      return [...said.matchAll(/^\d+: (C_\w+)\n[\s\S]*?^Returned: +\d+ (\w+)/gm)].map(([, name, returned]) => `${name} ${returned}`)
    },
    async insert({ label, pin, passphrase, data = {}, asksEachTime = false, ...pair }) {
      const [from, write] = [path.join(folder, 'object'), (args: string[]) => run('pkcs11-tool', ['--module', library!, '--login', '--pin', pin, '--token-label', label, '--write-object', from, ...args])]
      await run('softhsm2-util', ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', '12345678'])
      for (const [use, id] of [['tls', '01'], ['signature', '02']] as const) {
        const bytes = pair[use]
        if (!bytes) continue
        const identity = readPkcs12(bytes, passphrase)
        if (typeof identity === 'string') throw new Error(identity)
        await writeFile(from, identity.privateKey.export({ type: 'pkcs8', format: 'pem' }))
        if (asksEachTime && use === 'signature') await write(['--type', 'privkey', '--id', id, '--label', use, '--usage-sign', '--always-auth'])
        else await run('softhsm2-util', ['--import', from, '--token', label, '--label', use, '--id', id, '--pin', pin])
        await writeFile(from, identity.certificate.raw)
        await write(['--type', 'cert', '--id', id, '--label', use])
      }
      for (const [name, bytes] of Object.entries(data)) {
        await writeFile(from, bytes)
        await write(['--type', 'data', '--label', name, '--private'])
      }
    },
    async changePin(label, from, to) {
      await run('pkcs11-tool', ['--module', library!, '--token-label', label, '--login', '--pin', from, '--change-pin', '--new-pin', to])
    },
    async pull() {
      await rename(cards, `${cards}.out`)
      await mkdir(cards)
      return async () => {
        await rm(cards, { recursive: true })
        await rename(`${cards}.out`, cards)
      }
    },
    close: () => rm(folder, { recursive: true }),
  }
}

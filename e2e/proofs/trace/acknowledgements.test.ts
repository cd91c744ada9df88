import { describe, expect, it } from 'vitest'
import { acknowledgementsIn, fileHistory, whyTooEarly } from './acknowledgements.ts'
import { readCalls } from './strace-calls.ts'

const sha256 = `ab${'0'.repeat(62)}`
const message = { controlId: 'M1', contents: [{ what: 'the document', sha256 }] }

/** What a sound program does for one message, by name, so that each test can leave one step out or move it. */
const steps = {
  open: `openat(AT_FDCWD</>, "/d/spool/tmp/${sha256}.1", O_WRONLY|O_CREAT, 0600) = 3</d/spool/tmp/${sha256}.1>`,
  write: `write(3</d/spool/tmp/${sha256}.1>, "x", 1) = 1`,
  sync: `fsync(3</d/spool/tmp/${sha256}.1>) = 0`,
  mkdir: 'mkdir("/d/spool/ab", 0700) = 0',
  syncSpool: 'fsync(4</d/spool>) = 0',
  rename: `rename("/d/spool/tmp/${sha256}.1", "/d/spool/ab/${sha256}") = 0`,
  syncFolder: 'fsync(4</d/spool/ab>) = 0',
  commit: 'pwrite64(5</d/relais.db-wal>, "x", 1, 0) = 1',
  syncLog: 'fdatasync(5</d/relais.db-wal>) = 0',
  acknowledge: String.raw`write(6<socket:[7]>, "\vMSH|^~\\&|R\rMSA|AA|M1\r\34\r", 24) = 24`,
}
type Step = keyof typeof steps
const order = Object.keys(steps) as Step[]

function verdict(lines: readonly string[]): string | null | undefined {
  const calls = readCalls(lines.map((line) => (/^\d/.test(line) ? line : `1 1.0 ${line}`)))
  const [acknowledged] = acknowledgementsIn(calls)
  return acknowledged && whyTooEarly(acknowledged, message, fileHistory(calls, '/d'))
}

const without = (left: Step) => verdict(order.filter((step) => step !== left).map((step) => steps[step]))
const afterAcknowledging = (late: Step) => verdict([...order.filter((step) => step !== late), late].map((step) => steps[step]))

describe('an acknowledgement', () => {
  it('may leave once everything of its message is synced', () => {
    expect(verdict(order.map((step) => steps[step]))).toBeNull()
  })

  it.each(['write', 'sync', 'syncSpool', 'rename', 'syncFolder', 'commit', 'syncLog'] as const)('left too early without %s, or with it afterwards', (step) => {
    expect(without(step)).toEqual(expect.any(String))
    expect(afterAcknowledging(step)).toEqual(expect.any(String))
  })

  it('left too early when the file was named before its sync, or the log synced before the commit', () => {
    const swapped = (one: Step, other: Step) => verdict(order.map((step) => steps[step === one ? other : step === other ? one : step]))
    expect(swapped('sync', 'rename')).toMatch(/before it was synced/)
    expect(swapped('commit', 'syncLog')).toMatch(/log was written and not synced/)
    expect(swapped('rename', 'commit')).toEqual(expect.any(String))
  })

  it('left too early while the sync of the log was still running in another thread', () => {
    const lines = order.flatMap((step) =>
      step === 'syncLog' ? ['2 1.0 fdatasync(5</d/relais.db-wal> <unfinished ...>'] : step === 'acknowledge' ? [steps.acknowledge, '2 1.0 <... fdatasync resumed>) = 0'] : [steps[step]],
    )
    expect(verdict(lines)).toMatch(/not synced/)
  })

  it('is found whatever call writes it, and only on a socket', () => {
    const found = (line: string) => acknowledgementsIn(readCalls([`1 1.0 ${line}`])).map(({ controlId }) => controlId)
    expect(found(String.raw`writev(6<socket:[7]>, [{iov_base="\vMSH|\rMSA|CA|M2\r", iov_len=9}, {iov_base="\34\r", iov_len=2}], 2) = 11`)).toEqual(['M2'])
    expect(found(String.raw`write(6</d/log>, "\rMSA|AA|M1\r", 11) = 11`)).toEqual([])
    expect(found(String.raw`write(6<socket:[7]>, "\rMSA|AR|M1\r", 11) = 11`)).toEqual([])
  })
})

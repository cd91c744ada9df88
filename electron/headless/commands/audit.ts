import fs from 'node:fs'
import path from 'node:path'
import { openAudit, type TraceVerdict } from '#connector/audit/index.ts'
import { openStore, readOrMakeKeyFile } from '#connector/store/index.ts'
import { asking, connectToRunning } from '../connect.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'
import { traceTexts } from '../trace-texts.ts'
import { attestationPage } from './attestation-page.ts'
import { localDay } from './local-day.ts'

const usage = 'audit verify | audit export [--from DAY] [--to DAY] [--ins INS] [--out FILE] | audit attest --ins INS --date DAY [--out FILE]'

/** `audit`: the trace checked, taken out, or attested to for one patient and day. */
export async function audit(options: Options): Promise<number> {
  const command = { verify, export: exportLines, attest }[options.rest[0] ?? '']
  if (!command || options.rest.length > 1) throw new UsageError(usage)
  return command(options)
}

/** Exit code 0: every line holds and no end is missing. 1: what is wrong and where, one JSON line on stdout, one sentence on stderr. */
async function verify(options: Options): Promise<number> {
  const verdict = await verdictOf(options)
  process.stdout.write(`${JSON.stringify({ intact: verdict.problem === null, ...verdict })}\n`)
  process.stderr.write(`${inWords(verdict)}\n`)
  return verdict.problem === null ? 0 : 1
}

/** By the program that runs, else on the store itself: neither record nor practice is needed to check a trace. */
async function verdictOf(options: Options): Promise<TraceVerdict> {
  const running = await connectToRunning(options.data)
  if (running) {
    try {
      return await running.client.audit.verify()
    } finally {
      await running.close()
    }
  }
  if (!fs.existsSync(path.join(options.data, 'relais.db'))) throw new UsageError(`No Relais data in ${options.data}`)
  const key = readOrMakeKeyFile(options.data)
  if (!key.ok) throw new UsageError(`${key.failure.code}: ${key.failure.detail ?? ''}`)
  const store = await openStore({ directory: options.data, key: key.value, role: 'audit verify', now: Date.now() })
  if (!store.ok) throw new UsageError(`${store.failure.code}: ${store.failure.detail ?? ''}`)
  try {
    return await openAudit(store.value, { key: key.value, now: Date.now, monotonic: () => performance.now(), host: '', software: '', commit: async (work) => work(), onBug: () => undefined }).verify()
  } finally {
    store.value.close()
  }
}

function inWords({ problem, lines, gaps, last }: TraceVerdict): string {
  const { translate } = traceTexts('en')
  const lost = gaps.map(({ from, to }) => ` ${translate('trace.verdict.gap', { from, to })}`).join('')
  return problem ? `${translate(`trace.verdict.${problem.code}`, { seq: problem.seq })}${lost}` : `${translate('trace.verdict.intact', { count: lines, hash: last?.hash ?? '-' })}${lost}`
}

function exportLines(options: Options): Promise<number> {
  const from = options.from === null ? null : localDay('--from', options.from).from
  const to = options.to === null ? null : localDay('--to', options.to).to
  if (from !== null && to !== null && from >= to) throw new UsageError(`--from ${options.from} comes after --to ${options.to}`)
  return asking(options, async ({ client }) => {
    const out = openOut(options)
    try {
      for await (const line of await client.audit.export({ ...patientOf(options), from, to })) out.write(`${JSON.stringify({ time: new Date(line.at).toISOString(), ...line })}\n`)
      return 0
    } finally {
      out.close()
    }
  })
}

function attest(options: Options): Promise<number> {
  const { ins, date } = options
  if (ins === null || date === null) throw new UsageError(usage)
  const day = localDay('--date', date)
  return asking(options, async ({ client }) => {
    const page = attestationPage(await client.audit.attestation({ ...patientOf(options), ins, ...day }), traceTexts('fr'))
    const out = openOut(options)
    out.write(page)
    out.close()
    return 0
  })
}

function patientOf({ ins, insOid }: Options): { ins?: string; insOid?: string } {
  return { ...(ins === null ? {} : { ins }), ...(insOid === null ? {} : { insOid }) }
}

/** `--out`, readable by its owner alone, or stdout. */
function openOut({ out }: Options): { write(text: string): void; close(): void } {
  if (out === null) return { write: (text) => void process.stdout.write(text), close: () => undefined }
  const file = fs.openSync(out, 'w', 0o600)
  return { write: (text) => void fs.writeSync(file, text), close: () => fs.closeSync(file) }
}

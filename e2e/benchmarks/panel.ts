/**
 * `npm run bench:panel -- [--documents 500] [--facts 10] [--size 30000] [--rounds 20] [--only near|far] [--profile DIR]`: what the person in front of the panel waits for, in the real
 * pages on the real program and the training record, all on this computer; `npm run build` first. Ends with a line of JSON. In Chromium, and in the
 * desktop program too where there is an Electron (`electronUnavailable`). Linux only: it reads /proc.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { chromium, type Page } from '@playwright/test'
import { electronUnavailable, launchElectron } from '../hosts/electron.ts'
import { openFaultProxy } from '../proofs/fault-proxy.ts'
import { preload } from '../../electron/sandbox/index.ts'
import { quantiles } from './answer-times.ts'
import { madePatient, testInsOid } from './made-patients.ts'
import { madeRecord, type MadeRecord } from './made-record.ts'
import { firstPainted, longestTask, recordPaints, shiftSince, type Painted } from './panel-recorder.ts'
import { practiceFile, rooms } from './program.ts'
import { startProgram, startSandbox, stopAll, type ServeReady } from './running.ts'
import { withClient } from './status-client.ts'
import { openStock } from './stock.ts'

const { values } = parseArgs({ options: { documents: { type: 'string', default: '500' }, facts: { type: 'string', default: '10' }, size: { type: 'string', default: '30000' }, rounds: { type: 'string', default: '20' }, only: { type: 'string' }, profile: { type: 'string' } } })
const made: MadeRecord = { documents: Number(values.documents), facts: Number(values.facts), size: Number(values.size) }
const rounds = Number(values.rounds)
const say = (line: string) => process.stderr.write(`${line}\n`)
type Client = Parameters<Parameters<typeof withClient>[1]>[0]

/** Read before: opened in turns. Never read: the first, one after the other by hand; the others, by the panel, with a document that sums them up and without. */
const [readBefore, byHand, withSummary, withoutSummary] = [[1, 2], 3, [4, 5, 6], [7, 8, 9]] as const
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-bench-'))
const [recordFolder, data] = [path.join(folder, 'record'), path.join(folder, 'data')]

/** Makes the line to the record, from now on: what it takes until the answer begins, and how much passes. */
function line(faults: { latencyMs?: number; bandwidthBitsPerSecond?: number }): void {
  const draft = path.join(recordFolder, 'faults.draft')
  fs.writeFileSync(draft, JSON.stringify(faults))
  fs.renameSync(draft, path.join(recordFolder, 'faults.json'))
}

/** A line of 60 ms there and back in front of the record, and its configuration. */
async function withLatency(config: string): Promise<{ config: string; close(): Promise<void> }> {
  const text = fs.readFileSync(config, 'utf8')
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(text)![1])
  const shaping = (['up', 'down'] as const).map((way) => ({ kind: 'latency' as const, way, ms: 30, jitterMs: 0 }))
  const proxy = await openFaultProxy({ targetPort: port, scheduleOf: () => ({ shaping, breaking: null, exchanges: Infinity }), chanceOf: Math.random })
  const file = path.join(path.dirname(config), 'far.json')
  fs.writeFileSync(file, text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${proxy.port}`))
  return { config: file, close: () => proxy.close() }
}

const insOf = (rank: number) => ({ ins: madePatient(rank).ins, insOid: testInsOid })
const isOf = (rank: number) => (painted: Painted) => painted.patient.includes(madePatient(rank).birthName)

/** Opens a patient as the practice software does, and gives when. */
async function open(client: Client, rank: number): Promise<number> {
  const at = Date.now()
  await client.panel.open(insOf(rank))
  return at
}

/** Waits until the panel has nothing under way: the list is in, and everything fetched is read. */
async function settled(client: Client, read: number): Promise<void> {
  const until = Date.now() + 180_000
  for (;;) {
    const [view, summary] = [await client.panel.get(), await client.panel.summary()]
    if (!view.refreshing && (summary?.documents.read ?? 0) >= read) return
    if (Date.now() > until) throw new Error(`the panel does not settle: ${JSON.stringify([view.refreshing, view.failure, summary?.documents])}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Fetches every document of a patient as opening them one after the other does. */
async function fetchAll(client: Client, rank: number): Promise<void> {
  for (const { uniqueId } of await client.record.list(insOf(rank))) await client.record.get({ ...insOf(rank), uniqueId })
}

/** How long the program leaves somebody else waiting, asked all the time while `work` is done. */
async function heldWhile<T>(data: string, work: () => Promise<T>): Promise<{ result: T; times: number[] }> {
  return withClient(data, async (other) => {
    const times: number[] = []
    let isOver = false
    const asking = (async () => {
      while (!isOver) {
        const at = performance.now()
        await other.signIn.state()
        times.push(performance.now() - at)
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    })()
    try {
      return { result: await work(), times }
    } finally {
      isOver = true
      await asking
    }
  })
}

const rounded = ({ p50, p95 }: { p50: number; p95: number }) => ({ p50: Math.round(p50), p95: Math.round(p95) })
const spread = (times: readonly number[]) => rounded(quantiles('', times))

/** Patients that were read before, opened in turns: who it is, what was made of it before, and the list read anew. */
async function measureOpening(page: Page, client: Client, data: string) {
  const [name, summary, fresh, answer]: [number[], number[], number[], number[]] = [[], [], [], []]
  let shift = 0
  let bytes = 0
  await longestTask(page)
  const { times } = await heldWhile(data, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const rank = readBefore[round % 2]!
      const at = await open(client, rank)
      const [named, shown] = [await firstPainted(page, at, isOf(rank)), await firstPainted(page, at, (painted) => isOf(rank)(painted) && painted.isSummaryShown && painted.facts > 0)]
      const listed = await firstPainted(page, shown.at, (painted) => isOf(rank)(painted) && !painted.isBusy && painted.isSummaryShown)
      name.push(named.at - at)
      summary.push(shown.at - at)
      fresh.push(listed.at - at)
      const asked = performance.now()
      bytes = JSON.stringify(await client.panel.summary()).length
      answer.push(performance.now() - asked)
      await settled(client, made.documents)
      shift = Math.max(shift, await shiftSince(page, at))
    }
  })
  return { patientNamed: spread(name), summaryPainted: spread(summary), freshListPainted: spread(fresh), summaryAnswer: { ...spread(answer), bytes }, othersWait: { ...spread(times), longest: Math.round(Math.max(...times)) }, layoutShift: Number(shift.toFixed(4)), longestTaskOfPage: Math.round(await longestTask(page)) }
}

/** What a person may press while the record is asked: a fact, a list, the rest of one, a filter. */
const controls = [...['allergies', 'list-results', 'list-problems', 'list-treatments'].map((list) => `[data-testid="${list}"] [data-testid="fact-row"]`), '[data-testid="list-problems"] h2 button', '[data-testid="all-lines"]', '.record-list-head button[aria-expanded]']

/** With a record that takes 3 s to begin each answer: whether every control in sight does what it is for meanwhile, and how soon. */
async function measureSlowRecord(page: Page, client: Client) {
  line({ latencyMs: 3_000 })
  const rank = readBefore[0]
  const at = await open(client, rank)
  const shown = await firstPainted(page, at, (painted) => isOf(rank)(painted) && painted.isSummaryShown && painted.facts > 0)
  // What the presses below unfold pushes the rest down, as it is meant to.
  await page.waitForTimeout(500)
  const shift = await shiftSince(page, at)
  const times: number[] = []
  let isBusy = true
  for (const selector of controls) {
    for (let time = 0; time < 2; time += 1) {
      times.push(
        await page.evaluate(async (wanted) => {
          const control = document.querySelector<HTMLElement>(wanted)
          if (!control) throw new Error(`no control ${wanted}`)
          const [from, before] = [performance.now(), control.getAttribute('aria-expanded')]
          control.click()
          while (control.isConnected && control.getAttribute('aria-expanded') === before) {
            if (performance.now() - from > 5_000) throw new Error(`dead: ${wanted}`)
            await new Promise((resolve) => requestAnimationFrame(resolve))
          }
          return performance.now() - from
        }, selector),
      )
    }
    isBusy &&= (await page.locator('main').getAttribute('aria-busy')) === 'true'
  }
  if (!isBusy) throw new Error('the record had answered before the controls were tried')
  const pressed = Date.now()
  await settled(client, made.documents)
  line({})
  return { summaryPainted: Math.round(shown.at - at), controlAnswers: spread(times), layoutShift: Number((shift + (await shiftSince(page, pressed))).toFixed(4)) }
}

/** A patient never read here, on a line of 8 Mb/s and 60 ms: the first that a fact is painted of, beside fetching all of as many documents one after the other. */
async function measureFarRecord(page: Page, client: Client, config: string) {
  line({ bandwidthBitsPerSecond: 8_000_000 })
  const list: number[] = []
  const firstFactOf = async (ranks: readonly number[]): Promise<number[]> => {
    const first: number[] = []
    for (const rank of ranks) {
      const at = await open(client, rank)
      const useful = await firstPainted(page, at, (painted) => isOf(rank)(painted) && painted.isSummaryShown && painted.facts > 0)
      const listed = await firstPainted(page, at, (painted) => isOf(rank)(painted) && painted.documents > 0)
      first.push(useful.at - at)
      list.push(listed.at - at)
      await settled(client, Math.min(100, made.documents))
    }
    return first
  }
  const [first, recent] = [await firstFactOf(withSummary), await firstFactOf(withoutSummary)]
  const stored: number[] = []
  for (const rank of withSummary) {
    const at = await open(client, rank)
    stored.push((await firstPainted(page, at, (painted) => isOf(rank)(painted) && painted.isSummaryShown && painted.facts > 0)).at - at)
    await settled(client, Math.min(100, made.documents))
  }
  const from = performance.now()
  await fetchAll(client, byHand)
  const oneByOne = performance.now() - from
  line({})
  const middle = quantiles('', first).p50
  return { config: path.basename(config), firstFactNeverRead: spread(first), firstFactNeverReadNorSummedUp: spread(recent), listNeverRead: spread(list), firstFactReadBefore: spread(stored), oneByOne: Math.round(oneByOne), ratioNeverRead: Number((oneByOne / middle).toFixed(1)), ratioReadBefore: Number((oneByOne / quantiles('', stored).p50).toFixed(1)) }
}

/** The panel is kept warm: what is measured begins once it shows whoever was open before. */
const shownAsItWas = (page: Page) => firstPainted(page, 0, (painted) => painted.patient !== '' && painted.isSummaryShown && !painted.isBusy)

async function inChromium<T>(address: string, work: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ ...(process.platform === 'linux' ? { executablePath: '/usr/bin/chromium' } : {}), args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
  try {
    const page = await browser.newPage({ viewport: { width: 400, height: 900 }, locale: 'fr-FR' })
    await recordPaints(page)
    await page.goto(address)
    await shownAsItWas(page)
    return await work(page)
  } finally {
    await browser.close()
  }
}

try {
  const ranks = [...readBefore, byHand, ...withSummary, ...withoutSummary]
  say(`making ${ranks.length} records of ${made.documents} documents of ${made.facts} facts`)
  for (const rank of ranks) await preload(recordFolder, madeRecord(rank, made, !withoutSummary.some((one) => one === rank)))
  const record = await startSandbox(recordFolder)
  const far = await withLatency(record.ready.config)
  ;(await openStock(data, rooms.files.readRecordConfig(record.ready.config).config)).close()
  const results: Record<string, unknown> = { ...made, rounds, cpus: os.cpus().length, load: Number(os.loadavg()[0]!.toFixed(1)) }

  const start = (config: string) => startProgram(data, config, values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []) as ReturnType<typeof startProgram> & Promise<{ ready: ServeReady & { panel: string } }>
  let program = await start(record.ready.config)
  await withClient(data, async (client) => {
    for (const rank of readBefore) {
      await fetchAll(client, rank)
      await open(client, rank)
      await settled(client, made.documents)
    }
    if (values.only !== 'far') results['chromium'] = await inChromium(program.ready.panel, async (page) => {
      const opening = await measureOpening(page, client, data)
      say(JSON.stringify(opening))
      // No record is on the practice's own computer, whose processors its answers would take while the panel paints.
      line({ latencyMs: 60 })
      const atADistance = await measureOpening(page, client, data)
      line({})
      say(JSON.stringify(atADistance))
      return { ...opening, atADistance, slowRecord: await measureSlowRecord(page, client) }
    })
  })
  say(JSON.stringify(results))
  results['residentMegabytes'] = Math.round(program.residentMegabytes())
  await program.stop()

  if (values.only !== 'near') {
    program = await start(far.config)
    results['far'] = await withClient(data, async (client) => {
      await open(client, readBefore[0])
      return inChromium(program.ready.panel, (page) => measureFarRecord(page, client, far.config))
    })
    await program.stop()
    say(JSON.stringify(results['far']))
  }

  const reason = electronUnavailable()
  if (reason !== null) results['electron'] = reason
  else {
    const host = await launchElectron({ dataDir: data, args: ['--record', record.ready.config, '--practice', practiceFile] })
    try {
      const page = await host.panel()
      // It has just started: its program answers once the window says that nobody is on screen.
      await page.getByTestId('scene-no-patient').waitFor({ state: 'attached' })
      results['electron'] = await withClient(data, async (client) => {
        await open(client, readBefore[0])
        await recordPaints(page)
        await page.reload()
        await shownAsItWas(page)
        return measureOpening(page, client, data)
      })
    } finally {
      await host.close()
    }
  }
  await far.close()
  process.stdout.write(`${JSON.stringify(results)}\n`)
} finally {
  await stopAll()
  fs.rmSync(folder, { recursive: true, force: true })
}

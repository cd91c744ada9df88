import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { implement, ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer, type WebSocket } from 'ws'
import { listName } from '#connector/history/index.ts'
import { paintedFirst, paintedLine, paintedList } from '#connector/history/summary/painted-first.ts'
import { contract, type ConnectorEvent } from '#shared/contract/contract.ts'
import type { DocumentInRecord } from '#shared/contract/document-acts.ts'
import type { ItemContent } from '#shared/contract/item-content.ts'
import type { PaperSheet, PrintableSheet } from '#shared/contract/emergency-sheet.ts'
import type { FoundPatient, ItemDetail, ItemView, KnownPatient, PatientCandidate } from '#shared/contract/items.ts'
import type { DocumentVersions, OpenedDocument, PanelView, RecordDocument, RecordSearch, RecordWay, WrittenCopy } from '#shared/contract/history.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { RuledSummary } from '#shared/contract/ruled-summary.ts'
import type { StatusView } from '#shared/contract/status.ts'
import type { WhoSpeaks } from '#shared/contract/sign-in.ts'
import type { MyRecords, MyRecordsOffer } from '#shared/contract/my-records.ts'
import type { MedicineCheck } from '#shared/contract/medicines.ts'
import { foundPatients, inRecord, itemDetail, openedDocument, panelWith, someItems, speaking, statusOf, type ShownPanel } from './world.ts'

/** Everything the pages can see; a test writes it and calls `tell`. */
export interface World {
  status: StatusView
  items: ItemView[]
  panel: ShownPanel
  /** Of the panel above; null = none. */
  summary: RuledSummary | null
  /** How much of it is painted first. */
  paint: (summary: RuledSummary) => RuledSummary
  /** Of the same panel. */
  medicines: MedicineCheck | null
  /** The emergency sheet of the panel above. */
  sheet: PrintableSheet | ReasonCode
  /** Sheets read from paper, and what a code says when it is scanned. */
  papers: PaperSheet[]
  scanned: Record<string, PaperSheet>
  opened: OpenedDocument | ReasonCode
  /** The way in as it is now: what was opened by another is shown no more. */
  way: RecordWay | ReasonCode
  attachment: Uint8Array
  /** The document of any item; its attachments are `attachment`. */
  content: ItemContent | ReasonCode
  /** What is told of any item after how it came and where it stands. */
  trace: ItemDetail['trace']
  /** Whom a search of a patient finds, whatever is typed. */
  patients: { found: FoundPatient[]; more: boolean }
  /** A document that waits for its patient does not name them itself. */
  mayFindPatient: boolean
  /** What the record says of the document one looks up, and what an act makes of it. */
  inRecord: DocumentInRecord | ReasonCode
  inRecordAfter: DocumentInRecord | ReasonCode
  /** What is found, by the words that were sent; nothing for others. */
  found: Record<string, RecordSearch>
  namedByText: PatientCandidate[]
  known: { found: KnownPatient[]; more: boolean }
  versions: DocumentVersions | ReasonCode
  copy: WrittenCopy | ReasonCode
  /** What the record holds of the patient that is not in force. */
  otherStates: RecordDocument[] | ReasonCode
  /** What may be asked of one's records, and what is answered. */
  myRecordsOffer: MyRecordsOffer
  myRecords: MyRecords | ReasonCode
  signIn: WhoSpeaks
  /** What becomes of the sign-in when a person acts on it, by procedure (`signIn.givePin`); it stays as it is otherwise. */
  signInAfter: Record<string, WhoSpeaks>
  /** Refuses the next acts with this code. */
  refuse: ReasonCode | null
  /** What each answer waits for, by procedure (`panel.get`): see {@link hold}. */
  held: Record<string, Promise<void>>
  /** What was asked, in order: procedure and input. */
  asked: { name: string; input: unknown }[]
  /** Procedures whose answer was held and let go. */
  answered: string[]
}

export interface FixtureConnector {
  readonly world: World
  /** Address of a window, with its token. */
  address(window: 'panel' | 'sync' | 'viewer', query?: Record<string, string>): string
  /** Tells the pages that a topic changed. */
  tell(topic: ConnectorEvent['topic']): void
  /** Cuts every link, as when the connector dies; `back` lets them in again. */
  cut(): void
  back(): void
  close(): Promise<void>
}

/** The policy both hosts send with every page. */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; worker-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
  '.pfb': 'application/octet-stream',
}

function viewOf({ documents, ...panel }: ShownPanel): PanelView {
  return { ...panel, listed: { count: documents.length, name: listName(documents) } }
}

/**
 * Holds the answers of a procedure asked from now on until what it returns is called; one asked
 * after that is answered at once. Never called, they never come.
 */
export function hold(world: World, procedure: string): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  world.held[procedure] = promise
  return () => {
    if (world.held[procedure] === promise) delete world.held[procedure]
    resolve()
  }
}

/** The state a fresh fixture starts in: a patient with a record, a morning's items, the training record. */
export function freshWorld(): World {
  const items = someItems()
  return { status: statusOf(items), items, panel: panelWith(), summary: null, paint: paintedFirst, medicines: null, sheet: 'not-found', papers: [], scanned: {}, opened: openedDocument(), way: { way: 'one', mode: 'normal', since: null, until: null, reason: null }, attachment: new Uint8Array(), content: { sections: [], attachments: [], text: { value: 'MSH|^~\\&|LABO', isCut: false } }, trace: [], patients: foundPatients(), mayFindPatient: true, found: {}, namedByText: [], known: { found: [], more: false }, versions: { earlier: [], later: [] }, copy: { folder: '/srv/cabinet/copies', file: 'DUPONT_Marie-Elise_19590214_20261110_Biologie_1a2b3c4d.pdf', sidecar: 'DUPONT_Marie-Elise_19590214_20261110_Biologie_1a2b3c4d.json' }, inRecord: inRecord(), inRecordAfter: inRecord(), otherStates: [], myRecordsOffer: { by: ['last-document', 'last-authorisation'], ofStructure: false, stop: null }, myRecords: 'record-unreachable', signIn: speaking(), signInAfter: {}, refuse: null, held: {}, asked: [], answered: [] }
}

/**
 * A connector that answers with what a test put in its world, over the real transport and with the real contract on both
 * sides; it serves the built pages from `pages`. For the pages' own tests only: it does none of the product's work.
 */
export async function startFixtureConnector(pages: string): Promise<FixtureConnector> {
  const world = freshWorld()
  const token = randomBytes(32).toString('base64url')
  const listeners = new Set<(event: ConnectorEvent) => void>()
  const sockets = new Set<WebSocket>()
  let sequence = 0
  let down = false

  const handler = new RPCHandler(router(world, listeners, () => sequence))
  const server = createServer((request, response) => {
    const wanted = path.join(pages, path.posix.normalize(new URL(request.url ?? '/', 'http://fixture').pathname))
    const answer = async () => {
      try {
        const bytes = await readFile(wanted)
        response.writeHead(200, { 'content-type': mediaTypes[path.extname(wanted)] ?? 'application/octet-stream', 'content-security-policy': pagePolicy, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
        response.end(bytes)
      } catch {
        response.writeHead(404)
        response.end()
      }
    }
    void answer()
  })
  const gate = new WebSocketServer({ noServer: true, handleProtocols: () => 'relais' })
  server.on('upgrade', (request, socket, head) => {
    const offered = Buffer.from((request.headers['sec-websocket-protocol'] ?? '').split(', ')[1] ?? '')
    if (down || request.url !== '/rpc' || offered.length !== token.length || !timingSafeEqual(offered, Buffer.from(token))) {
      socket.destroy()
      return
    }
    gate.handleUpgrade(request, socket, head, (link) => {
      sockets.add(link)
      link.on('close', () => sockets.delete(link))
      void handler.upgrade(link)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    world,
    address: (window, query = {}) => `http://127.0.0.1:${port}/windows/${window}/index.html?${new URLSearchParams(query).toString()}#token=${token}`,
    tell: (topic) => {
      sequence += 1
      for (const listener of listeners) listener({ sequence, topic })
    },
    cut: () => {
      down = true
      for (const link of sockets) link.terminate()
    },
    back: () => {
      down = false
    },
    close: async () => {
      for (const link of sockets) link.terminate()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function router(world: World, listeners: Set<(event: ConnectorEvent) => void>, sequence: () => number) {
  const os = implement(contract)
  const asked = async (name: string, input?: unknown) => {
    world.asked.push({ name, input })
    if (!world.held[name]) return
    await world.held[name]
    world.answered.push(name)
  }
  const refusal = (code: ReasonCode) => new ORPCError('REFUSED', { status: 422, data: { code, recordText: null }, defined: true })
  const act = async (name: string, input?: unknown) => {
    await asked(name, input)
    if (world.refuse) throw refusal(world.refuse)
  }
  const opened = () => {
    if (typeof world.opened === 'string') throw refusal(world.opened)
    return world.opened
  }

  const sheet = () => {
    if (typeof world.sheet === 'string') throw refusal(world.sheet)
    return world.sheet
  }

  const told = (answer: DocumentInRecord | ReasonCode) => {
    if (typeof answer === 'string') throw refusal(answer)
    return answer
  }

  /** The two acts that leave the drawer open, so that it can be seen to follow. */
  const change = (id: string, made: Partial<ItemView>) => {
    if (!world.items.some((one) => one.id === id && one.changeable)) throw refusal('not-found')
    world.items = world.items.map((one) => (one.id === id ? { ...one, ...made } : one))
    const { counts, total, needsUser } = statusOf(world.items)
    world.status = { ...world.status, counts, total, needsUser }
  }

  const signInAct = async (name: string, input?: unknown) => {
    await asked(name, input)
    world.signIn = world.signInAfter[name] ?? world.signIn
    if (world.refuse) throw refusal(world.refuse)
    return world.signIn
  }

  return os.router({
    status: {
      get: os.status.get.handler(async () => {
        await asked('status.get')
        return world.status
      }),
      events: os.status.events.handler(async function* ({ signal }) {
        const queue: ConnectorEvent[] = [{ sequence: sequence(), topic: 'hello' }]
        let wake = () => {}
        const listener = (event: ConnectorEvent) => {
          queue.push(event)
          wake()
        }
        listeners.add(listener)
        signal?.addEventListener('abort', () => wake())
        try {
          for (;;) {
            const next = queue.shift()
            if (next) yield next
            else if (signal?.aborted) return
            else await new Promise<void>((resolve) => (wake = resolve))
          }
        } finally {
          listeners.delete(listener)
        }
      }),
      pause: os.status.pause.handler(({ input }) => act('status.pause', input)),
      resume: os.status.resume.handler(() => act('status.resume')),
    },
    items: {
      list: os.items.list.handler(async ({ input }) => {
        await asked('items.list', input)
        const search = (input.search ?? '').toLowerCase()
        const found = world.items.filter(
          (one) =>
            (!input.states || input.states.includes(one.state)) &&
            (!input.reasons || (one.reason !== null && input.reasons.includes(one.reason))) &&
            `${one.patient?.birthName ?? ''} ${one.patient?.givenName ?? ''} ${one.title ?? ''} ${one.source.name}`.toLowerCase().includes(search),
        )
        const from = Number(input.cursor ?? 0)
        const next = from + input.limit
        return { items: found.slice(from, next), next: next < found.length ? String(next) : null, total: found.length }
      }),
      get: os.items.get.handler(async ({ input }) => {
        await asked('items.get', input)
        const found = world.items.find((one) => one.id === input.id)
        if (!found) throw refusal('not-found')
        const detail = itemDetail(found)
        return { ...detail, trace: [...detail.trace, ...world.trace], mayFindPatient: detail.mayFindPatient && world.mayFindPatient }
      }),
      content: os.items.content.handler(async ({ input }) => {
        await asked('items.content', input)
        if (typeof world.content === 'string') throw refusal(world.content)
        return world.content
      }),
      attachment: os.items.attachment.handler(async ({ input }) => {
        await asked('items.attachment', input)
        return new Blob([Buffer.from(world.attachment)])
      }),
      retry: os.items.retry.handler(async ({ input }) => {
        await act('items.retry', input)
        return { moved: 'ids' in input ? input.ids.length : world.items.filter((one) => one.reason === input.reason).length }
      }),
      hold: os.items.hold.handler(async ({ input }) => {
        await act('items.hold', input)
        change(input.id, { state: 'waiting', reason: 'held-by-user', waitingFor: 'until' })
      }),
      setVisibility: os.items.setVisibility.handler(async ({ input }) => {
        await act('items.setVisibility', input)
        change(input.id, { visibility: input.visibility })
      }),
      findPatients: os.items.findPatients.handler(async ({ input }) => {
        await asked('items.findPatients', input)
        return world.patients
      }),
      namedByText: os.items.namedByText.handler(() => world.namedByText),
      assignPatient: os.items.assignPatient.handler(({ input }) => act('items.assignPatient', input)),
      chooseType: os.items.chooseType.handler(({ input }) => act('items.chooseType', input)),
      chooseAuthor: os.items.chooseAuthor.handler(({ input }) => act('items.chooseAuthor', input)),
      dismiss: os.items.dismiss.handler(({ input }) => act('items.dismiss', input)),
      dismissHeld: os.items.dismissHeld.handler(async ({ input }) => {
        await act('items.dismissHeld', input)
        return { moved: world.items.filter((one) => one.reason === input.reason).length }
      }),
    },
    panel: {
      find: os.panel.find.handler(async ({ input }) => {
        await asked('panel.find', input)
        return world.known
      }),
      open: os.panel.open.handler(async ({ input }) => {
        await act('panel.open', input)
        return viewOf(world.panel)
      }),
      close: os.panel.close.handler(() => act('panel.close')),
      get: os.panel.get.handler(async () => {
        const view = world.panel
        await asked('panel.get')
        return viewOf(view)
      }),
      documents: os.panel.documents.handler(async ({ input }) => {
        const { panel } = world
        await act('panel.documents', input)
        return panel.generation === input.generation && viewOf(panel).listed.name === input.name ? panel.documents : null
      }),
      refresh: os.panel.refresh.handler(async () => {
        const view = world.panel
        await act('panel.refresh')
        return viewOf(view)
      }),
      summary: os.panel.summary.handler(async () => {
        const { summary } = world
        await asked('panel.summary')
        return summary && world.paint(summary)
      }),
      summaryList: os.panel.summaryList.handler(async ({ input }) => {
        const { summary } = world
        await act('panel.summaryList', input)
        return summary && paintedList(summary[input.list])
      }),
      summaryLine: os.panel.summaryLine.handler(async ({ input }) => {
        const { summary } = world
        await act('panel.summaryLine', input)
        return summary && paintedLine(summary[input.list], input.key)
      }),
      examAvoided: os.panel.examAvoided.handler(async ({ input }) => {
        await act('panel.examAvoided', input)
        const { summary } = world
        if (!summary) throw refusal('not-found')
        const done = summary.exams.done.map((exam) => (exam.rule === input.rule ? { ...exam, avoided: input.avoided } : exam))
        world.summary = { ...summary, exams: { ...summary.exams, done } }
      }),
      fetchAll: os.panel.fetchAll.handler(async ({ input }) => {
        await act('panel.fetchAll', input)
        world.found = Object.fromEntries(Object.entries(world.found).map(([words, found]) => [words, { ...found, searched: { ...found.searched, texts: world.panel.documents.length } }]))
      }),
    },
    medicines: {
      check: os.medicines.check.handler(async () => {
        const { medicines } = world
        await asked('medicines.check')
        return medicines
      }),
    },
    access: {
      enter: os.access.enter.handler(async ({ input }) => {
        await act('access.enter', input)
        world.panel = { ...world.panel, access: { ...world.panel.access, mode: input.mode, since: new Date().toISOString(), until: new Date(Date.now() + 3_600_000).toISOString(), reason: input.mode === 'break-glass' ? input.reason : null, modes: [], authorise: null } }
        return viewOf(world.panel)
      }),
      leave: os.access.leave.handler(async ({ input }) => {
        await act('access.leave', input)
        world.panel = { ...world.panel, access: { ...world.panel.access, mode: 'normal', since: null, until: null, reason: null } }
        return viewOf(world.panel)
      }),
      stay: os.access.stay.handler(async ({ input }) => {
        await act('access.stay', input)
        world.panel = { ...world.panel, access: { ...world.panel.access, until: new Date(Date.now() + 3_600_000).toISOString() } }
        return viewOf(world.panel)
      }),
      authorise: os.access.authorise.handler(async ({ input }) => {
        await act('access.authorise', input)
        return viewOf(world.panel)
      }),
      recordConsent: os.access.recordConsent.handler(async ({ input }) => {
        await act('access.recordConsent', input)
        const said = { choice: input.choice, decidedAt: new Date().toISOString(), source: 'panel', until: null }
        world.panel = { ...world.panel, access: { ...world.panel.access, consents: { ...world.panel.access.consents, [input.kind]: said } } }
        return viewOf(world.panel)
      }),
      confirmInformation: os.access.confirmInformation.handler(async () => {
        await act('access.confirmInformation')
        world.panel = { ...world.panel, access: { ...world.panel.access, information: { ...world.panel.access.information, due: false } } }
        world.signIn = { ...world.signIn, information: { ...world.signIn.information, due: false } }
        for (const listener of listeners) listener({ sequence: sequence(), topic: 'sign-in' })
        return viewOf(world.panel)
      }),
    },
    record: {
      list: os.record.list.handler(async ({ input }) => {
        const { otherStates } = world
        await asked('record.list', input)
        if (typeof otherStates === 'string') throw refusal(otherStates)
        return otherStates.filter(({ status }) => (input.statuses ?? ['approved']).includes(status))
      }),
      facts: os.record.facts.handler(() => []),
      search: os.record.search.handler(async ({ input }) => {
        const found = world.found[input.words] ?? { found: [], total: 0, searched: { titles: world.panel.documents.length, texts: 0 } }
        await act('record.search', input)
        return found
      }),
      get: os.record.get.handler(() => new Blob([Buffer.from(world.attachment)])),
      open: os.record.open.handler(async ({ input }) => {
        await asked('record.open', input)
        return opened()
      }),
      way: os.record.way.handler(() => {
        if (typeof world.way === 'string') throw refusal(world.way)
        return world.way
      }),
      look: os.record.look.handler(async ({ input }) => {
        await asked('record.look', input)
        return told(world.inRecord)
      }),
      change: os.record.change.handler(async ({ input }) => {
        await asked('record.change', input)
        return told(world.inRecordAfter)
      }),
      attachment: os.record.attachment.handler(async ({ input }) => {
        await asked('record.attachment', input)
        return new Blob([Buffer.from(world.attachment)], { type: 'application/pdf' })
      }),
      lots: os.record.lots.handler(() => []),
      versions: os.record.versions.handler(async ({ input }) => {
        await asked('record.versions', input)
        if (typeof world.versions === 'string') throw refusal(world.versions)
        return world.versions
      }),
      print: os.record.print.handler(async ({ input }) => {
        await act('record.print', input)
        if (typeof world.way === 'string') throw refusal(world.way)
        return { at: new Date().toISOString(), way: world.way.way }
      }),
      copy: os.record.copy.handler(async ({ input }) => {
        await act('record.copy', input)
        if (typeof world.copy === 'string') throw refusal(world.copy)
        return world.copy
      }),
    },
    myRecords: {
      offered: os.myRecords.offered.handler(() => world.myRecordsOffer),
      list: os.myRecords.list.handler(async ({ input }) => {
        const { myRecords } = world
        await asked('myRecords.list', input)
        if (typeof myRecords === 'string') throw refusal(myRecords)
        return myRecords
      }),
    },
    sheets: {
      preview: os.sheets.preview.handler(async ({ input }) => {
        await asked('sheets.preview', input)
        return sheet()
      }),
      print: os.sheets.print.handler(async ({ input }) => {
        await act('sheets.print', input)
        return sheet()
      }),
      read: os.sheets.read.handler(async ({ input }) => {
        await act('sheets.read', input)
        const paper = world.scanned[input.code]
        if (!paper) throw refusal('sheet-unreadable')
        world.papers = [...world.papers.filter(({ id }) => id !== paper.id), paper]
        return paper
      }),
      waiting: os.sheets.waiting.handler(() => world.papers.map(({ id, readHereAt, until, sheet: { patient, printedAt, practice } }) => ({ id, readHereAt, until, patient, printedAt, practice }))),
      open: os.sheets.open.handler(async ({ input }) => {
        await act('sheets.open', input)
        const paper = world.papers.find(({ id }) => id === input.id)
        if (!paper) throw refusal('not-found')
        return paper
      }),
      erase: os.sheets.erase.handler(async ({ input }) => {
        await act('sheets.erase', input)
        world.papers = world.papers.filter(({ id }) => id !== input.id)
      }),
    },
    // No page asks for the trace.
    audit: {
      verify: os.audit.verify.handler(() => unasked()),
      export: os.audit.export.handler(() => unasked()),
      attestation: os.audit.attestation.handler(() => unasked()),
    },
    signIn: {
      state: os.signIn.state.handler(() => world.signIn),
      start: os.signIn.start.handler(({ input }) => signInAct('signIn.start', input)),
      givePin: os.signIn.givePin.handler(({ input }) => signInAct('signIn.givePin', input)),
      choose: os.signIn.choose.handler(({ input }) => signInAct('signIn.choose', input)),
      end: os.signIn.end.handler(() => signInAct('signIn.end')),
    },
  })
}

function unasked(): never {
  throw new Error('No page asks for this')
}

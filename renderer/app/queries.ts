import { infiniteQueryOptions, QueryClient, queryOptions, replaceEqualDeep, useQueryClient } from '@tanstack/react-query'
import type { AuthoriseInput, ConsentInput, EnterInput } from '#shared/contract/access.ts'
import type { SheetInput } from '#shared/contract/emergency-sheet.ts'
import type { PanelView, RecordDocument } from '#shared/contract/history.ts'
import type { ItemState } from '#shared/contract/items.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { ExamAvoidedInput } from '#shared/contract/ruled-summary.ts'
import type { MyRecordsInput } from '#shared/contract/my-records.ts'
import type { SummaryLineInput, SummaryListInput } from '#shared/contract/summary.ts'
import { connector, useLink } from './connection.ts'
import { latestPanel, type AskedPanel } from './panel-guard.ts'
import { sameRows } from './same-rows.ts'

/** What the connector said last. Nothing goes stale by time: events say what to ask again; a port or a loopback socket is no network. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: Number.POSITIVE_INFINITY, gcTime: 10 * 60_000, networkMode: 'always', retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false },
    mutations: { networkMode: 'always', retry: false },
  },
})

export const statusQuery = queryOptions({ queryKey: ['status'], queryFn: ({ signal }) => connector.status.get(undefined, { signal }) })

/** Who speaks to the record; events tell when that changes. */
export const signInQuery = queryOptions({ queryKey: ['sign-in'], queryFn: ({ signal }) => connector.signIn.state(undefined, { signal }) })

/** Which list of one's records may be asked for; asked again with who speaks. */
export const myRecordsOfferQuery = queryOptions({ queryKey: ['sign-in', 'my-records'], queryFn: ({ signal }) => connector.myRecords.offered(undefined, { signal }) })

/** So long a list of one's records is kept while a patient of it is open, in milliseconds; never on the disk. */
const listKeptMs = 30 * 60_000

/** The list one asked for. It asks the record: fetched by a person's act, and only looked at elsewhere (`enabled: false`). */
export const myRecordsQuery = (speaker: string, asked: MyRecordsInput | null) =>
  queryOptions({
    queryKey: ['my-records', speaker, asked?.by, asked?.since],
    queryFn: ({ signal }) => {
      if (asked === null) throw new Error('nothing was asked')
      return connector.myRecords.list({ by: asked.by, since: asked.since }, { signal })
    },
    gcTime: listKeptMs,
  })

export interface ItemsFilter {
  readonly states: readonly ItemState[]
  /** Only what one of these stopped. */
  readonly reasons?: readonly ReasonCode[]
  readonly search: string
  readonly limit: number
}

/** A list of documents on their way, page after page by the cursor of the answer before. */
export const itemsQuery = (filter: ItemsFilter) =>
  infiniteQueryOptions({
    queryKey: ['items', filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      connector.items.list(
        {
          states: [...filter.states],
          ...(filter.reasons ? { reasons: [...filter.reasons] } : {}),
          ...(filter.search.trim() ? { search: filter.search.trim() } : {}),
          limit: filter.limit,
          cursor: pageParam,
        },
        { signal },
      ),
    getNextPageParam: (last) => last.next,
  })

export const itemQuery = (id: string) => queryOptions({ queryKey: ['items', 'one', id], queryFn: ({ signal }) => connector.items.get({ id }, { signal }) })

/** Patients known here beside what is announced of an item; kept no longer than they are shown. */
export const foundPatientsQuery = (id: string, typed: string) => queryOptions({ queryKey: ['items', 'patients', id, typed], queryFn: ({ signal }) => connector.items.findPatients({ id, typed }, { signal }), gcTime: 0 })

/** Patients known here by name or birth date; kept no longer than they are shown. */
export const knownPatientsQuery = (typed: string) => queryOptions({ queryKey: ['known-patients', typed], queryFn: ({ signal }) => connector.panel.find({ typed }, { signal }), gcTime: 0 })

/** Patients known here whom the text of an item's document names: kept no longer than they are shown, and not read again at each event. */
export const namedByTextQuery = (id: string) => queryOptions({ queryKey: ['item-named-by-text', id], queryFn: ({ signal }) => connector.items.namedByText({ id }, { signal }), gcTime: 0 })

/** The document of an item and what it carries: asked anew each time it is shown, for the trace tells each. Never changed by an event. */
export const itemContentQuery = (id: string) => queryOptions({ queryKey: ['item-content', id], queryFn: ({ signal }) => connector.items.content({ id }, { signal }), gcTime: 0 })
export const itemAttachmentQuery = (id: string, index: number) =>
  queryOptions({ queryKey: ['item-content', id, 'attachment', index], queryFn: ({ signal }) => connector.items.attachment({ id, index }, { signal }), gcTime: 0 })

export interface DocumentAddress {
  readonly ins: string
  readonly insOid?: string
  readonly uniqueId: string
}

/** A document of the record, opened. It never changes under its uniqueId, but each time it is shown is one the trace tells: it is asked anew then. */
export const documentQuery = (address: DocumentAddress) =>
  queryOptions({ queryKey: ['document', address], queryFn: ({ signal }) => connector.record.open(address, { signal }), gcTime: 0 })

/** Whether what was opened of a patient may still be shown; events tell when to ask again. */
export const wayQuery = ({ ins, insOid }: DocumentAddress, openedBy: string) =>
  queryOptions({ queryKey: ['way', ins, insOid, openedBy], queryFn: ({ signal }) => connector.record.way({ ins, ...(insOid ? { insOid } : {}) }, { signal }) })

export const attachmentQuery = (address: DocumentAddress, index: number) =>
  queryOptions({ queryKey: ['attachment', address, index], queryFn: ({ signal }) => connector.record.attachment({ ...address, index }, { signal }) })

/** Earlier and later versions of a document; asked of the record, so once. */
export const versionsQuery = (address: DocumentAddress) => queryOptions({ queryKey: ['versions', address], queryFn: ({ signal }) => connector.record.versions(address, { signal }) })

const panelKey = ['panel']

/** So long a panel is kept back for the summary it is to be painted with, in milliseconds: what was made before is there sooner. */
const togetherMs = 150

/** What is shown of a patient nowhere any more is forgotten after so long, in milliseconds. */
const forgottenMs = 1_000
for (const part of ['summary', 'medicines']) queries.setQueryDefaults([...panelKey, part], { gcTime: forgottenMs })

/** `work`, waited for so long at most. */
function briefly(work: Promise<unknown>): Promise<unknown> {
  return Promise.race([work, new Promise((resolve) => setTimeout(resolve, togetherMs))])
}

/** The documents of the very list a panel names, which never change under that name; null = it was on screen no more, and is asked for again with the panel. */
export const documentsQuery = ({ generation, listed }: Pick<PanelView, 'generation' | 'listed'>) =>
  queryOptions({
    queryKey: [...panelKey, 'documents', generation, listed.name],
    queryFn: async ({ signal, client }) => {
      const documents = await connector.panel.documents({ generation, name: listed.name }, { signal })
      return documents && sameRows(listsOf(client, generation).at(-1) ?? [], documents)
    },
    staleTime: ({ state }) => (state.data ? ('static' as const) : 0),
    gcTime: forgottenMs,
  })

/** The lists at hand of one patient's panel. */
function listsOf(client: QueryClient, generation: number): RecordDocument[][] {
  return client.getQueriesData<RecordDocument[] | null>({ queryKey: [...panelKey, 'documents', generation] }).flatMap(([, list]) => (list ? [list] : []))
}

/** Asks for the list of a panel, where it is not at hand. One that takes another's place is waited for a little, so that nothing jumps; the first holds up nothing. */
async function askList(client: QueryClient, view: PanelView): Promise<void> {
  if (view.listed.count === 0) return
  const isReplaced = listsOf(client, view.generation).length > 0
  // That it failed is told by whoever shows it.
  const asked = client.fetchQuery(documentsQuery(view)).catch(() => null)
  if (isReplaced) await briefly(asked)
}

const notInForce: readonly RecordDocument['status'][] = ['archived', 'deprecated', 'deleted']

/**
 * The documents that are not in force of the patient on screen, asked beside one list by one reader's one way in: beside another, they have another name.
 * It asks the record: fetched by a person's act, and only looked at elsewhere (`enabled: false`).
 */
export const otherStatesQuery = ({ generation, loadedAt, access, patient }: Pick<PanelView, 'generation' | 'loadedAt' | 'access' | 'patient'>, speaker: string) =>
  queryOptions({
    queryKey: ['other-states', patient?.ins, generation, loadedAt, access.mode, access.since, speaker],
    queryFn: ({ signal }) => connector.record.list({ ins: patient?.ins ?? '', ...(patient?.insOid ? { insOid: patient.insOid } : {}), statuses: [...notInForce] }, { signal }),
    gcTime: forgottenMs,
  })

let questions = 0

/** Asks something whose answer is a panel, and notes when it was asked. */
async function askPanel(client: QueryClient, ask: () => Promise<AskedPanel['view']>): Promise<AskedPanel> {
  questions += 1
  const asked = questions
  const { epoch } = useLink.getState()
  const view = await ask()
  await askList(client, view)
  return { view, epoch, asked }
}

/** What is at hand of the summary of whoever is on screen by now, put where their panel looks for it. */
async function askSummary(client: QueryClient, signal: AbortSignal): Promise<void> {
  const summary = await connector.panel.summary(undefined, { signal }).catch(() => null)
  if (summary) client.setQueryData(summaryQuery(summary.generation).queryKey, summary)
  // There is none, or it failed: whoever shows one hears why.
  else if (!signal.aborted) void client.invalidateQueries({ queryKey: [...panelKey, 'summary'] })
}

/** The same of their medicines, which stand above the summary. */
async function askMedicines(client: QueryClient, signal: AbortSignal): Promise<void> {
  const check = await connector.medicines.check(undefined, { signal }).catch(() => null)
  if (check) client.setQueryData(medicinesQuery(check.generation).queryKey, check)
  else if (!signal.aborted) void client.invalidateQueries({ queryKey: [...panelKey, 'medicines'] })
}

/** What the panel says, and with it what is at hand of its summary and its medicines: painted in one go, so that nothing jumps. */
export const panelQuery = queryOptions({
  queryKey: panelKey,
  queryFn: async ({ signal, client }) => {
    const [summary, medicines] = [askSummary(client, signal), askMedicines(client, signal)]
    const asked = await askPanel(client, () => connector.panel.get(undefined, { signal }))
    if (asked.view.loadedAt !== null || asked.view.begun !== null) await briefly(Promise.all([summary, medicines]))
    return asked
  },
  // Where every answer meets what is shown, wherever it comes from: the older one never paints, and a row that says the same is not painted again.
  structuralSharing: (shown, arrived) => replaceEqualDeep(shown, latestPanel(shown as AskedPanel | undefined, arrived as AskedPanel)),
})

/** What the documents read so far say of the patient on screen; asked again with the panel, and when more was read; forgotten with the patient. */
export const summaryQuery = (generation: number) => queryOptions({ queryKey: [...panelKey, 'summary', generation], queryFn: ({ signal }) => connector.panel.summary(undefined, { signal }), gcTime: forgottenMs })

/** All of a list, or of a line, of the summary on screen: asked again with it, and never kept for another. */
export const summaryListQuery = (input: SummaryListInput) => queryOptions({ queryKey: [...panelKey, 'summary', input.generation, 'list', input], queryFn: ({ signal }) => connector.panel.summaryList(input, { signal }), gcTime: forgottenMs })
export const summaryLineQuery = (input: SummaryLineInput) => queryOptions({ queryKey: [...panelKey, 'summary', input.generation, 'line', input], queryFn: ({ signal }) => connector.panel.summaryLine(input, { signal }), gcTime: forgottenMs })

/** Their medicines compared; asked again and forgotten likewise. */
export const medicinesQuery = (generation: number) => queryOptions({ queryKey: [...panelKey, 'medicines', generation], queryFn: ({ signal }) => connector.medicines.check(undefined, { signal }), gcTime: forgottenMs })

/** What an emergency sheet of the reading on screen would say; asked again with the panel, and forgotten with the patient. */
export const sheetPreviewQuery = (input: SheetInput) => queryOptions({ queryKey: [...panelKey, 'summary', input.generation, 'sheet', input], queryFn: ({ signal }) => connector.sheets.preview(input, { signal }), gcTime: 0 })

/** Sheets read from paper that wait for the record of their patient; events tell when that changes. */
export const waitingSheetsQuery = queryOptions({ queryKey: ['sheets'], queryFn: ({ signal }) => connector.sheets.waiting(undefined, { signal }) })

/** At most so many documents are shown of those that have the words. */
const mostFound = 50

/**
 * Words looked for in what was read of the patient on screen. Of one reading of one patient: an answer about another, or to other words, has another
 * name and never paints; asked again whenever the panel is, for more may be searchable.
 */
export const searchQuery = ({ generation, loadedAt, patient }: Pick<PanelView, 'generation' | 'loadedAt' | 'patient'>, words: string) =>
  queryOptions({
    queryKey: [...panelKey, 'search', generation, loadedAt, words],
    queryFn: ({ signal }) => connector.record.search({ ins: patient?.ins ?? '', ...(patient?.insOid ? { insOid: patient.insOid } : {}), words, limit: mostFound }, { signal }),
    gcTime: 0,
  })

/** The acts on the panel; each answer goes through the same guard as what events bring. */
export function usePanelActs() {
  const client = useQueryClient()
  const paint = async (ask: () => Promise<AskedPanel['view']>) => {
    const answer = await askPanel(client, ask)
    client.setQueryData<AskedPanel>(panelKey, answer)
    return answer.view
  }
  return {
    open: (named: { readonly ins: string; readonly insOid?: string }) => paint(() => connector.panel.open(named)),
    refresh: () => paint(() => connector.panel.refresh()),
    fetchAll: (generation: number) => connector.panel.fetchAll({ generation }),
    enter: (input: EnterInput) => paint(() => connector.access.enter(input)),
    tellExamAvoided: async (input: ExamAvoidedInput) => {
      await connector.panel.examAvoided(input)
      await client.invalidateQueries({ queryKey: [...panelKey, 'summary'] })
    },
    leave: (generation: number) => paint(() => connector.access.leave({ generation })),
    stay: (generation: number) => paint(() => connector.access.stay({ generation })),
    authorise: (input: AuthoriseInput) => paint(() => connector.access.authorise(input)),
    recordConsent: (input: ConsentInput) => paint(() => connector.access.recordConsent(input)),
    confirmInformation: () => paint(() => connector.access.confirmInformation()),
    close: async () => {
      await connector.panel.close()
      await client.invalidateQueries({ queryKey: panelKey })
    },
  }
}

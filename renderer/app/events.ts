import type { ConnectorEvent } from '#shared/contract/contract.ts'
import { connector, useLink } from './connection.ts'
import { callFailure } from './failure.ts'
import { queries } from './queries.ts'
import { toAskAgain } from './what-to-ask.ts'

/** Least time between two readings of the lists, in milliseconds: a bulk run must not spend itself on being watched. */
const listRest = 400

let listBusy = false
let listDue = false

/** Reads the lists again, at most one reading at a time, each followed by a rest as long as the reading was. */
async function askLists(): Promise<void> {
  listDue = true
  if (listBusy) return
  listBusy = true
  while (listDue) {
    listDue = false
    // A reading already under way may be older than the event: it ends first, then everything is read again.
    while (queries.isFetching({ queryKey: ['items'] }) > 0) await rest(20)
    const before = performance.now()
    await queries.invalidateQueries({ queryKey: ['items'] })
    await rest(Math.max(listRest, performance.now() - before))
  }
  listBusy = false
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Parts of the panel being asked again, and whether more was told of them meanwhile. */
const underWay = new Map<string, { due: boolean }>()

/** Asks a part of the panel again; one that is being asked, once more when its answer is in: cancelled at each event, no answer would ever be painted. */
async function askPart(...queryKey: readonly string[]): Promise<void> {
  const name = queryKey.join(' ')
  const asked = underWay.get(name)
  if (asked) {
    asked.due = true
    return
  }
  const asking = { due: true }
  underWay.set(name, asking)
  while (asking.due) {
    asking.due = false
    // The panel brings its summary and its check of medicines with it.
    await queries.invalidateQueries({ queryKey, exact: name === 'panel' })
  }
  underWay.delete(name)
}

function askAgain(what: ConnectorEvent['topic'] | 'all'): void {
  if (what === 'all' || what === 'status') void queries.invalidateQueries({ queryKey: ['status'] })
  // On a new link nothing of the former one is waited for.
  if (what === 'all') void queries.invalidateQueries({ queryKey: ['panel'] })
  if (what === 'panel') for (const part of [['panel'], ['panel', 'search']]) void askPart(...part)
  if (what === 'summary') for (const part of ['summary', 'medicines']) void askPart('panel', part)
  if (what === 'all' || what === 'sheets') void queries.invalidateQueries({ queryKey: ['sheets'] })
  if (what === 'all' || what === 'sign-in') void queries.invalidateQueries({ queryKey: ['sign-in'] })
  if (what === 'all' || what === 'panel' || what === 'sign-in') void queries.invalidateQueries({ queryKey: ['way'] })
  if (what === 'all' || what === 'items') void askLists()
  // What could not be asked while the link was down is asked again; what was refused, by an act alone.
  if (what === 'all') void queries.invalidateQueries({ predicate: ({ state }) => state.error !== null && callFailure(state.error).code === 'connector-stopped' })
}

async function follow(epoch: number): Promise<void> {
  let last: number | null = null
  while (useLink.getState().epoch === epoch && useLink.getState().state === 'open') {
    try {
      for await (const event of await connector.status.events()) {
        if (useLink.getState().epoch !== epoch) return
        askAgain(toAskAgain(last, event))
        last = event.sequence
      }
    } catch {
      // The stream ended with its link, or the connector refused it: the loop's condition tells which.
    }
    last = null
    await rest(1000)
  }
}

/** Follows the connector's events for the life of the page, across reconnections; on each new link everything is asked again. */
export function followEvents(): void {
  let followed = 0
  const start = ({ state, epoch }: { state: string; epoch: number }) => {
    if (state !== 'open' || epoch === followed) return
    followed = epoch
    if (epoch > 1) askAgain('all')
    void follow(epoch)
  }
  useLink.subscribe(start)
  start(useLink.getState())
}

import type { Page } from '@playwright/test'
import type { MyRecord, MyRecords } from '#shared/contract/my-records.ts'
import type { World } from './fixture-connector.ts'
import type { WindowState } from './states.ts'
import { ago, marie, panelWith, paul } from './world.ts'

const daysAgo = (days: number) => ago(60 * 24 * days).slice(0, 10)

/** One invented patient of the list. */
export function myRecord(changes: Partial<MyRecord> = {}): MyRecord {
  const { ins, insOid, birthName, givenName, usedName, birthDate } = marie
  return { ins: ins ?? '', insOid: insOid ?? '', birthName, givenName, usedName, birthDate, identity: 'qualified', isTreatingDoctor: true, lastAccessAt: daysAgo(12), lastAddAt: daysAgo(1), sinceMyAccess: 'added', wordAgainst: null, ...changes }
}

/** A patient of the list by their rank, all of them apart. */
const other = (rank: number, changes: Partial<MyRecord> = {}) => myRecord({ ins: `1800675${String(rank).padStart(6, '0')}21`, birthName: 'Bernard', givenName: `Ali ${rank}`, usedName: null, birthDate: '1980-06-03', isTreatingDoctor: false, ...changes })

/** One of each kind that a list may hold, as the connector would give it. */
export function someRecords(): MyRecords {
  const { ins: paulIns, ...named } = paul
  return {
    askedAt: ago(3),
    records: [
      myRecord(),
      other(1, { birthName: named.birthName, givenName: named.givenName, ins: paulIns ?? '', lastAccessAt: daysAgo(2), lastAddAt: daysAgo(2), sinceMyAccess: 'same-day' }),
      other(2, { birthName: 'Chevalier de Saint-Ange-La-Rochefoucauld-Montbel', givenName: 'Marie-Antoinette', usedName: 'Nguyen-Petitjean', lastAccessAt: daysAgo(1), lastAddAt: daysAgo(3), sinceMyAccess: 'nothing' }),
      other(6, { birthName: 'Caron', givenName: 'Inès', lastAccessAt: daysAgo(20), lastAddAt: daysAgo(3), sinceMyAccess: 'deposit-day' }),
      other(3, { birthName: '', givenName: '', birthDate: null, identity: null, lastAccessAt: null, lastAddAt: daysAgo(4), sinceMyAccess: 'not-told' }),
      other(4, { birthName: 'Abadie', givenName: 'Jean', identity: 'not-qualified', lastAccessAt: daysAgo(30), lastAddAt: daysAgo(5) }),
      other(5, { birthName: 'Belle', givenName: 'Zoé', lastAccessAt: null, lastAddAt: null, sinceMyAccess: 'not-told', wordAgainst: 'consultation-refused' }),
    ],
  }
}

/** A year of a busy practice. */
export function manyRecords(count: number): MyRecords {
  return { askedAt: ago(3), records: Array.from({ length: count }, (_, rank) => other(rank, { lastAddAt: daysAgo(Math.floor(rank / 4)), sinceMyAccess: rank % 3 === 0 ? 'added' : 'nothing' })) }
}

/** Nobody is open. */
export function nobodyOpen(world: World): void {
  world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
}
export const askMyRecords = async (page: Page) => {
  await page.getByTestId('ask-my-records').click()
}
const kind = (name: string) => `[data-testid="my-records"][data-kind="${name}"]`
const asked = (name: string, answer: World['myRecords'], shows: string, more: Partial<World> = {}): WindowState => ({
  name,
  window: 'panel',
  prepare: (world) => {
    nobodyOpen(world)
    Object.assign(world, { myRecords: answer, ...more })
  },
  act: askMyRecords,
  shows,
})
const notOffered = (name: string, stop: NonNullable<World['myRecordsOffer']['stop']>, act?: WindowState['act']): WindowState => ({
  name,
  window: 'panel',
  prepare: (world) => {
    nobodyOpen(world)
    world.myRecordsOffer = { by: [], ofStructure: false, stop }
  },
  ...(act && { act }),
  shows: act ? '[data-testid="reason"]' : kind('not-offered'),
})

/** Every state of the list of one's records, where no patient is open. */
export const myRecordsStates: readonly WindowState[] = [
  asked('panel-my-records', someRecords(), '[data-testid="my-record"]'),
  asked('panel-my-records-many', manyRecords(640), '[data-testid="more-my-records"]'),
  asked('panel-my-records-empty', { askedAt: ago(3), records: [] }, '[data-testid="my-records-empty"]'),
  asked('panel-my-records-failed', 'record-unreachable', kind('failed')),
  asked('panel-my-records-loading', someRecords(), `${kind('loading')} .skeleton`, { held: { 'myRecords.list': new Promise(() => {}) } }),
  asked('panel-my-records-of-structure', someRecords(), '[data-testid="my-record"]', { myRecordsOffer: { by: ['last-authorisation'], ofStructure: true, stop: null } }),
  notOffered('panel-my-records-no-card', 'card-absent'),
  notOffered('panel-my-records-over-fhir', 'act-not-in-fhir', async (page) => {
    await page.getByTestId('why-not-my-records').click()
  }),
]

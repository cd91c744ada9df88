import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { WhoSpeaks } from '#shared/contract/sign-in.ts'
import type { World } from './fixture-connector.ts'
import type { WindowState } from './states.ts'
import { cabinet, failing, item, panelWith, petit, recordDocuments, someItems, speaking, statusOf } from './world.ts'

const clinic = { structure: '1750803454', name: 'Clinique Saint-Vincent-de-Paul, consultations externes', sector: 'SA01' }
const secretary = { id: '3750803447/0007', name: 'Nadia MODÈLE-LENOIR' }
const asked = [petit, { id: '899900000219', name: 'Dr Karim BELHADJ-ROUSSEL' }, { id: '899900000342', name: 'Mme Solène LE GUILLOUX' }]
const stopped = (mode: WhoSpeaks['mode'], reason: ReasonCode, action: WhoSpeaks['action'], change: Partial<WhoSpeaks> = {}): WhoSpeaks =>
  speaking({ mode, state: 'stopped', reason, action, speaker: null, holder: mode === 'card' ? { id: petit.id, name: 'Claire PETIT' } : null, ...change })
const soon = () => new Date(Date.now() + 3 * 3_600_000).toISOString()
const later = 'https://connexion.example/approve'

/** How the sign-in can stand, by name: every state of the contract. */
export const standings: Readonly<Record<string, () => WhoSpeaks>> = {
  'card-absent': () => stopped('card', 'card-absent', 'insert-card', { holder: null }),
  'card-pin-needed': () => stopped('card', 'card-pin-needed', 'give-pin', { pin: 'ok' }),
  'card-pin-wrong': () => stopped('card', 'card-pin-wrong', 'give-pin', { pin: 'few-tries-left' }),
  'card-pin-last': () => stopped('card', 'card-pin-wrong', 'give-pin', { pin: 'last-try' }),
  'card-pin-locked': () => stopped('card', 'card-pin-locked', 'repair', { pin: 'locked' }),
  'card-removed': () => stopped('card', 'card-removed', 'insert-card', { holder: null }),
  'card-unreadable': () => stopped('card', 'card-unreadable', 'repair', { holder: null }),
  'card-link-failed': () => stopped('card', 'card-link-failed', 'repair', { pin: 'ok' }),
  'card-library-silent': () => stopped('card', 'card-library-silent', 'repair', { holder: null }),
  'card-library-missing': () => stopped('card', 'card-library-missing', 'repair', { holder: null }),
  'certificate-expired': () => stopped('card', 'certificate-expired', 'repair', { pin: 'ok' }),
  'situation-to-choose': () => stopped('card', 'situation-to-choose', 'choose', { pin: 'ok', situations: [cabinet, clinic] }),
  'card-of-nobody-here': () => speaking({ mode: 'card', speaker: null, holder: { id: '899900000999', name: 'Ali BERNARD' }, pin: 'ok' }),
  'card-speaks': () => speaking({ mode: 'card', holder: petit, pin: 'ok', situations: [cabinet, clinic], chosen: cabinet.structure }),
  'sign-in-needed': () => stopped('pro-sante-connect', 'sign-in-needed', 'start'),
  'sign-in-by-phone': () => stopped('pro-sante-connect', 'sign-in-needed', 'start', { mayBeAsked: asked }),
  'sign-in-browser': () => stopped('pro-sante-connect', 'sign-in-pending', 'approve', { state: 'pending', approval: { page: later, words: null } }),
  'sign-in-phone': () => stopped('pro-sante-connect', 'sign-in-pending', 'approve', { state: 'pending', approval: { page: null, words: '47 CERISIER' }, mayBeAsked: asked }),
  'sign-in-expired': () => stopped('pro-sante-connect', 'sign-in-expired', 'start'),
  'sign-in-denied': () => stopped('pro-sante-connect', 'sign-in-denied', 'start'),
  'sign-in-unreachable': () => stopped('pro-sante-connect', 'sign-in-unreachable', 'start'),
  'sign-in-speaks': () => speaking({ mode: 'pro-sante-connect', holder: petit, until: soon(), situations: [cabinet], chosen: cabinet.structure }),
  'card-of-another-structure': () => stopped('card', 'card-of-another-structure', 'insert-card', { pin: 'ok', holder: secretary }),
  'staff-card': () => speaking({ mode: 'card', holder: secretary, pin: 'ok', situations: [cabinet, clinic], chosen: cabinet.structure, speaker: { professional: null, staff: secretary, structure: cabinet } }),
  'structure-only': () => speaking({ speaker: { professional: null, structure: cabinet } }),
  certificates: () => speaking(),
}

const card = '[data-testid="sign-in-card"]'
const line = '[data-testid="speaker"]'

/** A patient opened while the sign-in stands so: nothing of their record could be read. */
function unread(name: string): (world: World) => void {
  return (world) => {
    world.signIn = standings[name]!()
    world.panel = panelWith({ standing: null, documents: [], loadedAt: null, failure: failing(world.signIn.reason ?? 'card-of-another') })
  }
}

const inPlace = Object.keys(standings).filter((name) => standings[name]!().speaker === null)
const fromLine = ['card-speaks', 'sign-in-speaks', 'staff-card', 'structure-only', 'certificates']

/** Every state of the sign-in, where a person meets it. */
export const signInStates: readonly WindowState[] = [
  ...inPlace.map((name): WindowState => ({ name: `panel-${name}`, window: 'panel', prepare: unread(name), shows: card })),
  ...fromLine.map((name): WindowState => ({
    name: `panel-line-${name}`,
    window: 'panel',
    prepare: (world) => {
      world.signIn = standings[name]!()
      world.panel = panelWith({ documents: recordDocuments(6) })
    },
    act: (page) => page.locator(line).click(),
    shows: card,
  })),
  {
    name: 'panel-staff-card',
    window: 'panel',
    prepare: (world) => {
      world.signIn = standings['staff-card']!()
      world.panel = panelWith({ documents: [], loadedAt: null, failure: failing('staff-card-deposits-only') })
    },
    shows: '[data-testid="scene-reason"][data-code="staff-card-deposits-only"]',
  },
  {
    name: 'panel-sign-in-clock-off',
    window: 'panel',
    prepare: (world) => {
      unread('sign-in-unreachable')(world)
      world.status = statusOf(world.items, { clockOffsetSeconds: 7200 })
    },
    shows: `${card}[data-code="clock-wrong"]`,
  },
  {
    name: 'panel-no-patient-sign-in-needed',
    window: 'panel',
    prepare: (world) => {
      world.signIn = standings['sign-in-needed']!()
      world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
    },
    shows: line,
  },
  ...(['card-pin-needed', 'card-absent', 'sign-in-by-phone'] as const).map((name): WindowState => ({
    name: `sync-waits-${name}`,
    window: 'sync',
    prepare: (world) => {
      world.signIn = standings[name]!()
      world.items = [...Array.from({ length: 4 }, (_, number) => item(100 + number, 'waiting', { reason: name === 'sign-in-by-phone' ? 'sign-in-needed' : name, waitingFor: 'session' })), ...someItems()]
      world.status = statusOf(world.items)
    },
    act: (page) => page.getByTestId('lead-to-sign-in').click(),
    shows: card,
  })),
]

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { globalState } from '#shared/contract/index.ts'
import type { GlobalState, StatusView } from '#shared/contract/index.ts'
import { notice, nothingSaid, quietSpan } from './notification-model.ts'
import type { NotificationMemory } from './notification-model.ts'
import { quitQuestion } from './quit-question.ts'
import type { ConnectorState, ShellView } from './shell-view.ts'
import { shellTexts } from './texts.ts'
import { trayModel } from './tray-model.ts'
import type { TrayLine } from './tray-model.ts'
import { windowTitle } from './window-title-model.ts'

const nothing = { received: 0, ready: 0, sending: 0, uncertain: 0, waiting: 0, parked: 0, deposited: 0, ignored: 0 }
const running: ConnectorState = { kind: 'running', attached: false }

function status(change: Partial<StatusView> = {}): StatusView {
  return {
    version: '1',
    schemaVersion: 1,
    state: 'idle',
    training: false,
    counts: nothing,
    total: 0,
    oldestSeconds: null,
    needsUser: [],
    circuit: { state: 'closed', reason: null, retryAt: null },
    storage: { state: 'ok', freeBytes: 9e9 },
    clockOffsetSeconds: null,
    restoredAt: null,
    paused: null,
    progress: null,
    sources: [],
    record: { name: 'DMP', url: 'https://127.0.0.1', ok: true },
    lastExchangeAt: null,
    practiceName: 'Cabinet des Tilleuls',
    examsAvoided: [],
    rulesRefused: [],
    ...change,
  }
}
const view = (change: Partial<StatusView> = {}, connector: ConnectorState = running): ShellView => ({ connector, status: status(change) })
const french = { ...shellTexts('fr'), time: (instant: string) => instant.slice(11, 16), shortcut: 'Ctrl+Alt+D' as string | null }
const flat = (lines: readonly TrayLine[]): TrayLine[] => lines.flatMap((line) => (line.kind === 'submenu' ? [line, ...flat(line.lines)] : [line]))
const wordings = (model: ReturnType<typeof trayModel>): string[] => [model.tooltip, ...flat(model.lines).flatMap((line) => (line.kind === 'separator' ? [] : [line.text]))]

describe('the tray', () => {
  test.each<[GlobalState, Partial<StatusView>, string]>([
    ['locked', {}, 'Base verrouillée'],
    ['setup', {}, 'Configuration à terminer'],
    ['offline', {}, 'Hors ligne'],
    ['offline', { counts: { ...nothing, waiting: 3, ready: 1 } }, 'Hors ligne, 4 envois en attente'],
    ['offline', { counts: { ...nothing, received: 1 } }, 'Hors ligne, 1 envoi en attente'],
    ['offline', { counts: { ...nothing, waiting: 5, ready: 1, parked: 2 }, needsUser: [{ reason: 'patient-unknown', count: 4 }, { reason: 'pdf-truncated', count: 2 }] }, 'Hors ligne, 2 envois en attente · 6 documents attendent une action'],
    ['offline', { counts: { ...nothing, waiting: 1 }, needsUser: [{ reason: 'patient-unknown', count: 1 }] }, 'Hors ligne · 1 document attend une action'],
    ['needs-user', { needsUser: [{ reason: 'patient-unknown', count: 2 }, { reason: 'type-unknown', count: 1 }] }, '3 documents attendent une action'],
    ['error', { counts: { ...nothing, parked: 1 } }, '1 envoi refusé'],
    ['paused', { paused: { until: null } }, 'Envois suspendus'],
    ['paused', { paused: { until: '2026-11-21T14:00:00Z' } }, 'Suspendu jusqu’à 14:00'],
    ['sending', { progress: { done: 12, total: 40 } }, 'Envoi 12 sur 40'],
    ['sending', {}, 'Envoi en cours'],
    ['idle', { lastExchangeAt: '2026-11-21T09:42:00Z' }, 'À jour, dernier échange 09:42'],
    ['idle', {}, 'À jour'],
  ])('%s %j says: %s', (state, change, sentence) => {
    const model = trayModel(view({ state, ...change }), french)
    expect(model.icon).toBe(state)
    expect(model.tooltip).toBe(`Relais · ${sentence}`)
    expect(model.lines[0]).toEqual({ kind: 'sentence', text: sentence })
  })

  test.each<[Partial<StatusView>, GlobalState, string]>([
    [{ storage: { state: 'low', freeBytes: 4e8 }, lastExchangeAt: '2026-11-21T09:42:00Z' }, 'needs-user', 'Disque presque plein, réception en pause'],
    [{ storage: { state: 'full', freeBytes: 1e6 }, state: 'sending', progress: { done: 12, total: 40 } }, 'needs-user', 'Envoi 12 sur 40 · Disque plein, réception en pause'],
    [{ storage: { state: 'low', freeBytes: 4e8 }, state: 'offline' }, 'offline', 'Hors ligne · Disque presque plein, réception en pause'],
    [{ clockOffsetSeconds: -300 }, 'needs-user', 'Horloge de cet ordinateur à régler'],
    [{ clockOffsetSeconds: 200 }, 'idle', 'À jour'],
  ])('never looks well when the disk or the clock is not: %j', (change, icon, sentence) => {
    const model = trayModel(view(change), french)
    expect(model).toMatchObject({ icon, tooltip: `Relais · ${sentence}` })
    expect(model.lines[0]).toEqual({ kind: 'sentence', text: sentence })
    // What was known before the connector stopped is not told as if it still held.
    expect(trayModel(view(change, { kind: 'restarting' }), french).tooltip).not.toMatch(/Disque|Horloge/)
  })

  test.each<[ConnectorState, string, string]>([
    [{ kind: 'starting' }, 'setup', 'Démarrage…'],
    [{ kind: 'restarting' }, 'error', 'Relais redémarre son service, aucun document n’est perdu'],
    [{ kind: 'no-keystore' }, 'locked', 'Base verrouillée : ce poste ne peut ni lire ni garder sa clé'],
    [{ kind: 'no-answer' }, 'error', 'Le service de Relais ne répond pas, nouvel essai en cours'],
  ])('without a connector (%j) it shows %s: %s', (connector, icon, sentence) => {
    for (const known of [null, status({ state: 'sending' })]) {
      const model = trayModel({ connector, status: known }, french)
      expect(model).toMatchObject({ icon, tooltip: `Relais · ${sentence}` })
      expect(flat(model.lines).some((line) => line.kind === 'command' && (line.action.do === 'pause' || line.action.do === 'resume'))).toBe(false)
    }
  })

  test('offers to pause or to resume, never both', () => {
    const actions = (change: Partial<StatusView>) => flat(trayModel(view(change), french).lines).flatMap((line) => (line.kind === 'command' ? [line.action.do] : []))
    expect(actions({})).toEqual(['open-panel', 'open-sync', 'pause', 'pause', 'pause', 'quit'])
    expect(actions({ paused: { until: null } })).toEqual(['open-panel', 'open-sync', 'resume', 'quit'])
  })

  test('the line of documents to look at is there only when there are some, always third of the commands', () => {
    const commands = flat(trayModel(view({ needsUser: [{ reason: 'type-unknown', count: 1 }] }), french).lines).filter((line) => line.kind === 'command')
    expect(commands[2]).toEqual({ kind: 'command', text: '1 document attend une action…', action: { do: 'open-sync', view: 'to-do' } })
  })

  test('says when it trains, and when the shortcut is not ours', () => {
    const model = trayModel(view({ training: true }), { ...french, shortcut: null })
    expect(model.tooltip).toBe('Relais · À jour · bac à sable\nLe raccourci Ctrl+Alt+D est pris par un autre programme.')
    expect(model.lines[1]).toEqual({ kind: 'sentence', text: 'Cabinet des Tilleuls · bac à sable' })
    expect(flat(model.lines)).not.toContainEqual(expect.objectContaining({ shortcut: expect.anything() }))
  })

  const anyStatus = fc.record({
    state: fc.constantFrom(...globalState.options),
    training: fc.boolean(),
    storage: fc.record({ state: fc.constantFrom('ok', 'low', 'full'), freeBytes: fc.nat() }),
    clockOffsetSeconds: fc.option(fc.integer({ min: -9000, max: 9000 })),
    counts: fc.record({ received: fc.nat(3), ready: fc.nat(3), sending: fc.nat(3), uncertain: fc.nat(3), waiting: fc.nat(3), parked: fc.nat(2_000_000), deposited: fc.nat(3), ignored: fc.nat(3) }),
    needsUser: fc.array(fc.record({ reason: fc.constant('type-unknown' as const), count: fc.nat(1_500_000) }), { maxLength: 2 }),
    paused: fc.option(fc.record({ until: fc.option(fc.constant('2026-11-21T14:00:00Z')) })),
    progress: fc.option(fc.record({ done: fc.nat(9), total: fc.nat(9) })),
    lastExchangeAt: fc.option(fc.constant('2026-11-21T09:42:00Z')),
  })
  const anyConnector = fc.constantFrom<ConnectorState>({ kind: 'starting' }, running, { kind: 'running', attached: true }, { kind: 'restarting' }, { kind: 'no-answer' }, { kind: 'no-keystore' })

  test.each(['fr', 'en'] as const)('every text of every view exists in %s: no key is ever shown', (language) => {
    const words = { ...shellTexts(language), shortcut: null }
    fc.assert(
      fc.property(anyStatus, anyConnector, (change, connector) => {
        const shown = view(change, connector)
        const question = quitQuestion(shown, words.translate)
        const notification = notice(nothingSaid, shown, 0, words.translate).notice
        const texts = [
          ...wordings(trayModel(shown, words)),
          ...(['panel', 'sync', 'viewer'] as const).map((window) => windowTitle(window, shown, words.translate)),
          ...(question === null ? [] : Object.values(question)),
          ...(notification === null ? [] : Object.values(notification)),
        ]
        for (const text of texts) expect(text).not.toMatch(/\b(tray|shell)\.|\{\{|^$/)
      }),
    )
  })
})

describe('notifications', () => {
  const say = (memory: NotificationMemory, change: Partial<StatusView>, now: number) => notice(memory, view(change), now, french.translate)
  const toDo = (count: number): Partial<StatusView> => ({ needsUser: [{ reason: 'patient-unknown', count }] })

  test('speak of new work for a person, once', () => {
    const first = say(nothingSaid, toDo(2), 0)
    expect(first.notice).toEqual({ title: 'Relais', body: '2 documents attendent une action de votre part.' })
    expect(say(first.memory, toDo(2), quietSpan * 5).notice).toBeNull()
    expect(say(first.memory, toDo(3), quietSpan).notice?.body).toContain('3 documents')
  })

  test('what is held back by the quiet span is said after it, if it still holds', () => {
    const first = say(nothingSaid, toDo(1), 0)
    const held = say(first.memory, { ...toDo(1), counts: { ...nothing, parked: 2 } }, 1000)
    expect(held.notice).toBeNull()
    expect(say(held.memory, { ...toDo(1), counts: { ...nothing, parked: 2 } }, quietSpan).notice?.body).toContain('2 documents n’ont pas pu partir')
    expect(say(held.memory, toDo(1), quietSpan).notice).toBeNull()
  })

  test('never about success, rest, or being offline', () => {
    for (const state of ['idle', 'sending', 'paused', 'offline', 'setup'] as const) expect(say(nothingSaid, { state, counts: { ...nothing, deposited: 9, waiting: 4 } }, 0).notice).toBeNull()
  })

  test('tell that the disk stops documents from coming in: once, and again if it comes back', () => {
    const low: Partial<StatusView> = { storage: { state: 'low', freeBytes: 4e8 } }
    const first = say(nothingSaid, low, 0)
    expect(first.notice?.body).toContain('plus assez de place')
    expect(say(first.memory, { storage: { state: 'full', freeBytes: 0 } }, quietSpan * 2).notice).toBeNull()
    const mended = say(first.memory, {}, quietSpan * 3)
    expect(mended.notice).toBeNull()
    expect(say(mended.memory, low, quietSpan * 4).notice).not.toBeNull()
  })

  test('two of them are never closer than the quiet span', () => {
    const steps = fc.array(fc.record({ after: fc.nat(900_000), count: fc.nat(5), parked: fc.nat(5), locked: fc.boolean() }), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (given) => {
        let memory = nothingSaid
        let now = 1_000_000
        let last = Number.NEGATIVE_INFINITY
        for (const step of given) {
          now += step.after
          const next = say(memory, { ...toDo(step.count), counts: { ...nothing, parked: step.parked }, state: step.locked ? 'locked' : 'idle' }, now)
          memory = next.memory
          if (next.notice !== null) {
            expect(now - last).toBeGreaterThanOrEqual(quietSpan)
            last = now
          }
        }
      }),
    )
  })
})

describe('quitting', () => {
  test('asks and says what remains', () => {
    expect(quitQuestion(view({ counts: { ...nothing, sending: 2, waiting: 1, deposited: 50 } }), french.translate)).toEqual({
      message: '3 documents ne sont pas encore envoyés. Ils partiront au prochain démarrage.',
      detail: '2 sont en cours d’envoi et seront vérifiés. Rien n’est perdu.',
      quit: 'Quitter',
      stay: 'Rester',
    })
  })

  test('is silent when nothing goes by itself, or when the connector goes on without the shell', () => {
    expect(quitQuestion(view({ counts: { ...nothing, parked: 3, deposited: 4, ignored: 5 }, needsUser: [{ reason: 'pdf-truncated', count: 3 }] }), french.translate)).toBeNull()
    // What waits for somebody will not go at the next start.
    const needsUser: StatusView['needsUser'] = [{ reason: 'patient-unknown', count: 2 }]
    expect(quitQuestion(view({ counts: { ...nothing, waiting: 2 }, needsUser }), french.translate)).toBeNull()
    expect(quitQuestion(view({ counts: { ...nothing, waiting: 3 }, needsUser }), french.translate)?.message).toMatch(/^1 document /)
    expect(quitQuestion({ connector: { kind: 'starting' }, status: null }, french.translate)).toBeNull()
    expect(quitQuestion(view({ counts: { ...nothing, ready: 3 } }, { kind: 'running', attached: true }), french.translate)).toBeNull()
  })
})

test('window titles tell the work and the training, never a patient', () => {
  expect(windowTitle('panel', { connector: running, status: null }, french.translate)).toBe('Volet patient · Relais')
  expect(windowTitle('sync', view({ training: true, needsUser: [{ reason: 'type-unknown', count: 2 }] }), french.translate)).toBe('Envois et réceptions (2 à traiter) · bac à sable · Relais')
})

import { expect, it } from 'vitest'
import { cardProblem, signInState, type CardFacts, type ConnectFacts } from './sign-in-state.ts'

const now = Date.UTC(2026, 10, 21)
const owner = { id: '899900000012', name: 'Alix GENERIQUE', isStaff: false, validFrom: now - 1, validTo: now + 1 }
const good: CardFacts = { library: 'there', card: { serial: 'A', pin: 'ok' }, identity: owner, session: 'A', wrongPin: false, link: true }
const situations = [{ structure: '1', name: 'un', sector: 'SA07' }, { structure: '2', name: 'deux', sector: 'SA07' }]

it.each([
  ['nothing is wrong', {}, null, 'none'],
  ['the library is not installed', { library: 'missing', card: null }, 'card-library-missing', 'repair'],
  ['the library does not answer', { library: 'silent', card: null, identity: null, link: false }, 'card-library-silent', 'repair'],
  ['no card was ever there', { card: null, identity: null, session: null, link: false }, 'card-absent', 'insert-card'],
  ['the card of a session is out', { card: null, link: false }, 'card-removed', 'insert-card'],
  ['it is some other card', { identity: null, session: null, link: false }, 'card-unreadable', 'repair'],
  ['its certificates are over', { identity: { ...owner, validTo: now }, session: null, link: false }, 'certificate-expired', 'repair'],
  ['its certificates are not valid yet', { identity: { ...owner, validFrom: now + 1 } }, 'certificate-expired', 'repair'],
  ['no PIN was given', { session: null, link: false }, 'card-pin-needed', 'give-pin'],
  ['the session is of another card', { session: 'B', link: false }, 'card-pin-needed', 'give-pin'],
  ['the PIN was wrong', { session: null, wrongPin: true, link: false }, 'card-pin-wrong', 'give-pin'],
  ['the card locked itself', { card: { serial: 'A', pin: 'locked' }, session: null, wrongPin: true, link: false }, 'card-pin-locked', 'repair'],
  ['the front does not run', { link: false }, 'card-link-failed', 'repair'],
] as const)('when %s, one reason and one action', (_, more, reason, action) => {
  const view = signInState({ mode: 'card', ...good, ...more, situations, chosen: '1' }, now)
  expect(view).toMatchObject({ reason, action, state: reason === null ? 'ready' : 'stopped' })
  expect(cardProblem({ ...good, ...more }, now)).toBe(reason)
})

it('a card that may send still asks for the situation before it reads', () => {
  expect(cardProblem(good, now)).toBeNull()
  expect(signInState({ mode: 'card', ...good, situations, chosen: null }, now)).toMatchObject({ state: 'stopped', reason: 'situation-to-choose', action: 'choose', situations })
})

const signedIn: ConnectFacts = { holder: { id: '1', name: 'A' }, until: now + 1, pending: null, ended: null }

it.each([
  ['signed in', {}, 'ready', null, 'none'],
  ['never signed in', { holder: null, until: null }, 'stopped', 'sign-in-needed', 'start'],
  ['an approval is awaited', { holder: null, until: null, pending: { page: null, words: 'A1' } }, 'pending', 'sign-in-pending', 'approve'],
  ['the session is over', { until: now }, 'stopped', 'sign-in-expired', 'start'],
  ['it was refused', { holder: null, until: null, ended: 'sign-in-denied' }, 'stopped', 'sign-in-denied', 'start'],
] as const)('with Pro Santé Connect, %s', (_, more, state, reason, action) => {
  const view = signInState({ mode: 'pro-sante-connect', ...signedIn, ...more, situations, chosen: '1' }, now)
  expect(view).toMatchObject({ state, reason, action, until: state === 'ready' ? new Date(now + 1).toISOString() : null })
  expect(view.approval).toEqual(state === 'pending' ? { page: null, words: 'A1' } : null)
})

it('a staff card of none of the practice’s structures says so, where a professional would choose', () => {
  const of = (isStaff: boolean) => signInState({ mode: 'card', ...good, identity: { ...owner, isStaff }, situations: [], chosen: null }, now)
  expect(of(true)).toMatchObject({ state: 'stopped', reason: 'card-of-another-structure', action: 'insert-card' })
  expect(of(false)).toMatchObject({ reason: 'situation-to-choose' })
  expect(signInState({ mode: 'card', ...good, identity: { ...owner, isStaff: true }, situations, chosen: '1' }, now)).toMatchObject({ state: 'ready', chosen: '1' })
})

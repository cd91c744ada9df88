import { describe, expect, it } from 'vitest'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { WhoSpeaks } from '#shared/contract/sign-in.ts'
import { signInScene, standsInPlace, type SignInAct, type SignInScene } from './sign-in-scene.ts'

const structure = { structure: '1750803447', name: 'Cabinet du Port', sector: 'SA07' }
const doctor = { id: '899900000012', name: 'Dr Claire PETIT' }
const base: WhoSpeaks = { mode: 'card', state: 'ready', reason: null, action: 'none', holder: null, situations: [], chosen: null, pin: null, until: null, approval: null, speaker: null, mayBeAsked: [], information: { due: false, version: 1 } }
const stopped = (mode: WhoSpeaks['mode'], reason: ReasonCode, action: WhoSpeaks['action']): WhoSpeaks => ({ ...base, mode, state: 'stopped', reason, action })

describe('signInScene', () => {
  it.each<[string, WhoSpeaks, Partial<SignInScene>]>([
    ['a professional reads', { ...base, speaker: { professional: doctor, structure } }, { kind: 'speaks', code: null, act: 'none', tone: 'good' }],
    ['the structure alone', { ...base, mode: 'certificates', speaker: { professional: null, structure } }, { kind: 'deposits-only', code: 'reading-needs-professional', act: 'none' }],
    ['a secretary by her CPE', { ...base, speaker: { professional: null, staff: { id: '3750803447/0007', name: 'Nadia MODELE' }, structure } }, { kind: 'deposits-only', code: 'staff-card-deposits-only', act: 'none', tone: 'quiet' }],
    ['a CPE of another structure', stopped('card', 'card-of-another-structure', 'insert-card'), { kind: 'stopped', code: 'card-of-another-structure', act: 'insert-card', tone: 'caution' }],
    ['a good card of nobody of the practice', base, { kind: 'stopped', code: 'sign-in-of-another', act: 'insert-card' }],
    ['no card', stopped('card', 'card-absent', 'insert-card'), { kind: 'stopped', act: 'insert-card', tone: 'quiet' }],
    ['the card pulled out in the middle', stopped('card', 'card-removed', 'insert-card'), { kind: 'stopped', act: 'insert-card', tone: 'caution' }],
    ['a PIN wanted', stopped('card', 'card-pin-needed', 'give-pin'), { act: 'give-pin', tone: 'quiet' }],
    ['a PIN refused', stopped('card', 'card-pin-wrong', 'give-pin'), { act: 'give-pin', tone: 'caution' }],
    ['a card that locked itself', stopped('card', 'card-pin-locked', 'repair'), { code: 'card-pin-locked', act: 'look-again' }],
    ['an expired certificate', stopped('card', 'certificate-expired', 'repair'), { code: 'certificate-expired', act: 'look-again' }],
    ['no library', stopped('card', 'card-library-missing', 'repair'), { code: 'card-library-missing', act: 'look-again' }],
    ['several situations', stopped('card', 'situation-to-choose', 'choose'), { act: 'choose', tone: 'quiet' }],
    ['nobody signed in', stopped('pro-sante-connect', 'sign-in-needed', 'start'), { act: 'start', tone: 'quiet' }],
    ['a session over', stopped('pro-sante-connect', 'sign-in-expired', 'start'), { act: 'start', tone: 'caution' }],
    ['a browser opened', { ...stopped('pro-sante-connect', 'sign-in-pending', 'approve'), state: 'pending', approval: { page: 'https://service.example/', words: null } }, { kind: 'awaited', act: 'open-page' }],
    ['a phone asked', { ...stopped('pro-sante-connect', 'sign-in-pending', 'approve'), state: 'pending', approval: { page: null, words: 'A1' } }, { kind: 'awaited', act: 'answer-phone' }],
  ])('%s', (_, who, scene) => {
    expect(signInScene(who, false)).toMatchObject(scene)
  })

  it.each<[ReasonCode, WhoSpeaks['action'], SignInAct, ReasonCode]>([
    ['certificate-expired', 'repair', 'look-again', 'clock-wrong'],
    ['sign-in-unreachable', 'start', 'start', 'clock-wrong'],
    ['card-pin-needed', 'give-pin', 'give-pin', 'card-pin-needed'],
  ])('with a clock that is off, %s: blames it only for what it can break, and keeps the act', (reason, action, act, code) => {
    expect(signInScene(stopped('card', reason, action), true)).toMatchObject({ code, act })
  })
})

describe('standsInPlace', () => {
  it.each<[ReasonCode, WhoSpeaks, boolean]>([
    ['sign-in-needed', stopped('pro-sante-connect', 'sign-in-needed', 'start'), true],
    ['card-absent', stopped('card', 'card-pin-needed', 'give-pin'), true],
    ['certificate-expired', stopped('card', 'certificate-expired', 'repair'), true],
    ['certificate-expired', stopped('certificates', 'certificate-expired', 'none'), false],
    ['record-unreachable', stopped('card', 'card-absent', 'insert-card'), false],
    // Signed in since: the reading that failed is what is shown.
    ['sign-in-needed', { ...base, speaker: { professional: doctor, structure } }, false],
    ['card-of-another', base, true],
  ])('%s', (code, who, stands) => {
    expect(standsInPlace(code, who)).toBe(stands)
  })
})

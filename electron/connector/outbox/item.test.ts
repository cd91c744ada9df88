import { expect, it } from 'vitest'
import { authorIdOf, mayBeAuthored, mayBeTyped, typeCodeOf } from './item.ts'

const typed = (said: string | undefined, chosen: string | null) => typeCodeOf({ hints: JSON.stringify({ typeCode: said }), chosen_type: chosen })

it('takes the type its source says where the record takes it, whatever a person chose before', () => {
  expect(typed('57833-6', null)).toBe('57833-6')
  expect(typed(' 57833-6 ', '11488-4')).toBe('57833-6')
})

it('takes the one a person chose where its source says none, or none the record takes', () => {
  for (const said of [undefined, '', ' ', '51851-4', 'toString']) expect(typed(said, '11488-4'), said).toBe('11488-4')
})

it('guesses nothing where neither says one', () => {
  expect(typed(undefined, null)).toBeNull()
  expect(typed('51851-4', null)).toBe('51851-4')
})

it('has a type to be said only parked for want of one, and never sent', () => {
  const parked = { state: 'parked', reason: 'type-unknown', attempts: 0, doubts: 0, hints: '{}', chosen_type: null } as const
  expect([parked, { ...parked, reason: 'type-not-accepted' as const }].map(mayBeTyped)).toEqual([true, true])
  expect([{ ...parked, attempts: 1 }, { ...parked, reason: 'author-missing' as const }, { ...parked, reason: null }, { ...parked, state: 'received' as const }].map(mayBeTyped)).toEqual([false, false, false, false])
})

it('has a type to be said otherwise as long as a person said it, no source since, and nothing left', () => {
  const ready = { state: 'ready', reason: null, attempts: 0, doubts: 0, hints: '{"typeCode":"51851-4"}', chosen_type: '11488-4' } as const
  expect([ready, { ...ready, state: 'waiting' as const }, { ...ready, state: 'parked' as const, reason: 'patient-opposed' as const }].map(mayBeTyped)).toEqual([true, true, true])
  expect([{ ...ready, attempts: 1 }, { ...ready, state: 'sending' as const }, { ...ready, state: 'ignored' as const }, { ...ready, hints: '{"typeCode":" 57833-6 "}' }].map(mayBeTyped)).toEqual([false, false, false, false])
})

it('takes the author its source says, whoever a person chose before, and that one where it says nobody', () => {
  const authored = (said: string | undefined, chosen: string | null) => authorIdOf({ hints: JSON.stringify({ authorId: said }), chosen_author: chosen })
  expect([authored('899900000012', '899900000013'), authored(undefined, '899900000013'), authored('10009999999', '899900000013'), authored(undefined, null)]).toEqual(['899900000012', '899900000013', '10009999999', null])
})

it('has an author to be said only parked for want of one, or with one a person said, and never sent', () => {
  const parked = { state: 'parked', reason: 'author-missing', attempts: 0, doubts: 0, hints: '{}', chosen_author: null, chosen_place: null } as const
  expect(mayBeAuthored(parked)).toBe(true)
  expect([{ ...parked, attempts: 1 }, { ...parked, reason: 'author-not-ours' as const }, { ...parked, reason: null }, { ...parked, state: 'received' as const }].map(mayBeAuthored)).toEqual([false, false, false, false])
  const said = { ...parked, reason: 'author-not-ours', chosen_author: '899900000013' } as const
  expect([said, { ...said, state: 'ready' as const, reason: null }].map(mayBeAuthored)).toEqual([true, true])
  expect([{ ...said, attempts: 1 }, { ...said, hints: '{"authorId":"899900000012"}' }].map(mayBeAuthored)).toEqual([false, false])
})

it('has a place to be said where its author works at several, whether they are asked as they sign in or not, and otherwise until it leaves', () => {
  const unknown = { state: 'parked', reason: 'situation-unknown', attempts: 0, doubts: 0, hints: '{"authorId":"899900000012"}', chosen_author: null, chosen_place: null } as const
  const unsigned = { ...unknown, state: 'waiting', reason: 'situation-to-choose' } as const
  const said = { ...unknown, state: 'ready', reason: null, chosen_author: '899900000012', chosen_place: '499900000012001' } as const
  expect([unknown, unsigned, said, { ...said, state: 'parked' as const, reason: 'structure-refused' as const, attempts: 1 }].map(mayBeAuthored)).toEqual([true, true, true, true])
  expect([{ ...unsigned, reason: 'sign-in-needed' as const }, { ...unknown, attempts: 1 }, { ...said, attempts: 1 }].map(mayBeAuthored)).toEqual([false, false, false])
})

it('has both to be said otherwise once the record refused what a person said, never what may be in it', () => {
  const refused = { state: 'parked', reason: 'record-author-refused', attempts: 1, doubts: 0, hints: '{}', chosen_type: '11488-4', chosen_author: '899900000013', chosen_place: null } as const
  const both = (row: Parameters<typeof mayBeTyped>[0] & Parameters<typeof mayBeAuthored>[0]) => [mayBeTyped(row), mayBeAuthored(row)]
  expect([refused, { ...refused, reason: 'record-metadata-refused' as const }].map(both)).toEqual([[true, true], [true, true]])
  const not = [{ doubts: 1 }, { reason: 'record-closed' }, { reason: 'record-content-conflict' }, { state: 'waiting' }, { chosen_type: null, chosen_author: null }, { hints: '{"typeCode":"57833-6","authorId":"899900000012"}' }] as const
  for (const more of not) expect(both({ ...refused, ...more }), JSON.stringify(more)).toEqual([false, false])
})

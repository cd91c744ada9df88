import { expect, it } from 'vitest'
import { inForce, isInForce, ofStates, statesToAsk } from './document-states.ts'
import { documentExample } from './record-example.ts'

const document = (uniqueId: string, status: 'approved' | 'archived' | 'deprecated' | 'deleted', entry = status as string) => documentExample(uniqueId, { status, entryUuid: `urn:uuid:${entry}` })
const names = (found: ReturnType<typeof ofStates>) => found.map(({ uniqueId, status }) => `${uniqueId} ${status}`)

it('asks for no more than what is wanted, but where only the others tell what was replaced', () => {
  expect(statesToAsk(inForce)).toEqual(['approved'])
  expect(statesToAsk(['archived', 'deleted'])).toEqual(['archived', 'deleted'])
  expect(statesToAsk(['deprecated'])).toEqual(['approved', 'archived', 'deprecated', 'deleted'])
})

it.each([
  ['a former description of what is in force', [document('1', 'deprecated'), document('1', 'approved')], []],
  ['the same, whichever comes first', [document('1', 'approved'), document('1', 'deprecated')], []],
  ['a former description of what is archived', [document('1', 'deprecated'), document('1', 'archived')], ['1 archived']],
  ['what was replaced, once for all its descriptions', [document('1', 'deprecated', 'a'), document('1', 'deprecated', 'b'), document('2', 'approved')], ['1 deprecated']],
  ['what was deleted', [document('1', 'deleted'), document('2', 'approved')], ['1 deleted']],
])('takes for not in force, of %s, no more than it is', (_, found, expected) => {
  expect(names(ofStates(found, ['archived', 'deprecated', 'deleted']))).toEqual(expected)
})

it('hides no document that is there twice', () => {
  const found = [document('1', 'approved', 'a'), document('1', 'approved', 'b'), document('2', 'archived', 'c'), document('2', 'archived', 'd')]
  expect(names(ofStates(found, ['approved', 'archived']))).toEqual(['1 approved', '1 approved', '2 archived', '2 archived'])
})

it('knows the list of what is in force, however it is asked for', () => {
  expect([inForce, ['approved'] as const, ['archived'] as const, ['approved', 'archived'] as const].map(isInForce)).toEqual([true, true, false, false])
})

it('leaves out what was not asked for', () => {
  const found = [document('1', 'approved'), document('2', 'archived'), document('3', 'deprecated'), document('4', 'deleted')]
  expect(names(ofStates(found, inForce))).toEqual(['1 approved'])
  expect(names(ofStates(found, ['archived', 'approved']))).toEqual(['1 approved', '2 archived'])
})

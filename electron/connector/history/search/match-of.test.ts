import { expect, it } from 'vitest'
import { searchWords } from '#shared/text/search-words.ts'
import { matchOf } from './match-of.ts'

it('what was typed never speaks the language of the index', () => {
  expect(matchOf('aa', searchWords('"x" OR reading:"bb" NEAR(')[0]!)).toBe('reading : "aa" AND text : (" x ")')
  expect(matchOf('aa', { spellings: ['cœur', 'coeur'], isPrefix: true })).toBe('reading : "aa" AND text : ("cœur"* OR "coeur"*)')
})

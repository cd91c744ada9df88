import fc from 'fast-check'
import { expect, it } from 'vitest'
import { searchWords } from '#shared/text/search-words.ts'
import { markedParts } from './marked-parts.ts'

const marked = (text: string, typed: string) => markedParts(text, searchWords(typed)).map((part) => (part.marked ? `<${part.text}>` : part.text)).join('')

it('marks the words that were found and loses nothing', () => {
  expect(marked('Œdème, œdèmes ; oedeme', 'x oedeme')).toBe('<Œdème>, <œdèmes> ; <oedeme>')
  expect(marked('Rien', '')).toBe('Rien')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 5 }), (text, typed) => {
      expect(markedParts(text, searchWords(typed)).map((part) => part.text).join('')).toBe(text)
    }),
  )
})

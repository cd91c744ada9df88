import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readQueryValues } from './stored-query.ts'

it('reads back any list of quoted texts', () => {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (texts) => {
      expect(readQueryValues(`(${texts.map(quoted).join(',')})`)).toEqual(texts)
      expect(readQueryValues(quoted(texts[0] ?? ''))).toEqual([texts[0]])
    }),
  )
})

it.each(["('a'", "'a", "('a' 'b')", "('a',,'b')", 'a', "('a',b)"])('refuses %s', (text) => {
  expect(readQueryValues(text)).toBeNull()
})

it('reads numbers, blanks and nothing', () => {
  expect(readQueryValues("( 'a' , 'b' )")).toEqual(['a', 'b'])
  expect(readQueryValues('20')).toEqual(['20'])
  expect(readQueryValues('()')).toEqual([])
})

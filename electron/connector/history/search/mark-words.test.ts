import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchWords } from '#shared/text/search-words.ts'
import { markWords } from './mark-words.ts'

const marked = (text: string, typed: string) => markWords(text, searchWords(typed))?.map((part) => (part.marked ? `<${part.text}>` : part.text)).join('') ?? null

describe('the piece of a text that is shown', () => {
  it('marks whole words, whatever their accents and case, the last by its beginning', () => {
    expect(marked('Allergie à la PÉNICILLINE. Pénicillines évitées.', 'allergie penicil')).toBe('<Allergie> à la <PÉNICILLINE>. <Pénicillines> évitées.')
    expect(marked('Œdème du cœur', 'coeur oedeme')).toBe('<Œdème> du <cœur>')
  })

  it('marks no part of a word', () => {
    expect(marked('hypertension, tension', 'tension x')).toBe('hypertension, <tension>')
    expect(marked('hypertension', 'tension x')).toBeNull()
  })

  it('passes over what separates the letters of a word', () => {
    expect(marked('anti TPO : 12, T4 L 9', 'anti-TPO T4-L')).toBe('<anti TPO> : 12, <T4 L> 9')
  })

  it('is cut between words around the first one found', () => {
    const long = `${'mot '.repeat(100)}cible ${'suite '.repeat(100)}`
    const shown = marked(long, 'cible')!
    expect(shown).toMatch(/^(mot )+<cible>( suite)+$/)
    expect(shown.length).toBeLessThan(210)
  })

  it('is always a piece of the text, and markup stays text', () => {
    expect(marked('<script>alerte</script>', 'alerte')).toBe('<script><alerte></script>')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.string({ unit: 'grapheme', maxLength: 6 }), (text, typed) => {
        const parts = markWords(text, searchWords(typed))
        if (parts) expect(text).toContain(parts.map((part) => part.text).join(''))
      }),
    )
  })
})

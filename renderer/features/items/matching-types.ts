import type { TypeChoice } from '#shared/contract/items.ts'
import { plainLetters } from '#shared/text/normalise-name.ts'

/**
 * The types that have each word that was typed, in their label, their code or what a practice calls them (`calledOf`), whatever accents and case; `CR` is found as
 * "compte rendu" too. All of them when no word was typed.
 */
export function matchingTypes(choices: readonly TypeChoice[], typed: string, calledOf: (code: string) => string): TypeChoice[] {
  const words = wordsOf(typed)
  return choices.filter(({ code, label }) => {
    const said = wordsOf(`${label} ${calledOf(code)} ${code}`.replaceAll(/\bCR\b/g, 'CR compte rendu')).join(' ')
    return words.every((word) => said.includes(word))
  })
}

function wordsOf(text: string): string[] {
  return plainLetters(text).toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
}

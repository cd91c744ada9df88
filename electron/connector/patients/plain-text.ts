import { plainLetters } from '#shared/text/normalise-name.ts'

/** A text as it is searched: its letters plain, its layout evened out. */
export interface PlainText {
  /** In the case it stands in, its lines apart. Two words that a layout had glued to each other have `seam` between them. */
  readonly cased: string
  /** The same in upper case, every blank, seam and end of a line one blank: each character stands at the place it has in `cased`. */
  readonly upper: string
}

/** Stands where a change of case shows that two words were glued to each other; in a name like McDONALD nothing was. */
export const seam = '\u2060'

/** Plain letters, one kind of blank, dash and apostrophe; spaced letters together, glued words apart. */
export function plainText(text: string): PlainText {
  const letters = plainLetters(text.normalize('NFKC')).replaceAll(/\p{Cf}/gu, '').replaceAll(/[^\P{Cc}\s]/gu, ' ')
  const cased = lettersTogether(letters)
    .replaceAll(/(\p{Ll})(?=\p{Lu})|(\p{Lu}{2})(?=\p{Lu}\p{Ll})/gu, `$&${seam}`)
    .replaceAll(/[‐‑‒–—−]/g, '-')
    .replaceAll(/[’‘ʼ`´]/g, "'")
    // The characters that stand for what was found.
    .replaceAll(/[#@]/g, '*')
    .replaceAll(/\s+/g, (blanks) => (/[\n\r\f\v]/.test(blanks) ? '\n' : ' '))
  const blank = cased.replaceAll(/[\n\u2060]/g, ' ')
  const upper = blank.toUpperCase()
  return { cased, upper: upper.length === blank.length ? upper : Array.from({ length: blank.length }, (_, at) => upperOf(blank[at]!)).join('') }
}

function upperOf(letter: string): string {
  const upper = letter.toUpperCase()
  return upper.length === letter.length ? upper : letter
}

/** `P a t i e n t` as people set titles: six signs or more, three letters or more among them; wider blanks part its words. */
function lettersTogether(text: string): string {
  return text.replaceAll(/(?<!\S)\S(?:[^\S\n]{1,4}\S){5,}(?!\S)/g, (run) =>
    (run.match(/\p{L}/gu)?.length ?? 0) < 3 ? run : run.replaceAll(/[^\S\n]+/g, (blanks) => (blanks.length === 1 ? '' : ' ')),
  )
}

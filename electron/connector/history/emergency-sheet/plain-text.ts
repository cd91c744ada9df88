/** Characters that are not seen, or that turn the writing around: nobody's text needs them on paper, and they make one word pass for another. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu

/** A text of a document in one line, its lines parted by a stroke, without what is not seen; ended with an ellipsis where it is longer than `longest` characters. */
export function plainText(text: string, longest: number): string {
  const plain = text.trim().replaceAll(/\s*[\n\r]\s*/g, ' / ').replaceAll(/\s+/g, ' ').replaceAll(unseen, '').trim()
  const characters = Array.from(plain)
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('').trimEnd()}…` : plain
}

/** Whether a text read from outside is one `plainText` could have given. */
export function isPlainText(text: string): boolean {
  return text.search(unseen) === -1
}

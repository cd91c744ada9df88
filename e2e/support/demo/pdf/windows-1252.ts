const upper = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** Windows-1252 code of a character (PDF's WinAnsiEncoding). Throws for a character outside it: the documents are ours, so it is a slip. */
export function windows1252(character: string): number {
  const at = upper.indexOf(character)
  if (at >= 0) return 0x80 + at
  const code = character.codePointAt(0) ?? 0
  if (code >= 0x20 && code <= 0xff && !(code >= 0x7f && code < 0xa0)) return code
  throw new Error(`"${character}" (U+${code.toString(16)}) is not in WinAnsiEncoding`)
}

/** Unicode character of a Windows-1252 code. */
export function fromWindows1252(code: number): string {
  return code >= 0x80 && code < 0xa0 ? (upper[code - 0x80] ?? '') : String.fromCharCode(code)
}

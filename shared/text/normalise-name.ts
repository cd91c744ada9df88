const ligatures: Readonly<Record<string, string>> = { Œ: 'OE', œ: 'oe', Æ: 'AE', æ: 'ae', ẞ: 'SS', ß: 'ss', Ø: 'O', ø: 'o', Ł: 'L', ł: 'l', Đ: 'D', đ: 'd' }

/** A text without diacritics and ligatures, in the case it stands in. */
export function plainLetters(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\p{M}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]/gu, '')
    .replace(/[ŒœÆæẞßØøŁłĐđ]/g, (letter) => ligatures[letter] ?? letter)
}

/**
 * A name in the only form names are compared in: upper case without diacritics, apostrophes, hyphens and dots as blanks,
 * blanks collapsed (export-formats.md section 10). Never phonetic: two names that merely sound alike stay different.
 */
export function normaliseName(name: string): string {
  return plainLetters(name)
    .toUpperCase()
    .replace(/['’‘ʼ`´.\-‐‑‒–—_]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

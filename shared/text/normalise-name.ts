const ligatures: Readonly<Record<string, string>> = { Œ: 'OE', Æ: 'AE', ẞ: 'SS', Ø: 'O', Ł: 'L', Đ: 'D' }

/**
 * A name in the only form names are compared in: upper case without diacritics, apostrophes, hyphens and dots as blanks,
 * blanks collapsed (export-formats.md section 10). Never phonetic: two names that merely sound alike stay different.
 */
export function normaliseName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\p{M}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]/gu, '')
    .replaceAll('ß', 'SS')
    .toUpperCase()
    .replace(/[ŒÆẞØŁĐ]/g, (letter) => ligatures[letter] ?? letter)
    .replace(/['’‘ʼ`´.\-‐‑‒–—_]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

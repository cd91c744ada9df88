/**
 * The UTF-16 a text's byte order mark announces, by the name `TextDecoder` takes; null without such a mark (W3C XML 1.0,
 * appendix F). UTF-32, whose little-endian mark begins alike, is the caller's to refuse.
 */
export function utf16Mark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
}

/**
 * Decodes base64 as documents really carry it: blanks and line ends anywhere, padding present or not.
 * Gives null when a character is not base64 or the length cannot be (one left over): never half a document.
 */
export function decodeBase64(text: string): Uint8Array | null {
  const compact = text.replace(/[\s\u00a0\ufeff]+/g, '')
  const body = compact.replace(/={1,2}$/, '')
  if (!/^[A-Za-z0-9+/]*$/.test(body) || body.length % 4 === 1) return null
  return new Uint8Array(Buffer.from(body, 'base64'))
}

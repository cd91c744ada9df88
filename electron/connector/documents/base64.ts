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

/** How many bytes base64 of so many takes, padding included. */
export function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3)
}

/** A multiple of three, so that no padding comes in between; small enough for a string the collector throws away at once. */
const sliceLength = 24_576

/** Writes bytes in base64 into `target` from `start` on, slice by slice: one string of a whole document takes ten times as long. */
export function writeBase64(bytes: Uint8Array, target: Buffer, start: number): void {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = start
  for (let from = 0; from < source.length; from += sliceLength) at += target.write(source.toString('base64', from, from + sliceLength), at, 'latin1')
}

/** Messages of one frame or file; `announced` is what BTS-1 says, null when it says nothing. */
export interface Batch {
  readonly messages: readonly Uint8Array[]
  readonly announced: number | null
}

const openings = ['MSH', 'BHS', 'FHS', 'BTS', 'FTS'] as const
const lineEnds = new Set([0x0a, 0x0b, 0x0d, 0x1c])

/** Where lines begin that open or close a message, in order. Looks for the names in bytes: a message is mostly base64. */
function marksOf(bytes: Buffer): { name: (typeof openings)[number]; at: number }[] {
  const marks: { name: (typeof openings)[number]; at: number }[] = []
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  for (const name of openings) {
    for (let at = bytes.indexOf(name, start); at !== -1; at = bytes.indexOf(name, at + 1)) {
      const opensLine = at === start || lineEnds.has(bytes[at - 1]!)
      if (opensLine && /[!-/:-@[-`{-~]/.test(String.fromCharCode(bytes[at + 3] ?? 0))) marks.push({ name, at })
    }
  }
  return marks.sort((one, other) => one.at - other.at)
}

/**
 * Splits bytes that may hold several messages: an FHS/BHS batch, or messages one after the other in a file, MLLP bytes left in
 * or not. Each message keeps its exact bytes. Without any MSH the whole is one "message", for the caller to refuse.
 */
export function splitBatch(bytes: Uint8Array): Batch {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const marks = marksOf(whole)
  const messages: Uint8Array[] = []
  let announced: number | null = null
  for (const [index, mark] of marks.entries()) {
    const end = marks[index + 1]?.at ?? whole.length
    if (mark.name === 'MSH') messages.push(withoutFraming(whole.subarray(mark.at, end)))
    if (mark.name === 'BTS') announced = Number.parseInt(whole.toString('latin1', mark.at + 4, end), 10)
  }
  if (messages.length === 0) return { messages: [bytes], announced: null }
  const alone = marks.length === 1 && whole.subarray(0, marks[0]!.at).every((byte) => byte <= 0x20 || byte >= 0x80)
  return { messages: alone ? [bytes] : messages, announced: announced !== null && Number.isNaN(announced) ? null : announced }
}

/** MLLP bytes that a file kept at the end of a message are not the message's. */
function withoutFraming(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && [0x0a, 0x0b, 0x0d, 0x1c].includes(bytes[end - 1]!)) end -= 1
  const keepsTerminator = end < bytes.length && (bytes[end] === 0x0d || bytes[end] === 0x0a) ? 1 : 0
  return bytes.subarray(0, end + keepsTerminator)
}

/** The 45 characters a QR code holds two of in 11 bits, and that every scanner types alike whatever is done with the case (RFC 9285). */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const values = new Map(alphabet.split('').map((character, value) => [character, value]))

/** Two bytes to three characters, a last one alone to two (RFC 9285). */
export function toBase45(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length
    let rest = pair ? bytes[at]! * 256 + bytes[at + 1]! : bytes[at]!
    for (let characters = pair ? 3 : 2; characters > 0; characters -= 1) {
      text += alphabet[rest % 45]
      rest = Math.floor(rest / 45)
    }
  }
  return text
}

/** The bytes of a whole text; null = it is none of `toBase45`. */
export function fromBase45(text: string): Uint8Array | null {
  if (text.length % 3 === 1) return null
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 3) {
    const digits = text.slice(at, at + 3).split('').map((character) => values.get(character))
    if (digits.includes(undefined)) return null
    const [low = 0, middle = 0, high = 0] = digits as number[]
    const value = low + 45 * middle + 2025 * high
    if (value > (digits.length === 3 ? 0xff_ff : 0xff)) return null
    if (digits.length === 3) bytes.push(value >> 8)
    bytes.push(value & 0xff)
  }
  return Uint8Array.from(bytes)
}

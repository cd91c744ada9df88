import type { ExerciseSituation } from '#shared/contract/index.ts'

/** Labels of the card's data objects that hold an exercise situation: `CPS_ACTIVITY_01_PS` to `15_PS`. */
export const situationLabel = /^CPS_ACTIVITY_\d{2}_PS$/

const tags = { name: 0x84, structure: 0x85, sector: 0x86 } as const

/** The primitive fields of a BER-TLV, in a constructed one too; null when it is cut short. */
function fields(bytes: Uint8Array): Map<number, string> | null {
  const found = new Map<number, string>()
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!
    // What fills the object up to its size.
    if (tag === 0x00 || tag === 0xff) break
    let length = bytes[at + 1] ?? Number.POSITIVE_INFINITY
    at += 2
    if (length === 0x81) length = bytes[at++] ?? Number.POSITIVE_INFINITY
    else if (length === 0x82) {
      length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
      at += 2
    } else if (length > 0x80) return null
    if (at + length > bytes.length) return null
    const value = bytes.subarray(at, at + length)
    if (tag & 0x20) for (const [inner, text] of fields(value) ?? []) found.set(inner, text)
    else found.set(tag, new TextDecoder('utf-8').decode(value).trim())
    at += length
  }
  return found
}

/** Reads one `CPS_ACTIVITY_nn_PS` (dmp-interface.md 1.5): 0x84 name, 0x85 Struct_IdNat, 0x86 sector. Null when one is missing. */
export function readSituation(bytes: Uint8Array): ExerciseSituation | null {
  const read = fields(bytes)
  const structure = read?.get(tags.structure)
  const sector = /SA\d{2}/.exec(read?.get(tags.sector) ?? '')?.[0]
  return structure && sector ? { structure, name: read?.get(tags.name) ?? structure, sector } : null
}

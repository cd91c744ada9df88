/** A run of bytes of one TLS stream, as it passed. */
export interface Passage {
  readonly bytes: Buffer
  /** True for (encrypted) application data, false for handshake, alerts and the like. */
  readonly isApplication: boolean
}

const headLength = 5
const applicationData = 23

/**
 * Follows the records of one direction of a TLS 1.2 connection, without opening them: their heads say in clear where the handshake
 * ends and the requests or answers begin. Gives back the same bytes, cut where the kind of record changes.
 */
export function openRecordReader(): (chunk: Buffer) => Passage[] {
  let head = Buffer.alloc(0)
  let left = 0
  let isApplication = false
  return (chunk) => {
    const passages: Passage[] = []
    let from = 0
    while (from < chunk.length) {
      if (left > 0) {
        const bytes = chunk.subarray(from, from + left)
        passages.push({ bytes, isApplication })
        from += bytes.length
        left -= bytes.length
        continue
      }
      const bytes = chunk.subarray(from, from + headLength - head.length)
      head = Buffer.concat([head, bytes])
      from += bytes.length
      isApplication = head[0] === applicationData
      passages.push({ bytes, isApplication })
      if (head.length === headLength) {
        left = head.readUInt16BE(3)
        head = Buffer.alloc(0)
      }
    }
    return passages
  }
}

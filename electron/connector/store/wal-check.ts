import fs from 'node:fs'

const headerLength = 32
const frameHeaderLength = 24

/**
 * What SQLite will make of a log: it reads it up to the first frame whose checksum is wrong and forgets the rest without a word.
 * `whole`: all of it is read. `torn`: what does not hold is the last commit at most, as a crash or a power cut leaves it (an unfinished
 * write, the rest of one begun over it); nobody was told it is there, since its sync never ended, unless its bytes were damaged since.
 * `cut`: whole commits follow what does not hold; they were synced one after the other, so a synced one was damaged.
 */
export type LogState = 'whole' | 'torn' | 'cut'

/** Reads a write-ahead log that no connection has open; a missing or empty one is whole. */
export function logState(walFile: string): LogState {
  let descriptor: number
  try {
    descriptor = fs.openSync(walFile, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'whole'
    throw error
  }
  try {
    if (fs.fstatSync(descriptor).size <= headerLength) return 'whole'
    const log = openLog(descriptor)
    return log ? chainState(log) : 'cut'
  } finally {
    fs.closeSync(descriptor)
  }
}

/**
 * The first `length` bytes of the database's first page as the log has it; null when no frame that SQLite would read holds that page.
 * To be asked while no connection has it open.
 */
export function firstPageStart(walFile: string, length: number): Buffer | null {
  const descriptor = fs.openSync(walFile, 'r')
  try {
    const log = openLog(descriptor)
    for (const { frame, holds } of log ? framesOf(log) : []) {
      if (!holds) return null
      if (frame.readUInt32BE(0) === 1) return frame.subarray(frameHeaderLength, frameHeaderLength + length)
    }
    return null
  } finally {
    fs.closeSync(descriptor)
  }
}

type Sum = readonly [number, number]

interface Log {
  readonly descriptor: number
  readonly salts: Buffer
  readonly pageSize: number
  readonly seal: Sum
  readonly bigEndian: boolean
}

/** Null when the log's own first bytes do not hold. */
function openLog(descriptor: number): Log | null {
  const header = read(descriptor, 0, headerLength)
  const bigEndian = (header.readUInt32BE(0) & 1) === 1
  const pageSize = header.readUInt32BE(8)
  const seal = sum([0, 0], header.subarray(0, 24), bigEndian)
  const known = (header.readUInt32BE(0) & ~1) === 0x377f0682 && pageSize >= 512 && pageSize <= 65_536
  return known && matches(seal, header, 24) ? { descriptor, salts: header.subarray(16, 24), pageSize, seal, bigEndian } : null
}

/** `holds`: of this round, and its sum goes on from the frame before it, whether or not that one holds. */
function* framesOf(log: Log): Generator<{ frame: Buffer; holds: boolean }> {
  const size = fs.fstatSync(log.descriptor).size
  const frameLength = frameHeaderLength + log.pageSize
  let seal = log.seal
  for (let at = headerLength; at + frameLength <= size; at += frameLength) {
    const frame = read(log.descriptor, at, frameLength)
    const next = sum(sum(seal, frame.subarray(0, 8), log.bigEndian), frame.subarray(frameHeaderLength), log.bigEndian)
    const holds = frame.subarray(8, 16).equals(log.salts) && matches(next, frame, 16)
    yield { frame, holds }
    // Each frame says the sum up to itself: those after a damaged one can still be judged.
    seal = holds ? next : [frame.readUInt32BE(16), frame.readUInt32BE(20)]
  }
}

function chainState(log: Log): LogState {
  let state: LogState = 'whole'
  let commitAfter = false
  for (const { frame, holds } of framesOf(log)) {
    if (state !== 'whole' && holds && commitAfter) return 'cut'
    if (!holds) {
      // Half a salt is enough: the other half may be what was damaged. Neither: frames of an earlier round.
      const ofThisRound = frame.subarray(8, 12).equals(log.salts.subarray(0, 4)) || frame.subarray(12, 16).equals(log.salts.subarray(4))
      if (!ofThisRound) return state
      state = 'torn'
    }
    if (state !== 'whole' && frame.readUInt32BE(4) !== 0) commitAfter = true
  }
  return state
}

function read(descriptor: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  fs.readSync(descriptor, bytes, 0, length, at)
  return bytes
}

function matches([first, second]: Sum, bytes: Buffer, at: number): boolean {
  return first === bytes.readUInt32BE(at) && second === bytes.readUInt32BE(at + 4)
}

/** The log's own checksum (sqlite.org/fileformat2.html, section 4.2), carried on from frame to frame. */
function sum([first, second]: Sum, bytes: Buffer, bigEndian: boolean): Sum {
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + second) >>> 0
    second = (second + (bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + first) >>> 0
  }
  return [first, second]
}

const startBlock = 0x0b
const endBlock = 0x1c
const carriageReturn = 0x0d
/** What some senders put between two frames. */
const padding = new Set([0x00, 0x09, 0x0a, carriageReturn, 0x20, endBlock])
const header = Buffer.from('MSH|')

/** What the framer saw, in order. */
export type FrameEvent =
  | { readonly kind: 'message'; readonly bytes: Uint8Array; readonly framed: boolean }
  /** Bytes outside any frame that are not padding. */
  | { readonly kind: 'skipped'; readonly count: number }
  /** A frame abandoned by its sender: a new one began before its end. */
  | { readonly kind: 'abandoned'; readonly bytes: Uint8Array }
  /** Over the cap; the framer stays deaf afterwards, the connection has to be closed. `head` is the first 64 kB. */
  | { readonly kind: 'too-large'; readonly head: Uint8Array }

/** Where the framer stands, to choose how long silence is bearable. */
export type FramerState = 'between' | 'frame' | 'after-end-block' | 'unframed' | 'deaf'

export interface Framer {
  push(chunk: Uint8Array): FrameEvent[]
  /** No more bytes will complete what is held (long silence or end of connection): gives what can stand as a message. */
  flush(): FrameEvent[]
  state(): FramerState
}

/**
 * MLLP framing (`0B payload 1C 0D`) on bytes, for one connection. Tolerates what the field sends: several frames or a piece of one
 * in a chunk, padding between frames, a missing start block before `MSH|`, a missing `0D`, a frame begun again. Looks at
 * each byte once, keeps chunks in a list and joins them once: linear whatever the size of the chunks.
 */
export function createFramer({ maxBytes }: { maxBytes: number }): Framer {
  let state: FramerState = 'between'
  let parts: Uint8Array[] = []
  let size = 0
  let framed = true
  /** Bytes of a possible `MSH|` without start block, seen while between frames. */
  let headerMatched = 0
  let skipped = 0
  let events: FrameEvent[] = []

  const report = (event: FrameEvent) => {
    events.push(event)
  }
  const reportSkipped = () => {
    if (skipped > 0) report({ kind: 'skipped', count: skipped })
    skipped = 0
  }
  const begin = (withStartBlock: boolean) => {
    reportSkipped()
    parts = []
    size = 0
    headerMatched = 0
    framed = withStartBlock
    state = withStartBlock ? 'frame' : 'unframed'
  }
  const keep = (bytes: Uint8Array) => {
    if (bytes.length === 0) return
    parts.push(bytes)
    size += bytes.length
    if (size > maxBytes) {
      report({ kind: 'too-large', head: Buffer.concat(parts).subarray(0, 65_536) })
      parts = []
      state = 'deaf'
    }
  }
  const close = (kind: 'message' | 'abandoned') => {
    const bytes = Buffer.concat(parts, size)
    parts = []
    size = 0
    state = 'between'
    if (bytes.length === 0) return
    report(kind === 'message' ? { kind, bytes, framed } : { kind, bytes })
  }
  const between = (byte: number) => {
    if (byte === startBlock) {
      skipped += headerMatched
      begin(true)
      return
    }
    if (byte === header[headerMatched]) {
      headerMatched += 1
      if (headerMatched === header.length) {
        begin(false)
        keep(header)
      }
      return
    }
    skipped += headerMatched
    headerMatched = 0
    if (byte === header[0]) headerMatched = 1
    else if (!padding.has(byte)) skipped += 1
  }

  return {
    push(chunk) {
      events = []
      // A socket may reuse its buffer: what is kept must be ours.
      const bytes = Buffer.from(chunk)
      let at = 0
      let nextStart = -2
      let nextEnd = -2
      const find = (byte: number, cached: number) => {
        if (cached === -2 || (cached !== -1 && cached < at)) return bytes.indexOf(byte, at)
        return cached
      }
      while (at < bytes.length && state !== 'deaf') {
        if (state === 'between') {
          between(bytes[at]!)
          at += 1
          continue
        }
        if (state === 'after-end-block') {
          const byte = bytes[at]!
          if (byte === carriageReturn) {
            close('message')
            at += 1
          } else if (byte === startBlock) {
            // `1C 0B`: waiting for the 0D would glue two patients' messages together.
            close('message')
          } else {
            state = framed ? 'frame' : 'unframed'
            keep(Buffer.of(endBlock))
          }
          continue
        }
        nextStart = find(startBlock, nextStart)
        nextEnd = find(endBlock, nextEnd)
        const stop = Math.min(nextStart === -1 ? bytes.length : nextStart, nextEnd === -1 ? bytes.length : nextEnd)
        keep(bytes.subarray(at, stop))
        at = stop
        if (at >= bytes.length || (state as FramerState) === 'deaf') break
        if (bytes[at] === endBlock) {
          state = 'after-end-block'
        } else {
          // A message without start block has no other end than the next one's beginning.
          close(framed ? 'abandoned' : 'message')
          begin(true)
        }
        at += 1
      }
      if (state === 'between') reportSkipped()
      return events
    },
    flush() {
      events = []
      if (state === 'after-end-block' || state === 'unframed') close('message')
      else if (state === 'frame') close('abandoned')
      return events
    },
    state: () => state,
  }
}

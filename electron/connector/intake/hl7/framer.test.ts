import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFramer, type FrameEvent } from './framer.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')
const frame = (text: string) => `\x0b${text}\x1c\r`

function feed(chunks: readonly Buffer[], maxBytes = 1_000_000): FrameEvent[] {
  const framer = createFramer({ maxBytes })
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.flush()]
}
const messages = (events: readonly FrameEvent[]) => events.flatMap((event) => (event.kind === 'message' ? [Buffer.from(event.bytes).toString('latin1')] : []))
const kinds = (events: readonly FrameEvent[]) => events.map((event) => event.kind)

describe('framer', () => {
  it('gives one message for one frame, its bytes exactly', () => {
    expect(feed([bytes(frame('MSH|a\rPID|é'))])).toEqual([{ kind: 'message', bytes: bytes('MSH|a\rPID|é'), framed: true }])
  })

  it('separates several frames of one chunk and keeps half of the next', () => {
    const framer = createFramer({ maxBytes: 1000 })
    expect(messages(framer.push(bytes(`${frame('MSH|1')}${frame('MSH|2')}\x0bMSH`)))).toEqual(['MSH|1', 'MSH|2'])
    expect(framer.state()).toBe('frame')
    expect(messages(framer.push(bytes('|3\x1c\r')))).toEqual(['MSH|3'])
    expect(framer.state()).toBe('between')
  })

  it('passes over padding between frames without a word and counts anything else', () => {
    expect(kinds(feed([bytes(`\0\0\r\n${frame('MSH|1')}\0\r\n${frame('MSH|2')}\0`)]))).toEqual(['message', 'message'])
    expect(feed([bytes(`HELLO${frame('MSH|1')}`)])).toEqual([
      { kind: 'skipped', count: 5 },
      { kind: 'message', bytes: bytes('MSH|1'), framed: true },
    ])
  })

  it('accepts a message that has no start block', () => {
    expect(feed([bytes('MSH|1\rPID|\x1c\r')])).toEqual([{ kind: 'message', bytes: bytes('MSH|1\rPID|'), framed: false }])
    expect(messages(feed([bytes(`MSH|1\r${frame('MSH|2')}`)]))).toEqual(['MSH|1\r', 'MSH|2'])
    expect(messages(feed([bytes('MSH|no end at all')]))).toEqual(['MSH|no end at all'])
  })

  it('closes a frame at `1C 0B`: two patients are never glued together', () => {
    expect(messages(feed([bytes('\x0bMSH|1\x1c\x0bMSH|2\x1c\r')]))).toEqual(['MSH|1', 'MSH|2'])
  })

  it('keeps a 1C that is inside the text', () => {
    expect(messages(feed([bytes('\x0bMSH|a\x1cb\x1c\r')]))).toEqual(['MSH|a\x1cb'])
  })

  it('takes a message that ends with 1C alone when nothing more comes', () => {
    const framer = createFramer({ maxBytes: 1000 })
    expect(framer.push(bytes('\x0bMSH|1\x1c'))).toEqual([])
    expect(framer.state()).toBe('after-end-block')
    expect(messages(framer.flush())).toEqual(['MSH|1'])
    expect(messages(framer.push(bytes(`\r${frame('MSH|2')}`)))).toEqual(['MSH|2'])
  })

  it('reports the first part of a frame that is begun again', () => {
    expect(feed([bytes('\x0bMSH|cut\x0bMSH|whole\x1c\r')])).toEqual([
      { kind: 'abandoned', bytes: bytes('MSH|cut') },
      { kind: 'message', bytes: bytes('MSH|whole'), framed: true },
    ])
  })

  it('reads doubled delimiters as one frame', () => {
    expect(kinds(feed([bytes('\x0b\x0bMSH|1\x1c\r\x1c\r')]))).toEqual(['message'])
  })

  it('reports a frame cut by the end of the connection, never as a message', () => {
    expect(kinds(feed([bytes('\x0bMSH|half')]))).toEqual(['abandoned'])
  })

  it('stops at the cap and stays deaf', () => {
    const framer = createFramer({ maxBytes: 10 })
    const events = framer.push(bytes(`\x0b${'x'.repeat(20)}\x1c\r${frame('MSH|1')}`))
    expect(kinds(events)).toEqual(['too-large'])
    expect(framer.state()).toBe('deaf')
    expect(framer.push(bytes(frame('MSH|2')))).toEqual([])
  })

  it('does not keep a view on the buffer of the socket', () => {
    const framer = createFramer({ maxBytes: 1000 })
    const chunk = bytes('\x0bMSH|abc')
    framer.push(chunk)
    chunk.fill(0x7a)
    expect(messages(framer.push(bytes('\x1c\r')))).toEqual(['MSH|abc'])
  })

  const content = fc
    .array(fc.constantFrom('MSH|', 'a', '|', '\r', '\n', '\x0b', '\x1c', '\0', 'M', 'é'), { maxLength: 12 })
    .map((parts) => parts.join(''))
  const stream = fc.array(fc.oneof(content, content.map(frame)), { maxLength: 8 }).map((parts) => bytes(parts.join('')))

  it('gives the same events however the stream is cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200), { maxLength: 30 }), (whole, cuts) => {
        const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length])].sort((a, b) => a - b)
        const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end))
        const cut = feed(chunks)
        const once = feed([whole])
        expect(messages(cut)).toEqual(messages(once))
        expect(cut.filter(({ kind }) => kind === 'abandoned')).toEqual(once.filter(({ kind }) => kind === 'abandoned'))
        expect(skippedOf(cut)).toBe(skippedOf(once))
      }),
      { numRuns: 1000 },
    )
  })

  it('gives every message of well-formed frames, whatever stands between them', () => {
    const text = fc.string({ unit: fc.constantFrom('M', 'S', 'H', '|', '\r', 'a', 'é'), minLength: 1 })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('', '\r\n', '\0', '\x1c\r'), text), { maxLength: 6 }), (parts) => {
        const whole = bytes(parts.map(([between, message]) => between + frame(message)).join(''))
        const oneByOne = feed(Array.from(whole, (byte) => Buffer.of(byte)))
        expect(messages(oneByOne)).toEqual(parts.map(([, message]) => bytes(message).toString('latin1')))
      }),
    )
  })

  it('reads 8 MiB in packets of 1,460 bytes without searching them twice', () => {
    const whole = Buffer.concat([Buffer.of(0x0b), Buffer.alloc(8 * 1024 * 1024, 0x41), Buffer.of(0x1c, 0x0d)])
    const framer = createFramer({ maxBytes: 32 * 1024 * 1024 })
    const before = process.cpuUsage()
    let count = 0
    for (let at = 0; at < whole.length; at += 1460) count += framer.push(whole.subarray(at, at + 1460)).length
    const { user, system } = process.cpuUsage(before)
    expect(count).toBe(1)
    // Some 20 ms of processor time; a scanner that begins again with each packet reads 24 GB and takes seconds.
    expect((user + system) / 1000).toBeLessThan(1000)
  })
})

function skippedOf(events: readonly FrameEvent[]): number {
  return events.reduce((sum, event) => sum + (event.kind === 'skipped' ? event.count : 0), 0)
}

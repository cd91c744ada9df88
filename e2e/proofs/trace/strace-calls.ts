/** A file a call works on, as `strace -y` shows it. */
export interface FileArgument {
  readonly kind: 'file'
  readonly descriptor: number
  readonly path: string
}

/** Bytes given to a call; `cut` when strace did not show them all. */
export interface BytesArgument {
  readonly kind: 'bytes'
  readonly bytes: Buffer
  readonly cut: boolean
}

/** Flags, numbers, and structures nobody looks into. */
export interface OtherArgument {
  readonly kind: 'other'
  readonly text: string
}

export type Argument = FileArgument | BytesArgument | OtherArgument

/** One system call of a traced program. */
export interface Call {
  readonly thread: number
  readonly name: string
  readonly arguments: readonly Argument[]
  /** The line of the trace on which it begins: nothing of it happened before. */
  readonly begin: number
  /** The line on which it had returned, or its thread had ended in it. */
  readonly end: number
  /** What it returned; -1 for an error, null when its thread ended in it. */
  readonly result: number | null
}

/**
 * Reads what `strace -f -ttt -y` wrote, one line after the other. A call interrupted in the trace by another thread
 * (`<unfinished ...>`, then `<... fsync resumed>`) is one call that begins on the first line and ends on the second.
 * `from` is how many lines came before, in traces of the same work.
 */
export function readCalls(lines: Iterable<string>, from = 0): Call[] {
  const calls: Call[] = []
  const unfinished = new Map<number, { begin: number; text: string }>()
  let position = from
  for (const line of lines) {
    position += 1
    const afterThread = line.indexOf(' ')
    const thread = Number(line.slice(0, afterThread))
    const timeAt = skipSpaces(line, afterThread)
    const textAt = skipSpaces(line, line.indexOf(' ', timeAt))
    if (!Number.isInteger(thread) || textAt === 0) throw new Error(`Not a line of strace -f -ttt: ${line.slice(0, 200)}`)
    const text = line.slice(textAt)
    if (text.startsWith('---')) continue
    if (text.startsWith('+++')) {
      const begun = unfinished.get(thread)
      unfinished.delete(thread)
      if (begun) calls.push(readCall(thread, begun.begin, position, begun.text))
      continue
    }
    if (text.endsWith('<unfinished ...>')) {
      unfinished.set(thread, { begin: position, text: text.slice(0, -'<unfinished ...>'.length) })
      continue
    }
    if (text.startsWith('<... ')) {
      const begun = unfinished.get(thread)
      if (!begun) throw new Error(`A call resumes that never began: ${line.slice(0, 200)}`)
      unfinished.delete(thread)
      calls.push(readCall(thread, begun.begin, position, begun.text + text.slice(text.indexOf('>') + 1)))
      continue
    }
    calls.push(readCall(thread, position, position, text))
  }
  if (unfinished.size > 0) throw new Error(`The trace was cut: ${unfinished.size} calls neither return nor end with their process`)
  return calls.sort((a, b) => a.begin - b.begin)
}

function readCall(thread: number, begin: number, end: number, text: string): Call {
  const opening = text.indexOf('(')
  const { found, next } = readArguments(text, opening + 1)
  const result = /^\)\s*=\s*(-?\d+)/.exec(text.slice(next, next + 80))?.[1]
  return { thread, name: text.slice(0, opening), arguments: found, begin, end, result: result === undefined ? null : Number(result) }
}

function readArguments(text: string, from: number): { found: Argument[]; next: number } {
  const found: Argument[] = []
  let at = from
  while (at < text.length && text[at] !== ')') {
    if (text[at] === ',' || text[at] === ' ') {
      at += 1
    } else {
      const read = readArgument(text, at)
      found.push(read.argument)
      at = read.next
    }
  }
  return { found, next: at }
}

function readArgument(text: string, from: number): { argument: Argument; next: number } {
  if (text[from] === '"') {
    const quoted = readQuoted(text, from)
    return { argument: { kind: 'bytes', bytes: quoted.bytes, cut: quoted.cut }, next: quoted.next }
  }
  if (text[from] === '[' || text[from] === '{') return readStructure(text, from)
  let at = from
  while (at < text.length && !',)<'.includes(text[at]!)) at += 1
  if (text[at] !== '<') return { argument: { kind: 'other', text: text.slice(from, at).trim() }, next: at }
  const close = text.indexOf('>', at)
  const path = readEscapes(text, at + 1, close).toString()
  // A file that has no name any more is shown as `3</its/last/name>(deleted)`.
  const next = text.startsWith('(deleted)', close + 1) ? close + 1 + '(deleted)'.length : close + 1
  return { argument: { kind: 'file', descriptor: Number(text.slice(from, at)), path }, next }
}

/** The bytes of an `iovec` list, or of the message header that holds one, as one; other structures as their text. */
function readStructure(text: string, from: number): { argument: Argument; next: number } {
  const parts: Buffer[] = []
  let cut = false
  let depth = 0
  let at = from
  while (at < text.length) {
    const character = text[at]!
    if (character === '"') {
      const quoted = readQuoted(text, at)
      if (text.slice(at - 'iov_base='.length, at) === 'iov_base=') {
        parts.push(quoted.bytes)
        cut ||= quoted.cut
      }
      at = quoted.next
      continue
    }
    at += 1
    if (character === '[' || character === '{') depth += 1
    if (character === ']' || character === '}') depth -= 1
    if (depth === 0) break
  }
  return { argument: parts.length > 0 ? { kind: 'bytes', bytes: Buffer.concat(parts), cut } : { kind: 'other', text: text.slice(from, at) }, next: at }
}

function readQuoted(text: string, from: number): { bytes: Buffer; cut: boolean; next: number } {
  let close = text.indexOf('"', from + 1)
  while (close !== -1 && isEscaped(text, close)) close = text.indexOf('"', close + 1)
  if (close === -1) throw new Error(`A text without end in the trace: ${text.slice(from, from + 80)}`)
  const cut = text.startsWith('...', close + 1)
  return { bytes: readEscapes(text, from + 1, close), cut, next: close + (cut ? 4 : 1) }
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}

const letters: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12, b: 8, a: 7 }
const backslash = 0x5c

/** Undoes C escapes: one letter, `\x` and two digits, or one to three octal digits. */
function readEscapes(text: string, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from)
  let length = 0
  let at = from
  while (at < to) {
    const code = text.charCodeAt(at)
    if (code !== backslash) {
      bytes[length++] = code
      at += 1
      continue
    }
    const escaped = text[at + 1]!
    if (escaped === 'x') {
      bytes[length++] = Number.parseInt(text.slice(at + 2, at + 4), 16)
      at += 4
    } else if (escaped >= '0' && escaped <= '7') {
      let value = 0
      let digits = 0
      at += 1
      while (digits < 3 && at < to && text[at]! >= '0' && text[at]! <= '7') {
        value = value * 8 + Number(text[at])
        digits += 1
        at += 1
      }
      bytes[length++] = value
    } else {
      bytes[length++] = letters[escaped] ?? text.charCodeAt(at + 1)
      at += 2
    }
  }
  // A copy of its own: a recording keeps what was written, not three times as much.
  return Buffer.from(bytes.subarray(0, length))
}

function skipSpaces(line: string, from: number): number {
  let at = from
  while (line[at] === ' ') at += 1
  return at
}

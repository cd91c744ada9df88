import fs from 'node:fs'

/** Longer than any line of these files: it is not one. */
const longestLine = 1024 * 1024

export interface Line {
  /** From 1. */
  readonly number: number
  /** Null: longer than any line of these files. */
  readonly text: string | null
}

export type Encoding = 'utf-8' | 'windows-1252'

/** UTF-8 when the whole file is, else windows-1252: public sources say both of the same files (clinical.md 4.1). */
async function encodingOf(file: string): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const piece of fs.createReadStream(file)) decoder.decode(piece as Buffer, { stream: true })
    decoder.decode()
    return 'utf-8'
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return 'windows-1252'
  }
}

/** Opens a text file to be read line by line, in memory that does not grow with it; a byte order mark and carriage returns are no part of a line. */
export async function openLines(file: string): Promise<{ encoding: Encoding; lines: AsyncGenerator<Line, void, void> }> {
  const encoding = await encodingOf(file)
  return { encoding, lines: linesOf(file, encoding) }
}

async function* linesOf(file: string, encoding: Encoding): AsyncGenerator<Line, void, void> {
  const decoder = new TextDecoder(encoding)
  let number = 0
  let rest = ''
  let isTooLong = false
  const lineOf = (text: string): Line => {
    number += 1
    const whole = isTooLong ? null : text.replace(/\r$/, '')
    isTooLong = false
    return { number, text: whole }
  }
  for await (const piece of fs.createReadStream(file)) {
    const pieces = (rest + decoder.decode(piece as Buffer, { stream: true })).split('\n')
    rest = pieces.pop() ?? ''
    for (const text of pieces) yield lineOf(text)
    if (rest.length > longestLine) {
      isTooLong = true
      rest = ''
    }
  }
  rest += decoder.decode()
  if (rest !== '' || isTooLong) yield lineOf(rest)
}

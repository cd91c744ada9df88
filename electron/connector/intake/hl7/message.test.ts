import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { readMessage, repetitionsOf, segmentOf, valueOf, type Hl7Message } from './message.ts'
import { splitBatch } from './split-batch.ts'
import { adt, mshOf, oru, syntheticCda } from './synthetic-messages.ts'

const read = (text: string, encoding = 'utf8'): Hl7Message => {
  const message = readMessage(iconv.encode(text, encoding))
  if (!message) throw new Error('no MSH')
  return message
}
const note = (message: Hl7Message) => valueOf(message, segmentOf(message, 'NTE'), 3)

describe('readMessage', () => {
  it.each(['\r', '\n', '\r\n'])('splits segments ended by %j', (terminator) => {
    const message = read(oru({ terminator }))
    expect(message.segments.map(({ name }) => name)).toEqual(['MSH', 'PID', 'ORC', 'OBR', 'OBX', 'PRT', 'OBX', 'OBX', 'OBX', 'OBX', 'OBX', 'OBX', 'OBX'])
    expect(valueOf(message, segmentOf(message, 'PID'), 5)).toBe('GARNIER')
  })

  it('cuts the document out on bytes and leaves the rest of the field', () => {
    const message = read(oru())
    const obx = segmentOf(message, 'OBX')!
    expect(Buffer.from(obx.data!).toString()).toBe(Buffer.from(syntheticCda).toString('base64'))
    expect(obx.fields[5]).toBe('^TEXT^XML^Base64^')
    expect(obx.fields[11]).toBe('F')
  })

  it('keeps a document wrapped on several lines in one field', () => {
    const wrapped = Buffer.from(syntheticCda).toString('base64').replaceAll(/(.{40})/g, '$1\r\n')
    const obx = segmentOf(read(oru({ documents: [wrapped] })), 'OBX')!
    expect(Buffer.from(Buffer.from(obx.data!).toString('latin1'), 'base64').toString()).toBe(syntheticCda)
    expect(obx.fields[11]).toBe('F')
  })

  it('joins a line that is no segment to the text before', () => {
    expect(note(read(`${mshOf('ADT^A01')}\rNTE|1||first\nsecond line\rPID|1`))).toBe('first\nsecond line')
  })

  it('reads the delimiters the message declares, five of them too', () => {
    const message = read('MSH$*!?%#$A$B$$$$$ADT*A01$7$P$2.5\rPID$$$1***AUT%1.2%ISO*INS!2***AUT*PI')
    expect(repetitionsOf(message, segmentOf(message, 'PID'), 3)).toHaveLength(2)
    expect(valueOf(message, segmentOf(message, 'PID'), 3, 4, 2)).toBe('1.2')
    expect(valueOf(message, message.segments[0], 9, 2)).toBe('A01')
  })

  it('reads escapes, those of bytes in the charset of the message, and keeps unknown ones', () => {
    const text = String.raw`a\F\b\S\c\T\d\R\e\E\f\.br\g\XC3A9\h\Zzz\i\X0`
    expect(note(read(`${mshOf('ADT^A01')}\rNTE|1||${text}`))).toBe(`a|b^c&d~e\\f\ngéh${String.raw`\Zzz\i\X0`}`)
  })

  it('treats "" as nothing', () => {
    expect(valueOf(read(`${mshOf('ADT^A01')}\rPID|||""`), segmentOf(read(`${mshOf('ADT^A01')}\rPID|||""`), 'PID'), 3)).toBe('')
  })

  it('goes past a byte order mark and blank lines, and gives null without MSH', () => {
    expect(readMessage(Buffer.from(`\ufeff\r\n${adt('A01')}`))?.segments[0]?.name).toBe('MSH')
    for (const text of ['', 'HELLO', 'MSH', 'MSH|', 'PID|1\rMSH|^~\\&|', 'MSHA^~\\&AB']) expect(readMessage(Buffer.from(text))).toBeNull()
  })
})

describe('charset', () => {
  const accents = (charset: string, encoding: string) => read(`${mshOf('ADT^A01', { charset })}\rNTE|1||Réault 10 €`, encoding)

  it.each([
    ['UNICODE UTF-8', 'utf8', 'Réault 10 €'],
    ['8859/15', 'iso-8859-15', 'Réault 10 €'],
    ['8859/1', 'win1252', 'Réault 10 €'],
    ['', 'utf8', 'Réault 10 €'],
    ['', 'win1252', 'Réault 10 €'],
  ])('MSH-18 %j with bytes in %s', (charset, encoding, expected) => {
    const message = accents(charset, encoding)
    expect(note(message)).toBe(expected)
    expect(message.charsetProblem).toBeNull()
  })

  it('believes valid UTF-8 bytes more than a latin declaration, and says so', () => {
    const message = accents('8859/15', 'utf8')
    expect(note(message)).toBe('Réault 10 €')
    expect(message.charsetWarning).toContain('8859/15')
  })

  it('is a problem when UTF-8 is declared and the bytes are not, or the charset is unknown', () => {
    expect(accents('UNICODE UTF-8', 'win1252').charsetProblem).not.toBeNull()
    expect(accents('BIG-5', 'win1252').charsetProblem).not.toBeNull()
    expect(read(`${mshOf('ADT^A01', { charset: 'BIG-5' })}\rNTE|1||plain`).charsetProblem).toBeNull()
  })
})

describe('splitBatch', () => {
  it('gives one message as it is', () => {
    const bytes = Buffer.from(oru())
    expect(splitBatch(bytes).messages).toEqual([bytes])
  })

  it('splits a batch and knows what it announces', () => {
    const batch = splitBatch(Buffer.from(`FHS|^~\\&|A\rBHS|^~\\&|A\r${adt('A01', { control: '1' })}${adt('A08', { control: '2' })}BTS|2\rFTS|1\r`))
    expect(batch.announced).toBe(2)
    expect(batch.messages.map((message) => valueOf(read(Buffer.from(message).toString()), read(Buffer.from(message).toString()).segments[0], 10))).toEqual(['1', '2'])
  })

  it('splits messages of a file where MLLP bytes were left', () => {
    const [one, two] = [adt('A01', { control: '1' }), adt('A08', { control: '2' })]
    const { messages } = splitBatch(Buffer.from(`\x0b${one}\x1c\r\x0b${two}\x1c\r`))
    expect(messages.map((message) => Buffer.from(message).toString())).toEqual([one, two])
  })
})

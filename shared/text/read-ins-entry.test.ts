import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { insKey } from './ins-key.ts'
import { readInsEntry } from './read-ins-entry.ts'

const gs = '\u001d'
const header = 'IS010000000000000000000000'
const oid = '1.2.250.1.213.1.4.10'
const whole = { kind: 'whole', ins: '279035121518989', insOid: oid }

const inses = fc.tuple(fc.integer({ min: 10 ** 4, max: 99_999 }), fc.constantFrom('75', '2A', '2B', '99'), fc.integer({ min: 10 ** 5, max: 999_999 })).map((parts) => {
  const first = parts.join('')
  return `${first}${insKey(first)}`
})
const name = fc.array(fc.constantFrom('A', 'B', 'D', 'E', 'L', 'M', 'N', 'O', 'R', 'S', 'T', 'U', ' ', '-', "'"), { minLength: 1, maxLength: 30 }).map((letters) => `A${letters.join('')}`)
const oids = fc.constantFrom('1.2.250.1.213.1.4.8', '1.2.250.1.213.1.4.9', '1.2.250.1.213.1.4.10', '1.2.250.1.213.1.4.11')

interface Label {
  readonly ins: string
  readonly insOid: string
  readonly text: string
}
/** A label as it is printed: any order after the number, S7 or not, GS where the format asks for one. */
const labels: fc.Arbitrary<Label> = fc
  .tuple(inses, oids, name, name, fc.constantFrom('M', 'F'), fc.option(fc.constantFrom('75056', '2A004')), fc.shuffledSubarray(['S3', 'S4', 'S5', 'S6', 'S7'], { minLength: 5 }))
  .map(([ins, insOid, given, family, sex, place, order]) => {
    const fields: Record<string, string> = { S3: `S3${given}${gs}`, S4: `S4${family}${gs}`, S5: `S5${sex}`, S6: 'S614-02-1959', S7: place === null ? '' : `S7${place}` }
    return { ins, insOid, text: `${header}S1${ins}S2${insOid}${insOid.length < 20 ? gs : ''}${order.map((tag) => fields[tag]).join('')}` }
  })

describe('an INS typed or pasted', () => {
  it.each(['279035121518989', ' 2 79 03 51 215 189 89 ', '2.79.03.51.215.189-89', '2\u00a079\u00a003\u00a051\u00a0215\u00a0189\u00a089'])('is whole: %j', (typed) =>
    expect(readInsEntry(typed)).toEqual({ kind: 'whole', ins: '279035121518989' }),
  )
  it.each([
    ['188102b172951', { kind: 'without-key', ins: '188102B17295165' }],
    ['', { kind: 'unfinished', scanned: false }],
    ['27903512151898', { kind: 'unfinished', scanned: false }],
    ['279035121518988', { kind: 'refused', why: 'wrong-key' }],
    ['2790351215189899', { kind: 'refused', why: 'not-an-ins' }],
    ['DUPONT Marie', { kind: 'refused', why: 'not-an-ins' }],
  ])('%j', (typed, read) => expect(readInsEntry(typed)).toEqual(read))
})

describe('an INS datamatrix', () => {
  it.each([
    ['as printed', `${header}S1279035121518989S2${oid}S3MARIE ELISE${gs}S4DUPONT${gs}S5FS614-02-1959S775056`],
    ['without birthplace', `${header}S1279035121518989S2${oid}S3MARIE ELISE${gs}S4DUPONT${gs}S5FS614-02-1959`],
    ['names last', `${header}S1279035121518989S2${oid}S5FS614-02-1959S775056S3MARIE${gs}S4DUPONT${gs}`],
    ['GS written out', `${header}S1279035121518989S2${oid}S3MARIE<GS>S4DUPONT<GS>S5FS614-02-1959`],
    ['GS left out', `${header}S1279035121518989S2${oid}S3MARIE ELISES4DUPONTS5FS614-02-1959S775056`],
    ['small letters and a line end', `${header}S1279035121518989S2${oid}S3MARIE${gs}S4DUPONT${gs}S5FS614-02-1959\r\n`.toLowerCase()],
  ])('is read %s', (_, text) => expect(readInsEntry(text)).toEqual(whole))

  it.each([
    ['a wrong key', `${header}S1279035121518988S2${oid}S3MARIE${gs}S4DUPONT${gs}S5FS614-02-1959`, 'wrong-key'],
    ['another header', `IS02${'0'.repeat(22)}S1279035121518989`, 'scan-unreadable'],
    ['an unknown field', `${header}S1279035121518989X9`, 'scan-unreadable'],
    ['two numbers, as two scans in a row', `${header}S1279035121518989S2${oid}S1188102B17295165`, 'scan-unreadable'],
  ])('is refused with %s', (_, text, why) => expect(readInsEntry(text)).toEqual({ kind: 'refused', why }))

  it('gives back the number and OID of any label', () => {
    fc.assert(
      fc.property(labels, ({ text, ins, insOid }) => {
        expect(readInsEntry(text)).toEqual({ kind: 'whole', ins, insOid })
      }),
    )
  })

  it('never opens by a part of one: every beginning is unfinished, until only the birthplace or the last GS misses', () => {
    fc.assert(
      fc.property(labels, fc.nat(), ({ text, ins, insOid }, at) => {
        const cut = text.slice(0, at % text.length)
        const read = readInsEntry(cut)
        if (read.kind === 'whole') {
          expect(read).toEqual({ kind: 'whole', ins, insOid })
          expect(['S3', 'S4', 'S5', 'S6'].every((tag) => cut.includes(tag))).toBe(true)
        } else expect(read.kind).toBe('unfinished')
      }),
    )
  })

  it('never believes a label with one wrong digit in its number', () => {
    fc.assert(
      fc.property(labels, fc.nat(14), fc.integer({ min: 1, max: 9 }), ({ text, ins }, at, more) => {
        fc.pre(/\d/.test(ins[at] ?? ''))
        const wrong = `${ins.slice(0, at)}${(Number(ins[at]) + more) % 10}${ins.slice(at + 1)}`
        expect(readInsEntry(text.replace(ins, wrong)).kind).not.toBe('whole')
      }),
    )
  })

  it('never takes garbage for a patient', () => {
    const garbage = fc.oneof(fc.string({ unit: 'binary' }), fc.string().map((text) => header + text), fc.string().map((text) => `${header}S1279035121518989${text}`))
    fc.assert(fc.property(garbage, (text) => {
      const read = readInsEntry(text)
      if (read.kind === 'whole') expect(insKey(read.ins.slice(0, 13))).toBe(read.ins.slice(13))
      else expect(['unfinished', 'refused', 'without-key']).toContain(read.kind)
    }))
  })
})

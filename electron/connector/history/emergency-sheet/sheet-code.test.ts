import { crc32, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { absence, sheetLists, type EmergencySheet } from '#shared/contract/index.ts'
import { toBase45 } from '#shared/text/base45.ts'
import { readSheetEntry } from '#shared/text/read-sheet-entry.ts'
import { plainText } from './plain-text.ts'
import { decodeSheet, encodeSheet } from './sheet-code.ts'
import { noneKnownExample, sheetExample, sheetFactExample, sheetListExample } from './sheet-example.ts'

const texts = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => plainText(text, 60))
const dates = fc.option(fc.constantFrom('1975', '2018-05', '2026-11-12'))
const facts = fc.record({
  label: texts, values: fc.array(fc.record({ value: texts, unit: fc.option(fc.constantFrom('mg', '{tablet}', '%')) }), { maxLength: 3 }), frequency: fc.option(texts), status: fc.constantFrom(null, 'active', 'prescribed'),
  denied: fc.boolean(), grave: fc.boolean(), adverseEffect: fc.boolean(), inWords: fc.boolean(), toCheck: fc.boolean(), toConfirm: fc.boolean(), tetanus: fc.boolean(), date: dates, statedAt: dates, author: fc.option(texts), source: fc.constant(null),
})
const lists = fc.record({
  state: fc.constantFrom('listed', 'inWords', ...absence.options), facts: fc.array(facts, { maxLength: 6 }), leftOut: fc.nat(200), past: fc.nat(200), stated: fc.option(fc.nat(200)),
  statements: fc.array(fc.record({ absence: fc.constantFrom(...absence.options), label: texts, contradicted: fc.boolean(), author: fc.option(texts), date: dates }), { maxLength: 3 }),
})
const sheets: fc.Arbitrary<EmergencySheet> = fc.record({ allergies: lists, treatments: lists, problems: lists, vaccines: lists }).chain((told) =>
  fc.record({ printedBy: fc.option(texts), birthName: texts, birthDate: dates, sex: fc.constantFrom('M', 'F', 'U', null), identity: fc.constantFrom('qualified', 'unknownHere'), read: fc.nat(999) }).map(({ printedBy, read, ...patient }) => {
    const sheet = sheetExample(told)
    return { ...sheet, printedBy, patient: { ...sheet.patient, ...patient }, documents: { ...sheet.documents, read } }
  }),
)

/** A code of the format around any content. */
function codeOf(content: unknown, { version = 3, deflated = deflateRawSync(typeof content === 'string' ? content : JSON.stringify(content)) } = {}): string {
  const bytes = Buffer.alloc(7 + deflated.length)
  bytes.writeUInt8(version)
  bytes.writeUInt16BE(deflated.length, 1)
  deflated.copy(bytes, 3)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), 3 + deflated.length)
  return `RELAIS:${toBase45(bytes)}:`
}
const unreadable = expect.objectContaining({ ok: false, failure: expect.objectContaining({ code: 'sheet-unreadable' }) })
const hostile = (patient: unknown[], list: unknown) => [[1, 1, 'Cabinet', null], patient, [0, 0, 0, 0], [list, list, list, list]]
const ada = ['259027512345694', '1.2.250.1.213.1.4.10', 'Dupont', 'Ada', null, '1959', 'F', 1]
const silence = [3, 0, 0, [], [], 0]

describe('the code of an emergency sheet', () => {
  it('says again what the sheet says, in characters a scanner types whole', () => {
    fc.assert(fc.property(sheets, (sheet) => {
      const code = encodeSheet(sheet)
      expect(code).toMatch(/^RELAIS:[0-9A-Z $%*+\-./:]+:$/)
      expect(readSheetEntry(code)).toEqual({ kind: 'whole', code })
      expect(decodeSheet(code)).toEqual({ ok: true, value: sheet })
    }), { numRuns: 300 })
  })

  it('is the same for ever: a paper of today is read by every later program', () => {
    const sheet = sheetExample({ allergies: sheetListExample({ statements: [noneKnownExample], leftOut: 2 }), vaccines: sheetListExample({ facts: [sheetFactExample({ label: 'Revaxis', tetanus: true, values: [], status: null, grave: false })] }) })
    const treated = sheetListExample({ facts: [sheetFactExample({ label: 'Metformine', values: [{ value: '1', unit: '{comprimé}' }], frequency: '1 le matin et 1 le soir', grave: false })] })
    expect(decodeSheet(golden)).toEqual({ ok: true, value: { ...sheet, lists: { ...sheet.lists, treatments: treated } } })
    expect(decodeSheet(goldenOfVersion2)).toEqual({ ok: true, value: sheet })
    const unsaid = Object.fromEntries(sheetLists.map((name) => [name, { ...sheet.lists[name], stated: null }]))
    expect(decodeSheet(goldenOfVersion1)).toEqual({ ok: true, value: { ...sheet, lists: unsaid } })
  })

  it('tells no title of a document, and instants of facts by their day', () => {
    const said = decodeSheet(encodeSheet(sheetExample({ allergies: sheetListExample({ facts: [sheetFactExample({ source: 'Lettre', date: '2018-00', statedAt: '2026-11-12T09:00:00Z' })] }) })))
    expect(said).toMatchObject({ ok: true, value: { lists: { allergies: { facts: [{ source: null, date: '2018', statedAt: '2026-11-12' }] } } } })
  })

  it('is refused when any of it is cut, changed or swapped', () => {
    const code = encodeSheet(sheetExample())
    for (let at = 0; at < code.length; at += 1) expect(decodeSheet(code.slice(0, at)), `cut at ${at}`).toEqual(unreadable)
    fc.assert(fc.property(fc.nat(code.length - 1), fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'.split('')), (at, character) => {
      fc.pre(code[at] !== character)
      const read = decodeSheet(code.slice(0, at) + character + code.slice(at + 1))
      expect(read.ok ? 'read' : read.failure.code).toMatch(/^sheet-/)
    }), { numRuns: 500 })
  })

  it('never throws, whatever is scanned', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((text) => `RELAIS:${text}:`), fc.uint8Array({ maxLength: 400 }).map((bytes) => `RELAIS:${toBase45(bytes)}:`), fc.uint8Array({ maxLength: 300 }).map((bytes) => codeOf('', { deflated: Buffer.from(bytes) })), fc.json().map((json) => codeOf(json))), (code) => {
      expect(decodeSheet(code)).toEqual(unreadable)
    }), { numRuns: 1_000 })
  })

  it('of a newer program says so', () => {
    expect(decodeSheet(codeOf('what will come', { version: 4 }))).toMatchObject({ ok: false, failure: { code: 'sheet-version-unknown' } })
  })

  it('made to harm is refused: a bomb, writing turned around, numbers and dates that are none', () => {
    expect(decodeSheet(codeOf(hostile(ada, silence)))).toMatchObject({ ok: true })
    expect(decodeSheet(codeOf('', { deflated: deflateRawSync(Buffer.alloc(5_000_000, 32)) }))).toEqual(unreadable)
    const fact = (label: unknown, bits: unknown = 0, date: unknown = null) => [0, 0, 0, [[label, [], null, bits, date, null, null, null]], [], 0]
    for (const list of [fact('Peni\u202ellic'), fact('a\u0000b'), fact('a\u200bb'), fact('x'.repeat(401)), fact(1), fact('a', 128), fact('a', -1), fact('a', 0, '2026-13-99'), fact('a', 0, '2026-01-01T00:00'), [9, 0, 0, [], [], 0], [0, -1, 0, [], [], 0], [0, 0, 0, [], [], -1], [0, 0, 0, [], []], [0, 0, 0, Array.from({ length: 201 }, () => ['a', [], null, 0, null, null, null, null]), [], 0]]) {
      expect(decodeSheet(codeOf(hostile(ada, list))), JSON.stringify(list).slice(0, 60)).toEqual(unreadable)
    }
    for (const patient of [['<script>', ...ada.slice(1)], [ada[0], 'a', ...ada.slice(2)], ada.slice(1), [...ada, 1]]) expect(decodeSheet(codeOf(hostile(patient, silence)))).toEqual(unreadable)
    expect(decodeSheet(codeOf([[99_999_999_999, 1, '', null], ada, [0, 0, 0, 0], [silence, silence, silence, silence]]))).toEqual(unreadable)
  })

  it('has the lists of the sheet in their order', () => expect(sheetLists).toEqual(['allergies', 'treatments', 'problems', 'vaccines']))
})

const goldenOfVersion1 =
  'RELAIS:W50YH6C:H3/9J36J 83MCALFIFFV.4UVPMLHU$MMLHJJ8J%N9G2--MWZJDQ681S..S*R3DETDY9X810XPCX2 GJ/WKGFWMPJU CQNL391HAO-YNY01L$T7-6F5PF7SJ2SGDP4CRP.47KG F8X11-W2/TR $KFJC. 7U16GAKYIJSI8LREJM4N:2LB0.SS+VP8CE6MIP JMQSGNI%HR0DE6KLPZUO*JPUGVU3R$PZ8RJOI2+P V9CXHI2PR24V*QU8AG58.+65-MJEHU.M-1RE43Y:T:JU3B8QS9T*DIXDJZROC48OFY8SG+0G3H+WHR79C+N6WI%GAGA83RM 9HZKI0ULOQ98CF72MIZU2LPH0N6PEPSGB0U1%UCNUTN842SPM777NQ1L5J7.6U5+EOQLMCT:OE2-IN8AFBIGNIEYEP2R+0VNV4LH9A3TH9VGDV-$7IZ2L:U2T8: HY50WY7F2:'

const goldenOfVersion2 =
  'RELAIS:IB0$Y6C:H3/9J36J 83MCKJFBIFSP4UVPMLHU$MMLHJJ8J%N9G2--MWZJDQ681S..S*R3DETDY9S917:IIJ3WQ9128FGWZXQT3P1.BHX86 4O1G7*IQ7BVCS/BA7:9M.6E+93NQ4-B+LV- RLKFNFNX*O%4OB%2XF97YEUP0ZE3I-B4 6JD9 QMV35T78OVADH5-B5SLH-B5/CB%PIHXOK%H$HSA3QIIEMR1$4FW56  B78CYIJBGHW81I2PR24F*QJHKXGH8VDYQDWC1EIDMWLEE68SR.HS7J0QS94 DIXDJZROC48OFY8SG+0G3H+WHVIS/2S1E5OX48BGFE5OOK:P2Z$E.CD%5E81V26W:JJD$2.%59FMN.ND2OD3OH41JPB325Y%6J.9OXMX.DU9N LF3/FV/4%JJOS5:OHXS9*H72SD35A0LK-Y8SFL77SQXV5KVXEPPYCZA0I*6 -F/2H0FQ:'

const golden =
  'RELAIS:4H0Q/C-AITID596N+G9LACRN4LLNYEF KC6QGMO4+3QN1VP0Y%2%29 U0AHDB:7C 48RMB929WG:BP+ZOP81MBP3WPVY4WH24:N0$K- L+QN /IYP6:/NU3FVFNI/FF92ZY11N3IVSX/EZ8GB:34VJ5BGI04DFM$%BNCMJORQYJTGK-+HX.DO-L+DA9OLU$62E23IL5 A-B55MIMA5ZXAO6DYZM9HEB-R+OF99PDIO%Y1K:595K7WM*JLKLG0947WS5LIMQQ672CSI+B3WMJ:9245RK$F V8QRV0XF*9J2 T.%QY*H:7G.339Q7H$V5C4F85HNCH$UVIOW95L-O2AJU+M3R8GBA ULZN5+WUL6S%-BD JT0A6AMQ*RXAR4DG/YQ$9SOR0FBSB.07LHRBPYUDATJMK281846WX8PUOAL$AUH81/C14K4:MX$HCAOS3OPOS:52QZR01UC9SX-1FGU%-4:K6:B1E/0YW3:N0LROH2HOXVQ8L860R7QJXMM7N8SBHACPLV+XU5/B33JE5GD3A886U:146GW1:'

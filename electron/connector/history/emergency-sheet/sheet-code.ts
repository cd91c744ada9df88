import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import { emergencySheet, failure, sheetLists, success, type Absence, type EmergencySheet, type Result, type SheetFact, type SheetList, type SheetStatement } from '#shared/contract/index.ts'
import { fromBase45, toBase45 } from '#shared/text/base45.ts'
import { longestSheetCode, sheetHead, sheetMark, sheetSum } from '#shared/text/read-sheet-entry.ts'
import { isPlainText } from './plain-text.ts'

/** What this program writes. A code of version 1 does not say how much a list states, one of version 2 not how often a medicine is taken. */
const version = 3
/** A content that grows beyond this when it is inflated is not a sheet's. */
const largestContent = 65_536

/** By their places here, which are the format's. */
const absences = ['noneKnown', 'notRecorded', 'notLoaded', 'hiddenHere'] as const satisfies readonly Absence[]
const states = ['listed', 'inWords', ...absences] as const satisfies readonly SheetList['state'][]
const flags = ['denied', 'grave', 'adverseEffect', 'inWords', 'toCheck', 'toConfirm', 'tetanus'] as const satisfies readonly (keyof SheetFact)[]

const text = z.string().max(400).refine(isPlainText)
const calendarDate = String.raw`\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?`
const date = z.string().regex(new RegExp(`^${calendarDate}$`))
const count = z.number().int().min(0).max(9_999)
/** Seconds since the epoch. */
const instant = z.number().int().min(0).max(9_999_999_999)
const factParts = [text, z.array(z.tuple([text, text.nullable()])).max(4), z.string().max(40).refine(isPlainText).nullable(), z.number().int().min(0).max(2 ** flags.length - 1), date.nullable(), date.nullable(), text.nullable()] as const
const formerFact = z.tuple(factParts).transform((fact): [...typeof fact, null] => [...fact, null])
const factTuple = z.tuple([...factParts, text.nullable()])
const statementTuple = z.tuple([z.number().int().min(0).max(absences.length - 1), text, z.union([z.literal(0), z.literal(1)]), text.nullable(), date.nullable()])
const listOfFacts = <Fact extends z.ZodType>(fact: Fact) => [z.number().int().min(0).max(states.length - 1), count, count, z.array(fact).max(200), z.array(statementTuple).max(20)] as const
const contentWith = <List extends z.ZodType>(list: List) => z.tuple([
  z.tuple([instant, instant, text, text.nullable()]),
  z.tuple([z.string().regex(/^[0-9AB]{15}$/), z.string().regex(/^[0-9.]{1,40}$/), text, text, text.nullable(), date.nullable(), z.enum(['M', 'F', 'U']).nullable(), z.union([z.literal(0), z.literal(1)])]),
  z.tuple([count, count, count, count]),
  z.tuple([list, list, list, list]),
])
/** By version. */
const contents = {
  1: contentWith(z.tuple(listOfFacts(formerFact)).transform((list): [...typeof list, null] => [...list, null])),
  2: contentWith(z.tuple([...listOfFacts(formerFact), count.nullable()])),
  3: contentWith(z.tuple([...listOfFacts(factTuple), count.nullable()])),
} as const
type Content = z.infer<(typeof contents)[3]>

const seconds = (iso: string) => Math.floor(Date.parse(iso) / 1000)
const isoOf = (at: number) => new Date(at * 1000).toISOString()
/** An instant is told by its day: a sheet is read by days. What of a date is none is not told. */
const day = (iso: string | null) => (iso === null ? null : (new RegExp(`^${calendarDate}`).exec(iso)?.[0] ?? null))

/**
 * The code of a sheet, in the characters of a QR code's alphanumeric mode (the room's README has the format). Of a fact it holds all but the title of
 * its document; instants to the second, the other dates to the day.
 */
export function encodeSheet({ printedAt, readAt, practice, printedBy, patient, documents, lists }: EmergencySheet): string {
  const factOf = (fact: SheetFact): Content[3][0][3][0] => [fact.label, fact.values.map(({ value, unit }) => [value, unit]), fact.status, flags.reduce((bits, flag, at) => bits | (fact[flag] ? 1 << at : 0), 0), day(fact.date), day(fact.statedAt), fact.author, fact.frequency]
  const statementOf = ({ absence: said, label, contradicted, author, date: at }: SheetStatement): Content[3][0][4][0] => [absences.indexOf(said), label, contradicted ? 1 : 0, author, day(at)]
  const listOf = ({ state, stated, leftOut, past, facts, statements }: SheetList): Content[3][0] => [states.indexOf(state), leftOut, past, facts.map(factOf), statements.map(statementOf), stated]
  const said: Content = [
    [seconds(printedAt), seconds(readAt), practice, printedBy],
    [patient.ins, patient.insOid, patient.birthName, patient.givenName, patient.usedName, day(patient.birthDate), patient.sex, patient.identity === 'qualified' ? 1 : 0],
    [documents.read, documents.unread, documents.failed, documents.unstructured],
    [listOf(lists.allergies), listOf(lists.treatments), listOf(lists.problems), listOf(lists.vaccines)],
  ]
  const deflated = deflateRawSync(JSON.stringify(said), { level: 9 })
  const bytes = new Uint8Array(sheetHead + deflated.length + sheetSum)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, version)
  view.setUint16(1, deflated.length)
  bytes.set(deflated, sheetHead)
  view.setUint32(sheetHead + deflated.length, crc32(bytes.subarray(0, sheetHead + deflated.length)))
  return `${sheetMark}${toBase45(bytes)}:`
}

/** What a code says; `sheet-unreadable` where it is cut, changed or none, `sheet-version-unknown` where a newer program wrote it. Never throws. */
export function decodeSheet(code: string): Result<EmergencySheet> {
  const unreadable = failure('sheet-unreadable')
  if (code.length > longestSheetCode || !code.startsWith(sheetMark) || !code.endsWith(':')) return unreadable
  const bytes = fromBase45(code.slice(sheetMark.length, -1))
  if (bytes === null || bytes.length <= sheetHead + sheetSum) return unreadable
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = bytes.length - sheetSum
  if (view.getUint16(1) !== end - sheetHead || view.getUint32(end) !== crc32(bytes.subarray(0, end))) return unreadable
  const content = bytes[0] === 1 || bytes[0] === 2 || bytes[0] === version ? contents[bytes[0]] : null
  if (content === null) return failure('sheet-version-unknown')
  const said = content.safeParse(inflated(bytes.subarray(sheetHead, end)))
  return said.success ? sheetOf(said.data) : unreadable
}

function inflated(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(inflateRawSync(bytes, { maxOutputLength: largestContent })))
  } catch {
    return null
  }
}

function sheetOf([[printedAt, readAt, practice, printedBy], [ins, insOid, birthName, givenName, usedName, birthDate, sex, isQualified], [read, unread, failed, unstructured], told]: Content): Result<EmergencySheet> {
  const factOf = ([label, values, status, bits, dated, statedAt, author, frequency]: Content[3][0][3][0]): SheetFact => ({
    label, frequency, values: values.map(([value, unit]) => ({ value, unit })), status, date: dated, statedAt, author, source: null,
    ...(Object.fromEntries(flags.map((flag, at) => [flag, (bits & (1 << at)) !== 0])) as Record<(typeof flags)[number], boolean>),
  })
  const listOf = ([state, leftOut, past, facts, statements, stated]: Content[3][0]): SheetList => ({
    state: states[state]!, stated, leftOut, past, facts: facts.map(factOf),
    statements: statements.map(([said, label, contradicted, author, dated]) => ({ absence: absences[said]!, label, contradicted: contradicted === 1, author, date: dated })),
  })
  const [allergies, treatments, problems, vaccines] = told.map(listOf) as [SheetList, SheetList, SheetList, SheetList]
  const sheet = emergencySheet.safeParse({
    printedAt: isoOf(printedAt), readAt: isoOf(readAt), practice, printedBy,
    patient: { ins, insOid, birthName, givenName, usedName, birthDate, sex, identity: isQualified ? 'qualified' : 'unknownHere' },
    documents: { read, unread, failed, unstructured }, lists: { allergies, treatments, problems, vaccines },
  })
  return sheet.success ? success(sheet.data) : failure('sheet-unreadable')
}

/** Facts and statements of a sheet, list by list, in the order in which a code is filled. */
export function saidBy({ lists }: Pick<EmergencySheet, 'lists'>): number {
  return sheetLists.reduce((sum, name) => sum + lists[name].facts.length + lists[name].statements.length, 0)
}

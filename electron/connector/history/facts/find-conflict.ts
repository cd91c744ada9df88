import type { ClinicalFact } from '#shared/contract/index.ts'
import { deniesAll, deniesSomething, onlyDenies } from './denial.ts'
import { bareWords } from './elements.ts'
import type { Said } from './narrative-links.ts'

/** Numbers of a text, whatever the decimal sign and the spaces between thousands; 1 m 75, 3 kg 250 and 37°2 are one each; of a fraction (1/2) its value too. */
function numbersIn(text: string): number[] {
  const joined = text.replace(/(\d)[\u0020\u00a0\u202f](?=\d{3}(?!\d))/g, '$1').replace(/(?<![\d.,])(\d{1,3}) ?(?:m ?(\d\d)|kg ?(\d{3}))(?!\d)/g, (_, whole: string, centimetres?: string, grams?: string) => `${whole}.${centimetres ?? grams}`).replace(/(\d)°(?=\d(?!\d))/g, '$1.')
  const halves = [...joined.matchAll(/(?<![\d/])(\d{1,2})\/(\d{1,2})(?![\d/])/g)].map(([, part, whole]) => Number(part) / Number(whole))
  return [...[...joined.matchAll(/\d+(?:[.,]\d+)?/g)].map(([written]) => Number(written.replace(',', '.'))), ...halves]
}

const close = (one: number, other: number) => Math.abs(one - other) <= Math.abs(other) * 1e-9

/** A metre may be written in centimetres, a gram in milligrams: the same quantity, no disagreement. */
const scales = [1, 100, 1000, 0.01, 0.001, 10, 0.1, 1_000_000, 0.000_001]

/** Years in months, weeks in days, days in hours, hours in minutes. */
const spans = [12, 7, 24, 60].flatMap((one) => [one, 1 / one])
const timeUnits = new Set(['a', 'mo', 'wk', 'd', 'h', 'min'])

/** Lengths of time told in two units at once, each in both of them: 22 SA + 3 j, 2 ans et 6 mois, 1 h 30. */
function lengthsIn(text: string): number[] {
  const parts = { sa: [7, /^j/i], semaine: [7, /^j/i], an: [12, /^mois/i], h: [60, /^m(?!ois)/i], heure: [60, /^m(?!ois)/i] } as const
  return [...text.matchAll(/(\d+) ?(sa|semaine|an|h|heure)s? ?(?:[+,]|et)? ?(\d+) ?(j|jours?|mois|min|minutes?)?(?![\p{L}\d])/giu)].flatMap(([, whole, unit, rest, restUnit]) => {
    const [times, isOf] = parts[unit?.toLowerCase() as keyof typeof parts]
    // The second unit is the one the first is counted in, said or not.
    if (restUnit !== undefined && !isOf.test(restUnit)) return []
    const sum = Number(whole) * times + Number(rest)
    return [sum, sum / times]
  })
}

const comparable = (unit: string) => unit.toLowerCase().replace(/[µμ]/g, 'u').replace(/[[\]{}]/g, '')

/** A number of the row is followed by the very unit of the fact: it then says the same quantity or another one. */
function saysUnit(row: string, unit: string | null): boolean {
  if (unit === null) return false
  const escaped = comparable(unit).replace(/[.*+?^$()|\\/]/g, String.raw`\$&`)
  return escaped !== '' && new RegExp(String.raw`\d ?${escaped}(?![\w/²³])`).test(comparable(row))
}

/** A unit as prefix, base and what it is counted per; null for one that is not made so. */
function partsOf(unit: string): { readonly prefix: string; readonly base: string } | null {
  const [, prefix = '', base, per = ''] = /^([kdcmunp]?)(g|l|mol|m|iu|ui)(\/.+)?$/.exec(comparable(unit).replace(/^mcg/, 'ug')) ?? []
  return base === undefined ? null : { prefix, base: `${base.replace('iu', 'ui')}${per}` }
}

/** Where a row says the very number of a fact in grams and the fact is in milligrams, and nowhere the same quantity. */
function unitConflict(fact: ClinicalFact, passage: Said): ClinicalFact['conflict'] {
  const own = fact.unit === null ? null : partsOf(fact.unit)
  if (own === null || fact.value === null) return null
  const text = comparable(passage.row.replaceAll(' | ', ' ')).replace(/(\d)[\u0020\u00a0\u202f](?=\d{3}(?!\d))/g, '$1')
  const said = [...text.matchAll(/(\d+(?:[.,]\d+)?) ?((?:mcg|[kdcmunp]?(?:g|l|mol|m|iu|ui))(?:\/[a-z\d²³]+)?)(?![\p{L}\p{N}/])/gu)].flatMap(([, number = '', unit = '']) => {
    const parts = partsOf(unit)
    return parts === null || parts.base !== own.base ? [] : [{ number: Number(number.replace(',', '.')), prefix: parts.prefix }]
  })
  const coded = Number(fact.value.replace(',', '.'))
  const amount = (number: number, prefix: string) => number * (prefixes.get(prefix) ?? 1)
  const isElsewhere = said.some(({ number, prefix }) => number === coded && prefix !== own.prefix)
  return isElsewhere && !said.some(({ number, prefix }) => close(amount(number, prefix), amount(coded, own.prefix))) ? { field: 'value', coded: `${fact.value} ${fact.unit}`, narrative: passage.row } : null
}

const prefixes = new Map([['k', 1e3], ['', 1], ['d', 1e-1], ['c', 1e-2], ['m', 1e-3], ['u', 1e-6], ['n', 1e-9], ['p', 1e-12]])

/** A number and nothing else. */
const isNumber = /^[<>≤≥=]{0,2}\s?[-+−–]?\s?\d+(?:[.,]\d+)?$/

/** What may be less than nothing. */
const measured: ReadonlySet<string> = new Set(['labResult', 'measurement', 'observation'])

/** The sign a cell writes before the number it begins with. */
const signOf = (cell: string) => /^\(?([-+−])\d/.exec(cell.trim())?.[1]?.replace('−', '-') ?? null

function valueConflict(fact: ClinicalFact, passage: Said): ClinicalFact['conflict'] {
  if (fact.value === null || !/^[<>]?=?\s?[-+]?\d+([.,]\d+)?$/.test(fact.value)) return null
  const coded = numbersIn(fact.value)[0]
  const allowed = saysUnit(passage.row, fact.unit) ? [1] : timeUnits.has(fact.unit ?? '') ? [...scales, ...spans] : scales
  // What the score means holds numbers of its own.
  const meaning = bareWords(fact.interpretation ?? '')
  const row = passage.row.split(' | ').filter((cell) => meaning === '' || bareWords(cell) !== meaning)
  // The first cell of a row asks, another that begins with a number answers; whatever else is pointed at names what the others answer.
  const isQuestion = row.length > 1 && row[0] === passage.text
  const cells = !isQuestion && /^[<>≤≥=(]{0,2}\s?[-+−–]?\s?\d/.test(passage.text) ? [passage.text] : row.filter((cell) => cell !== passage.text || passage.row === passage.text)
  const answers = (cells.length > 0 ? cells : [passage.row]).join(' | ').replace(/\d\d\/\d\d\/\d{4}/g, ' ')
  const said = [...numbersIn(answers), ...(timeUnits.has(fact.unit ?? '') ? lengthsIn(answers) : [])]
  const [sign, ...signs] = cells.flatMap((cell) => signOf(cell) ?? [])
  // Before a dose a dash is none.
  if (measured.has(fact.kind) && sign !== undefined && signs.length === 0 && said.length === 1 && sign !== (signOf(fact.value) ?? '+')) return { field: 'value', coded: fact.value, narrative: passage.row }
  if (coded === undefined || said.length === 0 || said.some((one) => allowed.some((scale) => close(one * scale, coded)))) return null
  // A number inside the label alone ("CA 125") is not what was measured; a cell that is a number and nothing else is no label.
  const all = isNumber.test(passage.text.trim()) && !isQuestion ? [] : numbersIn(row.join(' | '))
  return all.some((one) => close(one, coded)) ? null : { field: 'value', coded: fact.value, narrative: passage.row }
}

const instant = String.raw`\d\d\/\d\d\/\d{4}(?:,? (?:à )?\d{1,2} ?[:h] ?(?:\d\d)?(?: ?(?::|min) ?\d\d)?)?`
/** A cell that holds a day or a period and nothing else, in its usual wordings, with or without the hour. */
const wholeDate = new RegExp(String.raw`^(?:(?:le|du|depuis le|à partir du) )?${instant}(?: ?(?:-|–|à|au|jusqu['’]au) ?${instant})?$`, 'i')

/** Where a row has days of its own and none is when the fact began or ended. */
export function dateConflict(fact: ClinicalFact, passage: Said): ClinicalFact['conflict'] {
  // A day inside a sentence may be of anything, a machine's first use or a law's; a cell that is a date is the fact's.
  if (fact.date === null || !passage.row.includes(' | ')) return null
  const cells = passage.row.split(' | ').map((cell) => cell.trim())
  const dated = cells.filter((cell) => wholeDate.test(cell))
  const days = dated.flatMap((cell) => [...cell.matchAll(/(\d\d)\/(\d\d)\/(\d{4})/g)]).map(([, day, month, year]) => `${year}-${month}-${day}`)
  const said = [...days, ...cells.flatMap((cell) => monthOrYear(cell) ?? [])]
  if (said.length === 0) return null
  const [start, end] = [fact.date.slice(0, 10), fact.end?.slice(0, 10) ?? null]
  const agrees = (date: string) => said.some((one) => one.startsWith(date) || date.startsWith(one))
  if (!agrees(start) && (end === null || !agrees(end))) return { field: 'date', coded: fact.date, narrative: passage.row }
  // A row that holds one period ends when the fact does.
  const isPeriod = dated.length === 1 && days.length === 2 && said.length === 2
  return isPeriod && end !== null && !agrees(end) ? { field: 'date', coded: end, narrative: passage.row } : null
}

/** Where an answer that is a day is none of those its row holds. */
function dayConflict(fact: ClinicalFact, passage: Said): ClinicalFact['conflict'] {
  const [day] = /^\d{4}-\d\d-\d\d(?=$|T)/.exec(fact.value ?? '') ?? []
  return day === undefined || dateConflict({ ...fact, date: day, end: null }, passage) === null ? null : { field: 'value', coded: fact.value ?? day, narrative: passage.row }
}

const months = ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre']
const wholeMonth = new RegExp(String.raw`^(?:en |depuis )?(?:(0[1-9]|1[0-2])\/|(${months.join('|')}) )?((?:19|20)\d\d)$`, 'i')

/** The month or the year a cell holds and nothing else. */
function monthOrYear(cell: string): string | null {
  const [, number, name, year] = wholeMonth.exec(cell) ?? []
  const month = number ?? (name === undefined ? undefined : String(months.indexOf(name.toLowerCase()) + 1).padStart(2, '0'))
  return year === undefined ? null : [year, month].filter(Boolean).join('-')
}

/** A cell that says nobody knows, and nothing else: what is coded as stated or denied is then neither. */
const unknown = /^(?:ne sai(?:t|s) pas|nsp|inconnue?|(?:non|pas) (?:connue?|renseignée?|communiquée?|précisée?))\.?$/i

/** What is said to be unknown or hidden. */
const absences = new Map([['notRecorded', 'non renseigné'], ['hiddenHere', 'masqué']])

/** Of a yes or no alone: an unknown end or prescriber says nothing of the fact. */
function unknownConflict(fact: ClinicalFact, passage: Said): ClinicalFact['conflict'] {
  // What is coded as unknown says what the words do.
  if (absences.has(fact.status ?? '') || unknown.test(fact.value?.trim() ?? '')) return null
  const cells = passage.row.split(' | ').map((cell) => cell.trim())
  const answers = cells.length === 2 && cells[0] === passage.text ? cells.slice(1) : [passage.text.trim()]
  return answers.some((cell) => unknown.test(cell)) ? { field: 'negation', coded: fact.negated || fact.value === 'false' ? 'non' : 'oui', narrative: passage.row } : null
}

/** What words that begin so say of something looked for: found or not. Null for any others. */
function isFound(words: string): boolean | null {
  const said = bareWords(words)
  if (/^(?:neg|negati(?:f|ve)s?|absen(?:ce|te?s?)|indetectables?|(?:non|pas) (?:detecte|reacti|retrouve)\p{L}*)(?: |$)/u.test(said)) return false
  return /^(?:pos|positi(?:f|ve)s?|presen(?:ce|te?s?)|detectee?s?|reacti(?:f|ve)s?)(?: |$)/u.test(said) ? true : null
}

/** Whether an answer, in whatever type, is no: said so, or a denial. */
const saysNo = (value: string) => value === 'false' || /^(?:non?|jamais|aucune?s?|pas)(?!\p{L})/iu.test(value) || isFound(value) === false

/** A cell that answers yes or no and nothing else; of a question that only asks whether, present, absent and not done do too. */
function yesOrNo(cell: string, asksWhether: boolean): 'oui' | 'non' | null {
  const said = cell.trim().toLowerCase().replace(/\.$/, '')
  if (said === 'oui' || said === 'non') return said
  if (!asksWhether) return null
  return /^(?:présente?s?|présence)$/.test(said) ? 'oui' : /^(?:absente?s?|absence|(?:non|pas) (?:faite?|réalisée?|effectuée?|pratiquée?|administrée?)s?)$/.test(said) ? 'non' : null
}

/**
 * The cells that may answer what a place of a row asks: those on either side of it, dashes left out, for farther ones answer something else (an urgency, a long illness); all of a row
 * pointed at as a whole. Between a question and its yes or no a day may stand; what has a day of its own was, whatever the next cell says of something else.
 */
function besides({ text, row }: Said, asks: boolean): readonly string[] {
  const cells = row.split(' | ').filter((cell) => cell === text || (/[\p{L}\d]/u.test(cell) && !(asks && wholeDate.test(cell.trim()))))
  const own = cells.indexOf(text)
  return own < 0 ? cells : cells.slice(Math.max(own - 1, 0), own + 2)
}

const inSingular = (text: string) => bareWords(text).replace(/(?<=\p{L}{2})[sx](?= |$)/gu, '')

/** Yes or no after its own question in one cell ("Traitement suivi : non"), which is the fact's where the document points there or where it asks what the fact does. */
function answeredBeside(fact: ClinicalFact, { text, row }: Said): 'oui' | 'non' | null {
  const asked = (cell: string) => {
    const [, question = '', answer] = /^([^:|;,.]+):\s*(oui|non)\.?$/i.exec(cell.trim()) ?? []
    return answer === undefined ? [] : [{ question: inSingular(question), answer: answer.toLowerCase() as 'oui' | 'non' }]
  }
  const name = inSingular(fact.label.replace(/ \([^()]*\)$/, ''))
  // Less than a name may ask for it; more asks for something about it.
  const own = row.split(' | ').flatMap(asked).find(({ question }) => question === name || (question.length >= 4 && name.startsWith(`${question} `)))
  return (own ?? asked(text)[0])?.answer ?? null
}

/** Yes or no before more words ("oui (légère)", "Oui le 12/05/2023", "Non : jamais"), or a denial ("aucune"), at the very place the document points at; what asks whether there is none is answered the other way. */
function answerAtLength({ label }: ClinicalFact, { text, row }: Said): 'oui' | 'non' | null {
  if (row.includes(' | ') && row.split(' | ')[0] === text) return null
  // "Non traité" is no "non".
  const [said, yes] = /^(?:(oui)(?![\p{L}\d])|non(?:\s*[(,;:]|\s+[-–]\s))/iu.exec(text.trim()) ?? []
  if (said !== undefined) return yes === undefined ? 'non' : 'oui'
  return deniesAll(text) && !deniesSomething(label) ? 'non' : null
}

function negationConflict(fact: ClinicalFact, passage: Said): ClinicalFact['conflict'] {
  const asksWhether = fact.value === null || fact.value === 'true' || fact.value === 'false'
  // None of something may be told by a number, and said no to.
  if (/^0+(?:[.,]0+)?$/.test(fact.value ?? '')) return null
  const [first, ...others] = passage.row.split(' | ')
  // Where a cell after the first is pointed at for another answer than yes or no, those beside it answer other questions: they stand under heads of their own.
  const isAnswered = !asksWhether && measured.has(fact.kind) && passage.text !== first && others.includes(passage.text)
  const answers = isAnswered ? [] : besides(passage, asksWhether && fact.value !== null).flatMap((cell) => yesOrNo(cell, asksWhether) ?? [])
  // Several cells that all answer alike give one answer.
  const answer = (asksWhether ? answeredBeside(fact, passage) ?? answerAtLength(fact, passage) : null) ?? yesOrNo(passage.text, asksWhether) ?? (new Set(answers).size === 1 ? answers[0] : undefined)
  if (answer === undefined) return null
  const coded = absences.get(fact.status ?? '') ?? (fact.negated || saysNo(fact.value ?? '') ? 'non' : 'oui')
  return answer === coded ? null : { field: 'negation', coded, narrative: passage.row }
}

/** Where an answer is denied and its row gives that very answer, as a cell of its own. */
export function denialConflict(fact: ClinicalFact, passage: Said | null): ClinicalFact['conflict'] {
  if (passage === null || !fact.negated || fact.value === null || fact.value === 'false' || /^non\.?$/i.test(fact.value)) return null
  // Of a question that only asks whether, what is denied is what it asks; the first cell of a row only asks.
  const answer = comparable(fact.value === 'true' ? fact.label : fact.value)
  const [first, ...others] = passage.row.split(' | ')
  const own = fact.value === 'true' || (passage.text === first && others.length > 0) ? [] : [passage.text]
  const said = [...own, ...others].some((cell) => comparable(cell.trim()) === answer)
  return said ? { field: 'negation', coded: 'non', narrative: passage.row } : null
}

/** Where what was looked for is told found and its own cell says that it was not, or the reverse: the cell its value points at, else the one beside its question. */
export function foundConflict(fact: ClinicalFact, passage: Said | null, own: Said | null): ClinicalFact['conflict'] {
  const told = isFound(fact.value ?? '')
  const [question, beside = ''] = passage?.row.split(' | ') ?? []
  const cell = own?.text ?? (passage === null || passage.text === question ? beside : passage.text)
  const said = isFound(cell)
  // "Non enceinte" says the reverse of "enceinte", whatever is looked for.
  const [value, words] = [bareWords(fact.value ?? ''), bareWords(cell)]
  if (value !== '' && words !== '' && !fact.negated && (words === `non ${value}` || value === `non ${words}`)) return { field: 'value', coded: fact.value ?? '', narrative: own?.row ?? passage?.row ?? cell }
  return told === null || said === null || (told !== fact.negated) === said ? null : { field: 'value', coded: [fact.negated ? 'non' : null, fact.value].filter(Boolean).join(' : '), narrative: own?.row ?? passage?.row ?? cell }
}

/** Where an illness or an allergy is told and the words it points at only deny ("pas d'asthme"). */
export function deniedInWords(fact: ClinicalFact, passage: Said | null): ClinicalFact['conflict'] {
  return passage === null || fact.negated || fact.status === 'refuted' || !deniesSomething(passage.text) || !onlyDenies(passage.text) ? null : { field: 'negation', coded: 'oui', narrative: passage.row }
}

/** Where the very place a product's entry points at denies it, or says that nobody knows; yes and no elsewhere in its row are of a renewal, a substitution, a long illness. */
export function answerConflict(fact: ClinicalFact, passage: Said | null): ClinicalFact['conflict'] {
  const conflict = passage === null ? null : findConflict({ ...fact, value: null, date: null }, { text: passage.text, row: passage.text })
  return conflict && { ...conflict, narrative: passage?.row ?? conflict.narrative }
}

/** Where the count of a product is not that of its row: of the one cell that holds a whole number and nothing else. */
export function countConflict(fact: ClinicalFact, passage: Said | null): ClinicalFact['conflict'] {
  const counts = (passage?.row.split(' | ') ?? []).filter((cell) => /^\d{1,4}$/.test(cell.trim()))
  if (passage === null || fact.value === null || !/^\d+$/.test(fact.value) || counts.length !== 1) return null
  return Number(counts[0]) === Number(fact.value) ? null : { field: 'value', coded: fact.value, narrative: passage.row }
}

/** What a cell that says how a fact stands, and nothing else, says of it. */
const sayings = new Map([
  ...['actif', 'active', 'en cours'].map((word) => [word, 'active'] as const),
  ...['inactif', 'inactive', 'arrêté', 'arrêtée', 'terminé', 'terminée', 'résolu', 'résolue', 'guéri', 'guérie', 'en rémission', 'rémission'].map((word) => [word, 'over'] as const),
])

/** Statuses that say whether a fact still stands; `completed` says it of the entry alone. */
const standing = new Map([
  ...['active', 'recurrence', 'relapse'].map((status) => [status, 'active'] as const),
  ...['inactive', 'remission', 'resolved', 'aborted'].map((status) => [status, 'over'] as const),
])

const sayingsOf = (cells: readonly string[]) => new Set(cells.flatMap((cell) => sayings.get(cell.trim().toLowerCase().replace(/\.$/, '')) ?? []))

/** How a fact stands by words that say it and nothing else; null for any others. */
export function standingIn(words: string): 'active' | 'inactive' | null {
  const [said] = sayingsOf([words])
  return said === undefined ? null : said === 'over' ? 'inactive' : said
}

/** Where the status of a fact contradicts a cell that says nothing else: the cell it points at, else those of its row. */
export function statusConflict(fact: ClinicalFact, passage: Said | null, cell: Said | null = null): ClinicalFact['conflict'] {
  const coded = standing.get(fact.status ?? '')
  if (fact.status === null || coded === undefined) return null
  const own = sayingsOf([cell?.text ?? ''])
  const [said, narrative] = own.size > 0 ? [own, cell?.row] : [sayingsOf(passage?.row.split(' | ') ?? []), passage?.row]
  return said.size !== 1 || said.has(coded) || narrative === undefined ? null : { field: 'status', coded: fact.status, narrative }
}

/**
 * Where a coded fact contradicts the words it rests on: another answer, another number, another day. Null when they agree
 * or when the words do not say. Never says which one is right.
 */
export function findConflict(fact: ClinicalFact, passage: Said | null): ClinicalFact['conflict'] {
  if (passage === null) return null
  return negationConflict(fact, passage) ?? unknownConflict(fact, passage) ?? valueConflict(fact, passage) ?? unitConflict(fact, passage) ?? dayConflict(fact, passage) ?? dateConflict(fact, passage)
}

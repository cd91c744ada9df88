import { insKey } from '#shared/text/ins-key.ts'
import type { PlainText } from './plain-text.ts'

/** A stretch of a text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A number in a text that has the shape of an INS. */
export interface TextNumber extends Span {
  /** The one asked for. */
  readonly isOwn: boolean
  /** Something calls it an INS: what it calls nothing may be the number of the parent who is insured. */
  readonly isLabelled: boolean
  /** It is introduced as that of a parent, a legal guardian, the insured, a trusted person or a contact. */
  readonly isOfGuardian: boolean
  /** Its key is right: nobody's number is read wrongly in it. */
  readonly isSound: boolean
}

/** A date in a text. */
export interface TextDate extends Span {
  /** `YYYY-MM-DD`, or `YY-MM-DD` where the text gives two digits of the year. */
  readonly day: string
  /** What calls it a birth date; null = nothing. */
  readonly label: Span | null
  /** The label stands right at it. */
  readonly isTight: boolean
  /** It is under the heading of a column, and the line before or after it is somebody else's. */
  readonly isOfList: boolean
  /** It is called that of a relative, a child or a guardian. */
  readonly isOfRelative: boolean
  /** Or one of them is spoken of before it. */
  readonly isAfterRelative: boolean
}

/** What a text says of identities. */
export interface TextMarks {
  readonly numbers: readonly TextNumber[]
  readonly dates: readonly TextDate[]
  /** The text in upper case, `#` for every character of a number and `@` for every one of a date. */
  readonly covered: string
}

/** Blanks, dots and dashes as people and layouts put them between the digits of a number. */
const gap = '[ .\\-]{0,3}'
const beforeKey = '(?:[ .\\-:/(]{0,3}(?:CLE)?[ .\\-:/(]{0,3})'
/** A number as it is usually grouped, then in any groups; the latter could join two numbers that stand side by side, and is looked for last. */
const usualNumber = new RegExp(`(?<!\\d)[1-478]${gap}\\d\\d${gap}\\d\\d${gap}(?:\\d\\d|2[AB])${gap}\\d{3}${gap}\\d{3}${beforeKey}\\d\\d(?!\\d)`, 'g')
const groupedNumber = new RegExp(`(?<!\\d)[1-478](?:${gap}\\d){4}${gap}(?:\\d${gap}\\d|2[AB])(?:${gap}\\d){6}${beforeKey}\\d${gap}\\d(?!\\d)`, 'g')
/** The OIDs of the INS stand beside it, and are no number of a patient. */
const insOid = /1\.2\.250\.1\.213\.1\.4\.\d{1,2}(?!\d)/g

const months = [/^JAN/, /^FEV/, /^MAR/, /^AVR/, /^MAI/, /^JUIN/, /^JUIL/, /^AOU/, /^SEP/, /^OCT/, /^NOV/, /^DEC/]
const monthNames = 'JANVIER|JANV|JAN|FEVRIER|FEVR|FEV|MARS|AVRIL|AVR|MAI|JUIN|JUILLET|JUIL|AOUT|SEPTEMBRE|SEPT|OCTOBRE|OCT|NOVEMBRE|NOV|DECEMBRE|DEC'
const dateForms: readonly RegExp[] = [
  /(?<!\d)(?<!\d[./-])(?<year>\d{4}) ?([./-]) ?(?<month>\d{1,2}) ?\2 ?(?<day>\d{1,2})(?![./-]?\d)/g,
  // Four digits end the year, whatever a layout glues to them.
  /(?<!\d)(?<!\d[./-])(?<day>\d{1,2}) ?([./-]) ?(?<month>\d{1,2}) ?\2 ?(?<year>(?:1[89]|20)\d\d|\d\d(?![./-]?\d))/g,
  /(?<!\d)(?<day>\d{1,2}) (?<month>\d{1,2}) (?<year>(?:1[89]|20)\d\d)(?!\d)/g,
  new RegExp(`(?<!\\d)(?<day>\\d{1,2})[ ./-]?(?:ER)?[ ./-]?(?<month>${monthNames})\\.?[ ./-]?(?<year>(?:1[89]|20)\\d\\d)`, 'g'),
]

const feminine = '(?:E|\\(E?S?\\)|[./\\-·•*] ?E\\.?)?'
/** What is called so; bare, "ne le" may be a negation (the accents are folded), and a birth be of a name, a place, a weight. */
const birthLabel = new RegExp(
  `(?<![A-Z])(?:(?<bare>NE LE|(?<!(?:DE|LA) )NAISS(?:ANCE|\\.)?(?: LE)?)|NE${feminine} ?LE|NE${feminine} A [A-Z' \\-]{1,40}?(?:\\(\\d{2,5}\\) ?)?LE|DATE (?:ET LIEU )?(?:DE )?NAISS(?:ANCE|\\.)?|D\\.? ?D\\.? ?N\\.?)(?![A-Z])`,
  'g',
)
const insLabel = /(?<![A-Z])(?:INSI?|IDENTI(?:TE|FIANT) NATIONALE? DE SANTE)(?![A-Z])/g
/** Whose birth date, how it is written, and what day of the week it was. */
const birthQualifier = /^ ?(?:(?:DU |DE LA |DE L')?(?:PATIENTE?|BENEFICIAIRE|(?<relative>ENFANT|BEBE|NOUVEAU-NE|MERE))(?![A-Z]))? ?(?:\([^)]{0,20}\))? ?:? ?(?:(?:LUN|MAR|MERCRE|JEU|VENDRE|SAME)DI |DIMANCHE )?/
/** Between a label and a date, they give the date another meaning. */
const otherDate = /(?<![A-Z])(?:DATE|EXAMEN|CONSULT|PRELEV|EDIT(?:E|ION)|IMPRIM|SIGN|VUE?(?![A-Z])|FAIT|HOSPI|ENTREE|SORTIE|OPER|RECU|VALID|RENDU|DEMAND|TRANSM|ASSURE|COMPTE|ORDONNANCE|RENDEZ|RDV|GROSSESSE|TERME|DDR|REGLES|VACCIN|ACCOUCH)/
const ownWord = /(?:(?<![A-Z])(?:LE|DU|AU|DEPUIS)|:)[^A-Z]*$/
const insuredNumber = /ASSUR|SECU|OUVRANT|(?<![A-Z])SS(?![A-Z])/
const longestBirthGap = 60
const longestInsGap = 80
/** How far above a number or a date somebody may be introduced whose it is, in characters; and the words of a heading that count. */
const longestRole = 200
const longestHeading = 24

const guardians =
  "(?:RESP(?:ONSABLE|\\.)?S? LEG|REPRESENTANTE?S? LEG|TUT(?:EUR|RICE|ELLE)|CURAT|(?:ASSUREE?S?|ADHERENTE?|SOUSCRIPTEUR|TITULAIRE|PAYEUR|ALLOCATAIRE)(?![A-Z])|OUVRANT|PERSONNES? (?:DE CONFIANCE|A (?:PREVENIR|CONTACTER))|CONTACTS?(?![A-Z])|(?:PARENTS?|MERE|PERE|MAMAN|PAPA|CONJOINTE?|CONCUBINE?|COMPAGNON|COMPAGNE|MARI|EPOUX|AIDANTE?)(?![A-Z])|(?:SON|L'|D') ?EPOUSE)"
const kin = "(?:(?:ENFANTS?|BEBES?|NOUVEAU[ -]NEE?S?|NOURRISSONS?|FOETUS|FILS|(?<!JEUNE )FILLES?|FRERES?|SOEURS?|JUMEAUX?|JUMELLES?|ONCLE|TANTE|NEVEUX?|NIECES?|COUSINE?S?|TRIPLES?|FRATRIE|FILLEULE?|AMIE?S?|VOISINE?|PARTENAIRE|ACCOMPAGNANTE?|TEMOIN|DONNEUR|DONNEUSE|G ?\\d ?P ?\\d)(?![A-Z])|ACCOUCH|GROSSESSE|GRAND[ -])"
const guardian = new RegExp(`(?<![A-Z])${guardians}`)
/** Words that make the person they stand at a relative, a guardian or a child of the patient. */
export const relative = new RegExp(`(?<![A-Z])(?:${guardians}|${kin})`)
const sameLine = (after: RegExp) => new RegExp(`^ ?(?:[(,\\-] ?)+(?:(?:DE|D'|LA|LE|L'|SA|SON|DU)? ?){0,2}${after.source}`)
const guardianAfter = sameLine(guardian)
const relativeAfter = sameLine(relative)

/** What a text says of identities, layout notwithstanding: as it is read out of a PDF, its columns and lines run into each other. */
export function marksIn({ cased, upper }: PlainText, ins: string): TextMarks {
  let covered = upper.replaceAll(insOid, (oid) => ' '.repeat(oid.length))
  // What was found is covered, so that it is neither found twice nor taken for a part of something else.
  const cover = <Found>(form: RegExp, by: '#' | '@', read: (written: string, groups: Groups) => Found | null): (Span & { readonly found: Found })[] => {
    const all: (Span & { readonly found: Found })[] = []
    covered = covered.replace(form, (...match: unknown[]) => {
      const groups = typeof match.at(-1) === 'object' ? (match.pop() as Groups) : {}
      const [written, start] = [match[0] as string, match.at(-2) as number]
      const found = read(written, groups)
      if (found === null) return written
      all.push({ start, end: start + written.length, found })
      return by.repeat(written.length)
    })
    return all
  }
  const own = cover(new RegExp(`(?<!\\d)${ins.slice(0, 13).split('').join(gap)}${beforeKey}${ins.slice(13).split('').join(gap)}(?!\\d)`, 'g'), '#', () => ins)
  const dates = dateForms.flatMap((form) => cover(form, '@', (_, groups) => dayOf(groups)))
  const others = [usualNumber, groupedNumber].flatMap((form) => cover(form, '#', (written) => written.replaceAll(/[^\dAB]/g, '')))
  const lines = { cased, covered }
  return {
    covered,
    numbers: [...own, ...others].map((number) => numberAt(number, number.found, number.found === ins, lines)),
    dates: dates.map((date) => dateAt(date, date.found, lines)),
  }
}

type Groups = Readonly<Record<string, string | undefined>>
interface Lines {
  readonly cased: string
  readonly covered: string
}

function dayOf({ day = '', month = '', year = '' }: Groups): string | null {
  const number = /^\d/.test(month) ? Number(month) : months.findIndex((name) => name.test(month)) + 1
  // Unknown days and months are written 00.
  return Number(day) <= 31 && number <= 12 ? `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}` : null
}

function numberAt({ start, end }: Span, value: string, isOwn: boolean, lines: Lines): TextNumber {
  const { covered } = lines
  const from = Math.max(0, start - 2 * longestInsGap)
  const label = [...covered.slice(from, start).matchAll(insLabel)].at(-1)
  const between = label ? covered.slice(from + label.index + label[0].length, start) : ''
  const isCalled = label !== undefined && between.length <= longestInsGap && !/[#\d]/.test(between) && !insuredNumber.test(between)
  const after = restOfLine(end, lines)
  const calledAfter = isAlone(start, end, lines) && /^[ :(*-]*(?:MATRICULE )?INSI?\)?[ :]*$/.test(after)
  return {
    start, end, isOwn,
    isLabelled: isCalled || calledAfter,
    isOfGuardian: guardian.test(introduction(isCalled ? from + label.index : start, lines)) || guardian.test(between) || guardianAfter.test(after),
    isSound: isOwn || insKey(value.slice(0, 13)) === value.slice(13),
  }
}

function dateAt({ start, end }: Span, day: string, lines: Lines): TextDate {
  const { covered } = lines
  const after = restOfLine(end, lines)
  const found = birthLabelBefore(start, covered)
  const calledAfter = isAlone(start, end, lines) && /^[ :(*-]*(?:DATE DE NAISSANCE|DDN)\)?[ :]*$/.test(after)
  const label = found ?? (calledAfter ? { start: end, end: end + after.length, isTight: false, isOfRelative: false } : null)
  if (label === null) return { start, end, day, label, isTight: false, isOfList: false, isOfRelative: false, isAfterRelative: false }
  return { start, end, day, label, isTight: label.isTight, isOfList: !label.isTight && isOfList(start, lines), isOfRelative: label.isOfRelative || relativeAfter.test(after), isAfterRelative: relative.test(introduction(Math.min(label.start, start), lines)) }
}

function birthLabelBefore(start: number, covered: string): (Span & { readonly isTight: boolean; readonly isOfRelative: boolean }) | null {
  const from = Math.max(0, start - 2 * longestBirthGap)
  const label = [...covered.slice(from, start).matchAll(birthLabel)].at(-1)
  if (!label) return null
  const span = { start: from + label.index, end: from + label.index + label[0].length }
  const rest = covered.slice(span.end, start)
  const qualifier = birthQualifier.exec(rest)
  const between = rest.slice(qualifier?.[0].length ?? 0)
  if (between.length > longestBirthGap || /[@\d]/.test(between.replaceAll(/\(\d{2,5}\)/g, ''))) return null
  const isOfRelative = qualifier?.groups?.['relative'] !== undefined || relative.test(between)
  if (!/[A-Z]/.test(between)) return { ...span, end: start, isTight: true, isOfRelative }
  return label.groups?.['bare'] === undefined && !otherDate.test(between) && !ownWord.test(between) ? { ...span, isTight: false, isOfRelative } : null
}

/** What stands before it on its line and the one above, and what the lines above those begin with, after whoever else was numbered there. */
function introduction(at: number, { cased, covered }: Lines): string {
  const from = Math.max(0, at - longestRole, covered.lastIndexOf('#', at - 1) + 1)
  const near = Math.max(from, cased.lastIndexOf('\n', cased.lastIndexOf('\n', at - 1) - 1) + 1)
  const above = covered.slice(from, near)
  const starts = [...cased.slice(from, near).matchAll(/\n/g)].map(({ index }) => above.slice(index + 1, index + 1 + longestHeading))
  return [...starts, covered.slice(near, at)].join(' ').replace(/^.*(?<![A-Z])(?:PATIENTE?|BENEFICIAIRE) ?:/, '')
}

function restOfLine(at: number, { cased, covered }: Lines): string {
  const end = cased.indexOf('\n', at)
  return covered.slice(at, Math.min(at + longestRole, end < 0 ? covered.length : end))
}

/** Nothing stands before it on its line, and no value on the next that what follows it could call. */
function isAlone(start: number, end: number, { cased, covered }: Lines): boolean {
  const next = cased.indexOf('\n', end)
  return !/[\p{L}\d#@]/u.test(covered.slice(cased.lastIndexOf('\n', start - 1) + 1, start)) && (next < 0 || !/^[\d#@]/.test(covered.slice(next + 1, next + 2)))
}

/** The line above or below holds somebody's names and a date as well. */
function isOfList(at: number, { cased, covered }: Lines): boolean {
  const [line, next] = [cased.lastIndexOf('\n', at - 1), cased.indexOf('\n', at)]
  const [above, below] = [cased.lastIndexOf('\n', line - 1) + 1, next < 0 ? cased.length : next + 1]
  return [above, below].some((start) => start !== line + 1 && /^\p{Lu}[\p{L}'-]+ \p{Lu}[\p{L}'-]+[^\n]{0,60}$/u.test(restOfCased(start, cased)) && restOfLine(start, { cased, covered }).includes('@'))
}

function restOfCased(at: number, cased: string): string {
  const end = cased.indexOf('\n', at)
  return cased.slice(at, end < 0 ? cased.length : end)
}

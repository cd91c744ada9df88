/** A date in a text, and whether something before it calls it a birth date. */
export interface TextDate {
  /** `YYYY-MM-DD`, or `YY-MM-DD` where the text gives two digits of the year. */
  readonly day: string
  readonly isLabelled: boolean
}

/** What a text says of identities. */
export interface TextMarks {
  /** The INS asked for stands in it. */
  readonly holdsIns: boolean
  /** And it calls it an INS there: what it calls nothing may be the number of the parent who is insured. */
  readonly isInsLabelled: boolean
  /** It calls another number an INS. A number that it calls nothing, or the insured person's, is not counted. */
  readonly hasOtherIns: boolean
  readonly dates: readonly TextDate[]
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

const feminine = '(?:E|\\(E?S?\\)|[./\\-·•] ?E\\.?)?'
/** What is called so; bare, "ne le" may be a negation (the accents are folded), and a birth be of a name, a place, a weight. */
const birthLabel = new RegExp(
  `(?<![A-Z])(?:(?<bare>NE LE|(?<!(?:DE|LA) )NAISS(?:ANCE|\\.)?(?: LE)?)|NE${feminine} ?LE|NE${feminine} A [A-Z' \\-]{1,40}?(?:\\(\\d{2,5}\\) ?)?LE|DATE (?:ET LIEU )?(?:DE )?NAISS(?:ANCE|\\.)?|D\\.? ?D\\.? ?N\\.?)(?![A-Z])`,
  'g',
)
const insLabel = /(?<![A-Z])(?:INSI?|IDENTI(?:TE|FIANT) NATIONALE? DE SANTE)(?![A-Z])/g
/** Whose birth date, how it is written, and what day of the week it was. */
const birthQualifier = /^ ?(?:(?:DU |DE LA |DE L')?(?:PATIENTE?|BENEFICIAIRE|ENFANT|BEBE|NOUVEAU-NE|MERE)(?![A-Z]))? ?(?:\([^)]{0,20}\))? ?(?:(?:LUN|MAR|MERCRE|JEU|VENDRE|SAME)DI |DIMANCHE )?/
/** Between a label and a date, they give the date another meaning. */
const otherDate = /(?<![A-Z])(?:DATE|EXAMEN|CONSULT|PRELEV|EDIT(?:E|ION)|IMPRIM|SIGN|VUE?(?![A-Z])|FAIT|HOSPI|ENTREE|SORTIE|OPER|RECU|VALID|RENDU|DEMAND|TRANSM|ASSURE|COMPTE|ORDONNANCE|RENDEZ|RDV|GROSSESSE|TERME|DDR|REGLES|VACCIN)/
const ownWord = /(?:(?<![A-Z])(?:LE|DU|AU|DEPUIS)|:)[^A-Z]*$/
const insuredNumber = /ASSUR|SECU|OUVRANT|(?<![A-Z])SS(?![A-Z])/
const longestBirthGap = 60
const longestInsGap = 80

/** What a text says of identities, layout notwithstanding: as it is read out of a PDF, its columns and lines run into each other. */
export function marksIn(text: string, ins: string): TextMarks {
  let rest = folded(text).replaceAll(insOid, (oid) => ' '.repeat(oid.length))
  // What was found is covered, so that it is neither found twice nor taken for a part of something else.
  const cover = (form: RegExp, by: '#' | '@') => {
    const found = [...rest.matchAll(form)].filter((match) => by === '#' || dayOf(match) !== null)
    for (const { 0: written, index } of found) rest = `${rest.slice(0, index)}${by.repeat(written.length)}${rest.slice(index + written.length)}`
    return found
  }
  const own = cover(new RegExp(`(?<!\\d)${ins.slice(0, 13).split('').join(gap)}${beforeKey}${ins.slice(13).split('').join(gap)}(?!\\d)`, 'g'), '#')
  const dates = dateForms.flatMap((form) => cover(form, '@'))
  const others = [...cover(usualNumber, '#'), ...cover(groupedNumber, '#')]
  const isLabelled = ({ index }: RegExpExecArray) => isLabelledIns(rest.slice(Math.max(0, index - 2 * longestInsGap), index))
  return {
    holdsIns: own.length > 0,
    isInsLabelled: own.some(isLabelled),
    hasOtherIns: others.some(isLabelled),
    dates: dates.map((match) => ({ day: dayOf(match)!, isLabelled: isLabelledBirth(rest.slice(Math.max(0, match.index - 2 * longestBirthGap), match.index)) })),
  }
}

/** Words a layout glued to each other apart, as a change of case shows them. */
export function withWordsApart(text: string): string {
  return text.normalize('NFKC').replaceAll(/(\p{Ll})(?=\p{Lu})|(\p{Lu}{2})(?=\p{Lu}\p{Ll})/gu, '$& ')
}

/** Upper case without accents, every blank one blank, every dash a hyphen; ligatures in letters. */
function folded(text: string): string {
  return withWordsApart(text).normalize('NFD').replaceAll(/[\p{M}\p{Cf}]/gu, '').toUpperCase().replaceAll(/[‐‑‒–—−]/g, '-').replaceAll(/[’‘ʼ`´]/g, "'").replaceAll(/\s+/g, ' ')
}

function dayOf({ groups }: RegExpExecArray): string | null {
  const { day, month, year } = groups as { day: string; month: string; year: string }
  const number = /^\d/.test(month) ? Number(month) : months.findIndex((name) => name.test(month)) + 1
  // Unknown days and months are written 00.
  return Number(day) <= 31 && number <= 12 ? `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}` : null
}

function isLabelledBirth(before: string): boolean {
  const label = [...before.matchAll(birthLabel)].at(-1)
  if (!label) return false
  const between = before.slice(label.index + label[0].length).replace(birthQualifier, '')
  if (between.length > longestBirthGap || /[@\d]/.test(between.replaceAll(/\(\d{2,5}\)/g, ''))) return false
  if (!/[A-Z]/.test(between)) return true
  return label.groups?.['bare'] === undefined && !otherDate.test(between) && !ownWord.test(between)
}

function isLabelledIns(before: string): boolean {
  const label = [...before.matchAll(insLabel)].at(-1)
  if (!label) return false
  const between = before.slice(label.index + label[0].length)
  return between.length <= longestInsGap && !/[#\d]/.test(between) && !insuredNumber.test(between)
}

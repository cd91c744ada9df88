import { plainText } from './plain-text.ts'
import { marksIn, type TextDate } from './text-marks.ts'
import { mentionsIn, type SoughtNames } from './text-mentions.ts'

/** Whom a document is said to be about; the birth date as `YYYY-MM-DD`. */
export interface NamedInText extends SoughtNames {
  readonly ins: string
  readonly birthDate?: string | undefined
}

export type TextSays = 'confirms' | 'contradicts' | 'says-nothing'

/** An INS further from the name may be the number of whoever is named between. */
const nearby = 300

/**
 * What the text of a document says to the patient it is said to be about: the second source beside a sidecar or a file name (export-formats.md section 2).
 *
 * `confirms`: their birth or used name and a given name of theirs stand together, as the patient's (not a professional's, a relative's, an address); beside
 * them what the text calls their birth date, or near them what it calls their INS; and it speaks of nobody else who could be the patient.
 *
 * `contradicts`: it calls another's number an INS, and not that of a parent, a guardian or the insured; or it calls another day the birth date of somebody
 * of their names, or of a second patient; or it calls something an INS or a birth date, none of them theirs, and neither their INS, their birth date nor
 * their name stands in it (a letter on a pregnancy may give the child's birth date alone).
 *
 * `says-nothing`: all the rest, a scan without a text included.
 */
export function textSays(text: string, patient: NamedInText): TextSays {
  const plain = plainText(text)
  const marks = marksIn(plain, patient.ins)
  const named = mentionsIn(plain, marks, patient)
  const called = marks.numbers.filter(({ isLabelled }) => isLabelled)
  const births = marks.dates.filter(({ label }) => label !== null)
  const isOwn = ({ day }: TextDate) => mayBe(day, patient.birthDate)
  const [ownBirths, otherBirths] = [births.filter(isOwn), births.filter((date) => !isOwn(date))]
  const otherNumbers = called.filter((number) => !number.isOwn)

  const isBeside = (date: TextDate, as: readonly string[]) => named.mentions.some((mention) => as.includes(mention.as) && named.isBeside(mention, date))
  const isAnotherPatient = (date: TextDate) =>
    date.isTight && !date.isOfRelative && (isBeside(date, ['patient', 'unsure']) || (!date.isAfterRelative && (ownBirths.some(({ isTight, isOfRelative, isAfterRelative }) => isTight && !isOfRelative && !isAfterRelative) || isAnnounced(date))))
  /** A patient of another name was announced right before it. */
  const isAnnounced = ({ label }: TextDate) => named.others.some(({ start, isAnnounced: is }) => is && start < label!.start && label!.start - start < nearby && !named.mentions.some((mention) => mention.start > start && mention.start < label!.start))
  /** A child, or anybody, whose name is not theirs and who is given by age alone; a child's own letters speak of children of its age. */
  const isOfAnotherChild = () =>
    [...(mayBeChild(marks.dates, patient) ? [] : plain.cased.matchAll(child)), ...plain.cased.matchAll(aged)].some(({ 0: { length }, index }) => !named.mentions.some(({ start, end }) => start < index + length && end > index))
  if (otherNumbers.some(({ isSound, isOfGuardian }) => isSound && !isOfGuardian) || otherBirths.some(isAnotherPatient)) return 'contradicts'

  const strangers = [...otherNumbers.filter(({ isOfGuardian }) => !isOfGuardian), ...otherBirths]
  if (strangers.length > 0 || otherNumbers.length > 0) {
    const stands = named.holdsBareName || named.mentions.some(({ as }) => as !== 'another') || marks.numbers.some((number) => number.isOwn && !number.isOfGuardian) || marks.dates.some(isOwn)
    if (!stands) return 'contradicts'
  }
  if (strangers.length > 0 || named.others.length > 0 || isOfAnotherChild() || broughtChild.test(plain.upper)) return 'says-nothing'
  const own = named.mentions.filter(({ as }) => as === 'patient')
  const isNumbered = called.some((number) => number.isOwn && !number.isOfGuardian && own.some(({ start, end }) => number.start - end < nearby && start - number.end < nearby))
  // Twins share name and birth date: where a text speaks of twins, only a number tells them apart.
  const isBorn = !twins.test(plain.upper) && ownBirths.some((date) => date.day === patient.birthDate && !date.isOfRelative && !date.isOfList && isBeside(date, ['patient']))
  return isNumbered || isBorn ? 'confirms' : 'says-nothing'
}

const twins = /(?<![A-Z])(?:JUMEAUX?|JUMELLES?|GEMELLAIRES?|TRIPLES)(?![A-Z])/
/** A child given by age alone, or brought by whom the number or the name may be. */
const child =
  /(?<![\p{L}])(?:[Ee]nfant|ENFANT|[Bb]ébé|[Bb]ebe|BEBE|[Nn]ourrisson|NOURRISSON|[Ff]ils|FILS|(?<![Jj]eune |JEUNE )(?:[Ff]ille|FILLE)|[Gg]ar[cç]on|GARCON)(?: ?:)?(?: (?:de|d'|agee?|\p{Lu}[\p{L}'-]*)){0,4} ?,? ?\(?(?:agee? de )?\d{1,2} ?(?:ans|mois|jours|semaines|ANS|MOIS)/gu
/** Names and an age; a given name alone at the beginning of a line. */
const aged = /(?<![\p{L}'-])(?:(?<=^|\n)\p{Lu}\p{Ll}[\p{L}'-]*|\p{Lu}\p{Ll}[\p{L}'-]* \p{Lu}{2}[\p{Lu}'-]*|\p{Lu}{2}[\p{Lu}'-]* \p{Lu}\p{Ll}[\p{L}'-]*)(?: ?, ?| ?\(| agee? de )(?:agee? de )?\d{1,2} ?(?:ans|mois|jours)/gu
/** The child is the patient, whoever brings it or is written to. */
const broughtChild = /(?<![A-Z])(?:VOTRE|(?:AMENE|CONSULTE|VIENT|POUR|EXAMINE|VU|VUE) (?:SON|SA|SES|LEUR|LEURS)) (?:PETITE? )?(?:FILS|FILLES?|ENFANTS?|BEBE)(?![A-Z])/
/** Not of age at the last date of the text. */
function mayBeChild(dates: readonly TextDate[], { birthDate }: NamedInText): boolean {
  const years = dates.filter(({ day }) => day !== birthDate && /^\d{4}/.test(day)).map(({ day }) => Number(day.slice(0, 4)))
  return birthDate !== undefined && years.length > 0 && Math.max(...years) - Number(birthDate.slice(0, 4)) < 18
}

/** The same day, as far as the text gives its year. */
function mayBe(day: string, birthDate: string | undefined): boolean {
  return day === birthDate || day === birthDate?.slice(2)
}

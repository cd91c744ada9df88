import { normaliseName } from '#shared/text/normalise-name.ts'
import { marksIn, withWordsApart, type TextMarks } from './text-marks.ts'

/** Whom a document is said to be about; the birth date as `YYYY-MM-DD`. */
export interface NamedInText {
  readonly ins: string
  readonly birthName?: string | undefined
  readonly usedName?: string | undefined
  readonly givenName?: string | undefined
  readonly usedGivenName?: string | undefined
  readonly birthDate?: string | undefined
}

export type TextSays = 'confirms' | 'contradicts' | 'says-nothing'

/** A name of fewer letters is a word of the language as well. */
const fewestLetters = 3

/**
 * What the text of a document says to the patient it is said to be about: the second source beside a sidecar or a file name (export-formats.md section 2).
 *
 * `confirms`: their INS stands in it as such (called nothing it may be an insured parent's, on a child's document), or their birth date with their birth or used name and a given name (twins share the rest), and it speaks of nobody
 * else. It speaks of somebody else by what it calls an INS or a birth date: a number called nothing may be the insured parent's, a date any date.
 * A mother and her child, or two patients printed in one go, are therefore never confirmed.
 *
 * `contradicts`: it calls something an INS or a birth date, none of them theirs, and neither their INS, their birth date nor their name stands in it. The
 * name is enough to doubt that: a letter on a pregnancy may give the child's birth date alone.
 *
 * `says-nothing`: all the rest, a scan without a text included.
 */
export function textSays(text: string, patient: NamedInText): TextSays {
  const marks = marksIn(text, patient.ins)
  const labelled = marks.dates.filter(({ isLabelled }) => isLabelled)
  const speaksOfOther = marks.hasOtherIns || labelled.some(({ day }) => !mayBe(day, patient.birthDate))
  const words = [wordsOf(text), wordsOf(withWordsApart(text))]
  const stands = (name: string | undefined, letters = 1) => name !== undefined && words.some((all) => holds(all, name, letters))
  const isNamed = (letters?: number) => stands(patient.birthName, letters) || stands(patient.usedName, letters)
  if (!speaksOfOther) {
    const given = [patient.givenName, patient.usedGivenName].filter((name) => name !== undefined && wordsOf(name).trim() !== '')
    const isGiven = given.length === 0 || given.some((name) => stands(name))
    return marks.isInsLabelled || (marks.dates.some(({ day }) => day === patient.birthDate) && isNamed(fewestLetters) && isGiven) ? 'confirms' : 'says-nothing'
  }
  return isNamed() || standsIn(marks, patient) ? 'says-nothing' : 'contradicts'
}

function standsIn({ holdsIns, dates }: TextMarks, { birthDate }: NamedInText): boolean {
  return holdsIns || dates.some(({ day }) => mayBe(day, birthDate))
}

/** The same day, as far as the text gives its year. */
function mayBe(day: string, birthDate: string | undefined): boolean {
  return day === birthDate || day === birthDate?.slice(2)
}

/** Its words, folded as names are, one blank around each. */
function wordsOf(text: string): string {
  return ` ${normaliseName(text.normalize('NFKC')).replaceAll(/[^\p{L}]+/gu, ' ').trim()} `
}

function holds(words: string, name: string, fewest: number): boolean {
  const sought = wordsOf(name)
  return sought.replaceAll(' ', '').length >= fewest && words.includes(sought)
}

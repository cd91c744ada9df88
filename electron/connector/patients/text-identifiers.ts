import { plainText } from './plain-text.ts'
import { marksIn } from './text-marks.ts'

/** No INS: `marksIn` marks as own the one it is given. */
const nobodys = '000000000000000'

/** By what somebody could be looked for whom a text calls born that day (`YYYY-MM-DD`), or to whom it gives a number it calls an INS; nobody is told by it. */
export function identifiersIn(text: string): { readonly birthDates: readonly string[]; readonly numbers: readonly string[] } {
  const plain = plainText(text)
  const { dates, numbers } = marksIn(plain, nobodys)
  const valueOf = ({ start, end }: (typeof numbers)[number]) => plain.upper.slice(start, end).replaceAll(/[^\dAB]/g, '')
  return {
    birthDates: [...new Set(dates.flatMap(({ day, label }) => (label !== null && /^\d{4}-/.test(day) ? day : [])))],
    numbers: [...new Set(numbers.flatMap((number) => (number.isLabelled ? valueOf(number) : [])))],
  }
}

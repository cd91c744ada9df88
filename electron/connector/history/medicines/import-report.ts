/** What became of one file: every line is kept, blank, said again, or bad; the first bad ones are named. */
export interface FileReport {
  readonly file: string
  readonly encoding: string
  lines: number
  kept: number
  blank: number
  /** Says what another line of it said already. */
  again: number
  bad: number
  readonly examples: { line: number; why: string }[]
}

const namedAtMost = 20
/** Of a hundred lines; a file of which more cannot be read is not the file it passes for. */
const badAtMost = 5

export function fileReport(file: string, encoding: string): FileReport {
  return { file, encoding, lines: 0, kept: 0, blank: 0, again: 0, bad: 0, examples: [] }
}

/** Counts a bad line, and names it among the first. */
export function noteBad(report: FileReport, line: number, why: string): void {
  report.bad += 1
  if (report.examples.length < namedAtMost) report.examples.push({ line, why })
}

/** Why a file may not be believed; null when it may. */
export function mistrust({ file, lines, blank, kept, again, bad, examples }: FileReport): string | null {
  const [first] = examples
  const worst = first ? ` (line ${first.line}: ${first.why})` : ''
  if (kept + again === 0) return `${file}: no line could be read${worst}`
  return bad * 100 > (lines - blank) * badAtMost ? `${file}: ${bad} lines of ${lines - blank} cannot be read${worst}` : null
}

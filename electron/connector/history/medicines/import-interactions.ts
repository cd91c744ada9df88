import type { Database } from 'better-sqlite3'
import type { InteractionLevel } from '#shared/contract/index.ts'
import { fileReport, noteBad, type FileReport } from './import-report.ts'
import { openLines } from './read-lines.ts'
import { splitFields } from './split-fields.ts'
import { substanceKey } from './substance-name.ts'

/** The two tables of an extracted thesaurus, known by their headers: interactions, and which classes a substance is of. */
export const interactionTables = { interactions: ['protagoniste1', 'protagoniste2', 'CI', 'AD', 'PE', 'PC'], classes: ['molecule', 'famille'] } as const
export type InteractionTable = keyof typeof interactionTables

const separators = ['\t', ';', ','] as const
const levelColumns = { CI: 'contraindicated', AD: 'discouraged', PE: 'precaution', PC: 'consider' } as const satisfies Record<string, InteractionLevel>

/** Levels as the thesaurus words them where an entry begins; several are abbreviated ("CI - ASDEC - APEC"). Compared without case and accents. */
const wordedLevels: readonly (readonly [RegExp, InteractionLevel])[] = [
  [/^contre-indication\b/, 'contraindicated'], [/^association deconseillee\b/, 'discouraged'], [/^precaution d emploi\b/, 'precaution'], [/^a prendre en compte\b/, 'consider'],
]
const shortLevels: Readonly<Record<string, InteractionLevel>> = { ci: 'contraindicated', asdec: 'discouraged', pe: 'precaution', apec: 'consider' }

interface Header {
  readonly table: InteractionTable
  readonly separator: string
  readonly columns: readonly string[]
}

/** What a first line is the header of; null for another file. */
function headerOf(line: string): Header | null {
  for (const separator of separators) {
    const columns = splitFields(line, separator)?.map((column) => column.trim()) ?? []
    for (const table of Object.keys(interactionTables) as InteractionTable[]) {
      if (interactionTables[table].every((column) => columns.includes(column))) return { table, separator, columns }
    }
  }
  return null
}

/** Which table of a thesaurus a file holds; null for another file. */
export async function interactionTableOf(file: string): Promise<InteractionTable | null> {
  const { lines } = await openLines(file)
  const first = await lines.next()
  await lines.return()
  return first.done || first.value.text === null ? null : (headerOf(first.value.text)?.table ?? null)
}

/** The levels an entry's own words begin with; empty when it begins otherwise. */
function levelsInWords(words: string): InteractionLevel[] {
  const said = substanceKey(words)
  const worded = wordedLevels.flatMap(([begins, level]) => (begins.test(said) ? [level] : []))
  if (worded.length > 0) return worded
  const [, abbreviated = ''] = /^((?:ci|asdec|pe|apec)(?: - (?:ci|asdec|pe|apec))+)\b/.exec(said) ?? []
  return abbreviated === '' ? [] : abbreviated.split(' - ').flatMap((word) => shortLevels[word] ?? [])
}

/** Levels of a row: by its level columns, else by the words of its description. None = it cannot be told, and the row is bad. */
function levelsOf(of: (column: string) => string): InteractionLevel[] {
  const columns = Object.entries(levelColumns).flatMap(([column, level]) => (of(column).trim() === '' ? [] : [level]))
  const worded = levelsInWords(of('description_interaction'))
  // Columns are empty where the conduct is: the words then tell; where both do, all that is told holds.
  return [...new Set([...columns, ...worded])].sort((one, other) => Object.values(levelColumns).indexOf(one) - Object.values(levelColumns).indexOf(other))
}

const tidy = (text: string) => text.replace(/\s+/g, ' ').trim()

/**
 * Reads an extracted thesaurus into empty tables (`baseTables.interactions`), line by line. Interactions: a header with at least `protagoniste1`, `protagoniste2`,
 * `CI`, `AD`, `PE`, `PC` (text of the level, empty = not of it); `description_interaction` and `mecanisme` are read where they are. Classes: `molecule`, `famille`. Tab,
 * semicolon or comma, quoted or not. What the thesaurus writes twice in mirror is kept once.
 */
export async function importInteractions(db: Database, files: ReadonlyMap<InteractionTable, string>): Promise<{ reports: FileReport[]; counts: Record<string, number> }> {
  const known = db.prepare('INSERT INTO protagonist VALUES (?) ON CONFLICT DO NOTHING')
  const member = db.prepare('INSERT INTO member VALUES (?, ?) ON CONFLICT DO NOTHING')
  const pair = db.prepare('INSERT INTO pair VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')

  const rows: Readonly<Record<InteractionTable, (of: (column: string) => string) => 'kept' | 'again' | { bad: string }>> = {
    interactions(of) {
      const [one, other] = [tidy(of('protagoniste1')), tidy(of('protagoniste2'))]
      if (one === '' || other === '') return { bad: 'one protagonist is missing' }
      const levels = levelsOf(of)
      if (levels.length === 0) return { bad: 'no level' }
      const [[first, firstShown], [second, secondShown]] = [one, other].map((name) => [substanceKey(name), name] as const).sort(([mine], [theirs]) => (mine < theirs ? -1 : 1)) as [readonly [string, string], readonly [string, string]]
      for (const name of [first, second]) known.run(name)
      const text = tidy(of('description_interaction')) || tidy([...new Set(Object.keys(levelColumns).map((column) => tidy(of(column))))].filter(Boolean).join(' / '))
      return pair.run(first, second, firstShown, secondShown, JSON.stringify(levels), text, tidy(of('mecanisme'))).changes > 0 ? 'kept' : 'again'
    },
    classes(of) {
      const [substance, name] = [substanceKey(of('molecule')), substanceKey(of('famille'))]
      if (substance === '' || name === '') return { bad: 'a name is missing' }
      return member.run(substance, name).changes > 0 ? 'kept' : 'again'
    },
  }

  const reports: FileReport[] = []
  for (const table of Object.keys(interactionTables) as InteractionTable[]) {
    const file = files.get(table)
    if (file === undefined) continue
    const { encoding, lines } = await openLines(file)
    const report = fileReport(table, encoding)
    let header: Header | null = null
    for await (const { number, text } of lines) {
      if (header === null) {
        header = text === null ? null : headerOf(text)
        if (header === null) throw new Error(`${file} has changed while it was read`)
        continue
      }
      report.lines += 1
      if (text?.trim() === '') {
        report.blank += 1
        continue
      }
      const fields = text === null ? null : splitFields(text, header.separator)
      const { columns } = header
      const kept = fields === null ? { bad: text === null ? 'too long' : 'a quote is not closed' }
        : fields.length !== columns.length ? { bad: `${fields.length} columns for ${columns.length}` }
        : rows[table]((column) => fields[columns.indexOf(column)] ?? '')
      if (typeof kept === 'object') noteBad(report, number, kept.bad)
      else report[kept] += 1
    }
    reports.push(report)
  }
  const count = (sql: string) => db.prepare(sql).pluck().get() as number
  return { reports, counts: { pairs: count('SELECT count(*) FROM pair'), substances: count('SELECT count(DISTINCT substance) FROM member'), classes: count('SELECT count(DISTINCT class) FROM member') } }
}

import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { fileReport, noteBad, type FileReport } from './import-report.ts'
import { openLines } from './read-lines.ts'

/** Files of the public medicines database that are read (clinical.md 4.1). `columns`: as its notice says; the first `needed` are looked at. */
export const productFiles = {
  'CIS_bdpm.txt': { needed: 2, columns: 12, isRequired: true },
  'CIS_CIP_bdpm.txt': { needed: 7, columns: 13, isRequired: true },
  'CIS_COMPO_bdpm.txt': { needed: 8, columns: 8, isRequired: true },
  'CIS_GENER_bdpm.txt': { needed: 3, columns: 5, isRequired: false },
  'CIS_MITM.txt': { needed: 2, columns: 4, isRequired: false },
} as const
export type ProductFile = keyof typeof productFiles

/** The file of the public medicines database that bears this name, whatever the case; null for any other. */
export function productFileOf(file: string): ProductFile | null {
  const name = path.basename(file).toLowerCase()
  return (Object.keys(productFiles) as ProductFile[]).find((one) => one.toLowerCase() === name) ?? null
}

/** What a line does: kept, said again, or why it cannot be. */
type Kept = 'kept' | 'again' | { readonly bad: string }

const isCis = (text: string) => /^\d{8}$/.test(text)
const isNumber = (text: string) => /^\d{1,15}$/.test(text)

/** A statement that inserts; `again` when the row is there. */
function inserting(db: Database, sql: string): (...values: (string | number)[]) => Kept {
  const statement = db.prepare(sql)
  return (...values) => (statement.run(...values).changes > 0 ? 'kept' : 'again')
}

/** How each file's line goes into the tables; the composition waits in a table of its own for its other lines. */
function readers(db: Database): Readonly<Record<ProductFile, (fields: readonly string[]) => Kept>> {
  const specialty = inserting(db, 'INSERT INTO specialty VALUES (?, ?) ON CONFLICT DO NOTHING')
  const presentation = inserting(db, 'INSERT INTO presentation VALUES (?, ?) ON CONFLICT DO NOTHING')
  const ofPresentation = db.prepare('SELECT cis FROM presentation WHERE cip = ?').pluck()
  const part = inserting(db, 'INSERT INTO part VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const generic = inserting(db, 'INSERT INTO generic VALUES (?, ?) ON CONFLICT DO NOTHING')
  const group = inserting(db, 'INSERT INTO class VALUES (?, ?) ON CONFLICT DO NOTHING')
  const present = (cip: string, cis: string): Kept => {
    const known = ofPresentation.get(Number(cip)) as number | undefined
    return known !== undefined && known !== Number(cis) ? { bad: `presentation ${cip} is of specialty ${known} already` } : presentation(Number(cip), Number(cis))
  }
  return {
    'CIS_bdpm.txt': ([cis = '', name = '']) => (name === '' ? { bad: 'no name' } : specialty(Number(cis), name)),
    'CIS_CIP_bdpm.txt'([cis = '', cip7 = '', , , , , cip13 = '']) {
      if (!/^\d{7}$/.test(cip7) && cip7 !== '') return { bad: `CIP7 ${cip7}` }
      if (!/^3400\d{9}$/.test(cip13)) return { bad: `CIP13 ${cip13}` }
      const kept = present(cip13, cis)
      return kept === 'kept' && cip7 !== '' ? present(cip7, cis) : kept
    },
    'CIS_COMPO_bdpm.txt'([cis = '', element = '', code = '', name = '', , , nature = '', link = '']) {
      if (!isNumber(code)) return { bad: `substance code ${code}` }
      if (name === '') return { bad: 'no substance' }
      if (!['SA', 'FT', 'ST'].includes(nature.toUpperCase())) return { bad: `nature ${nature}` }
      return part(Number(cis), element, Number(code), name, nature.toUpperCase() === 'SA' ? 0 : 1, link)
    },
    'CIS_GENER_bdpm.txt': ([number = '', , cis = '']) => (isNumber(number) ? generic(Number(cis), Number(number)) : { bad: `generic group ${number}` }),
    'CIS_MITM.txt': ([cis = '', atc = '']) => (/^[A-Z]\d\d[A-Z]{2}\d\d$/.test(atc) ? group(Number(cis), atc) : { bad: `ATC ${atc}` }),
  }
}

/**
 * Reads files of the public medicines database into empty tables (`baseTables.products`), line by line. No quoting, no header; a line whose columns are not
 * where they should be is bad, whatever it holds. Of each active part, the fraction thérapeutique counts, else the substance.
 */
export async function importProducts(db: Database, files: ReadonlyMap<ProductFile, string>): Promise<{ reports: FileReport[]; counts: Record<string, number> }> {
  db.exec('CREATE TEMP TABLE part (cis INTEGER, element TEXT, code INTEGER, name TEXT, is_fraction INTEGER, link TEXT, UNIQUE (cis, element, link, is_fraction, code)) STRICT')
  const read = readers(db)
  const reports: FileReport[] = []
  for (const name of Object.keys(productFiles) as ProductFile[]) {
    const file = files.get(name)
    if (file === undefined) continue
    const { needed, columns } = productFiles[name]
    const { encoding, lines } = await openLines(file)
    const report = fileReport(name, encoding)
    const cisAt = name === 'CIS_GENER_bdpm.txt' ? 2 : 0
    for await (const { number, text } of lines) {
      report.lines += 1
      if (text?.trim() === '') {
        report.blank += 1
        continue
      }
      const fields = text?.split('\t').map((field) => field.trim()) ?? []
      const kept: Kept = text === null ? { bad: 'too long' }
        : fields.length < needed ? { bad: `${fields.length} columns` }
        : fields.slice(columns).some((field) => field !== '') ? { bad: `${fields.length} columns` }
        : !isCis(fields[cisAt] ?? '') ? { bad: `CIS ${fields[cisAt]}` }
        : read[name](fields)
      if (typeof kept === 'object') noteBad(report, number, kept.bad)
      else report[kept] += 1
    }
    reports.push(report)
  }
  db.exec(`
    CREATE TEMP TABLE active AS SELECT cis, code, name FROM part WHERE is_fraction = 1
      OR NOT EXISTS (SELECT 1 FROM part AS other WHERE other.cis = part.cis AND other.element = part.element AND other.link = part.link AND other.is_fraction = 1);
    INSERT INTO substance SELECT code, min(name) FROM active GROUP BY code;
    INSERT INTO composition SELECT DISTINCT cis, code FROM active;`)
  const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number
  return { reports, counts: { specialties: count('specialty'), presentations: count('presentation'), substances: count('substance'), generics: count('generic'), classes: count('class') } }
}

import fs from 'node:fs'
import path from 'node:path'
import type { Database } from 'better-sqlite3'
import type { InstalledBase, InteractionLevel } from '#shared/contract/index.ts'
import { loadSqlite } from '../../store/index.ts'
import type { MedicineDatabase, PairFound, Product } from './medicine-database.ts'
import { baseFiles, baseFormat, medicinesFolder, type BaseName } from './medicine-files.ts'
import { namesInThesaurus } from './substance-name.ts'

/** A database opened for one check. */
export interface OpenedDatabase extends MedicineDatabase {
  close(): void
}

/** What is told of an installed base: `date` is the day of its data, `counts` what it holds. */
export interface AboutBase {
  readonly date: string
  readonly importedAt: string
  readonly counts: Readonly<Record<string, number>>
}

/** Older data is told old: the thesaurus comes out once or twice a year, the medicines database each month. */
const oldAfterMs = 365 * 86_400_000

interface OpenedBase {
  readonly base: InstalledBase
  readonly about: AboutBase | null
  /** Null unless installed. */
  readonly db: Database | null
}

async function openBase(dataFolder: string, name: BaseName, now: number): Promise<OpenedBase> {
  const file = path.join(medicinesFolder(dataFolder), baseFiles[name])
  if (!fs.existsSync(file)) return { base: { state: 'absent' }, about: null, db: null }
  let db: Database | null = null
  try {
    db = new (await loadSqlite())(file, { readonly: true, fileMustExist: true })
    const told = new Map(db.prepare('SELECT name, value FROM about').raw().all() as [string, string][])
    if (told.get('format') !== String(baseFormat)) throw new Error('another format')
    const about: AboutBase = { date: told.get('date') ?? '', importedAt: told.get('importedAt') ?? '', counts: JSON.parse(told.get('counts') ?? '{}') as Record<string, number> }
    return { base: { state: 'installed', date: about.date, old: now - Date.parse(about.date) > oldAfterMs }, about, db }
  } catch {
    db?.close()
    return { base: { state: 'unreadable' }, about: null, db: null }
  }
}

/** What is installed in a data folder, and what of it. */
export async function medicinesInstalled(dataFolder: string, now: number): Promise<Readonly<Record<BaseName, { base: InstalledBase; about: AboutBase | null }>>> {
  const [products, interactions] = await Promise.all([openBase(dataFolder, 'products', now), openBase(dataFolder, 'interactions', now)])
  for (const { db } of [products, interactions]) db?.close()
  return { products: { base: products.base, about: products.about }, interactions: { base: interactions.base, about: interactions.about } }
}

/** Changes when a base is imported: what was checked with the former one is checked again. */
export function medicinesStamp(dataFolder: string): string {
  return Object.values(baseFiles).map((name) => {
    const found = fs.statSync(path.join(medicinesFolder(dataFolder), name), { throwIfNoEntry: false })
    return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : ''
  }).join('/')
}

/** Opens what is installed for the time of a check: an import swaps the files, and on Windows nobody may hold them then. */
export async function openMedicineDatabase(dataFolder: string, now: number): Promise<OpenedDatabase> {
  const [products, interactions] = await Promise.all([openBase(dataFolder, 'products', now), openBase(dataFolder, 'interactions', now)])
  return {
    products: products.base,
    interactions: interactions.base,
    ...(products.db ? readProducts(products.db) : { productsOf: () => [] }),
    ...(interactions.db ? readInteractions(interactions.db) : { protagonistsOf: () => [], interactionsAmong: () => [] }),
    close() {
      products.db?.close()
      interactions.db?.close()
    },
  }
}

function readProducts(db: Database): Pick<MedicineDatabase, 'productsOf'> {
  const specialty = db.prepare('SELECT name FROM specialty WHERE cis = ?').pluck()
  const ofPresentation = db.prepare('SELECT cis FROM presentation WHERE cip = ?').pluck()
  const composition = db.prepare('SELECT code, name FROM composition JOIN substance ON code = substance WHERE cis = ? ORDER BY code')
  const generic = db.prepare('SELECT generic_group FROM generic WHERE cis = ?').pluck()
  const classes = db.prepare('SELECT atc FROM class WHERE cis = ?').pluck()
  return {
    productsOf({ cis, cip }): Product[] {
      const named = new Set([...cis.map(Number), ...cip.flatMap((code) => (ofPresentation.get(Number(code)) as number | undefined) ?? [])])
      return [...named].flatMap((code) => {
        const name = specialty.get(code) as string | undefined
        if (name === undefined) return []
        const substances = (composition.all(code) as { code: number; name: string }[]).map((one) => ({ code: String(one.code), name: one.name }))
        return [{ cis: String(code), name, substances, genericGroups: (generic.all(code) as number[]).map(String), atc: classes.all(code) as string[] }]
      })
    },
  }
}

interface PairRow {
  readonly first: string
  readonly second: string
  readonly first_shown: string
  readonly second_shown: string
  readonly levels: string
  readonly text: string
  readonly mechanism: string
}

function readInteractions(db: Database): Pick<MedicineDatabase, 'protagonistsOf' | 'interactionsAmong'> {
  const isKnown = db.prepare('SELECT 1 FROM protagonist WHERE name = ?').pluck()
  const classes = db.prepare('SELECT class FROM member WHERE substance = ?').pluck()
  const among = db.prepare('SELECT pair.* FROM json_each(@keys) AS one JOIN pair ON pair.first = one.value WHERE pair.second IN (SELECT value FROM json_each(@keys)) ORDER BY pair.rowid')
  return {
    protagonistsOf(substance) {
      for (const name of namesInThesaurus(substance)) {
        const of = classes.all(name) as string[]
        if (of.length > 0 || isKnown.get(name) !== undefined) return [name, ...of]
      }
      return []
    },
    interactionsAmong(keys): PairFound[] {
      return (among.all({ keys: JSON.stringify(keys) }) as PairRow[]).map((row) => ({
        keys: [row.first, row.second], between: [row.first_shown, row.second_shown], levels: JSON.parse(row.levels) as InteractionLevel[], text: row.text || null, mechanism: row.mechanism || null,
      }))
    },
  }
}

import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { loadSqlite, syncDirectory } from '../../store/index.ts'
import { importInteractions, interactionTableOf, interactionTables, type InteractionTable } from './import-interactions.ts'
import { importProducts, productFileOf, productFiles, type ProductFile } from './import-products.ts'
import { mistrust, type FileReport } from './import-report.ts'
import { baseFiles, baseFormat, baseTables, medicinesFolder, type BaseName } from './medicine-files.ts'

/** What was imported. `ignored`: files that were given and are none of those that are read. */
export interface ImportReport {
  readonly bases: readonly { readonly base: BaseName; readonly date: string; readonly files: readonly FileReport[]; readonly counts: Readonly<Record<string, number>> }[]
  readonly ignored: readonly string[]
}

export interface ImportOptions {
  /** Files, and folders whose files are taken. */
  readonly paths: readonly string[]
  readonly dataFolder: string
  /** The day of the data; null = that of the newest file's last change. */
  readonly date: string | null
  /** Milliseconds. */
  readonly now: number
}

/** Drafts older than this are of an import that was killed. */
const abandonedMs = 3_600_000
const draftEnd = '.draft'

interface Sorted {
  readonly products: Map<ProductFile, string>
  readonly interactions: Map<InteractionTable, string>
  readonly ignored: string[]
}

/** What each file is; a failure names two that pass for one. */
async function sorted(paths: readonly string[]): Promise<Result<Sorted>> {
  const files = paths.flatMap((one) => (fs.statSync(one).isDirectory() ? fs.readdirSync(one).sort().map((name) => path.join(one, name)).filter((file) => fs.statSync(file).isFile()) : [one]))
  const found: Sorted = { products: new Map(), interactions: new Map(), ignored: [] }
  for (const file of files) {
    const product = productFileOf(file)
    const table = product === null && /\.(csv|tsv|txt)$/i.test(file) ? await interactionTableOf(file) : null
    const before = product ? found.products.get(product) : table ? found.interactions.get(table) : undefined
    if (before !== undefined) return failure('medicine-files-invalid', { detail: `${before} and ${file} are both ${product ?? `the ${table} of a thesaurus`}` })
    if (product) found.products.set(product, file)
    else if (table) found.interactions.set(table, file)
    else found.ignored.push(file)
  }
  return success(found)
}

/** What is missing beside the files that were given; null when nothing is. */
function missing({ products, interactions, ignored }: Sorted): string | null {
  if (products.size + interactions.size === 0) {
    const isPdf = ignored.some((file) => /\.pdf$/i.test(file))
    return `none of these files is read${isPdf ? '; a PDF of the thesaurus is not: give the tables taken out of it' : ''}`
  }
  const lacking = products.size === 0 ? [] : (Object.keys(productFiles) as ProductFile[]).filter((name) => productFiles[name].isRequired && !products.has(name))
  const tables = interactions.size === 0 ? [] : (Object.keys(interactionTables) as InteractionTable[]).filter((table) => !interactions.has(table)).map((table) => `a table with the columns ${interactionTables[table].join(', ')}`)
  const all = [...lacking, ...tables]
  return all.length === 0 ? null : `missing: ${all.join('; ')}`
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

/** Builds a base in a draft beside its place; what it was read from is judged before anything else sees it. */
async function build(draft: string, base: BaseName, found: Sorted, about: { date: string; importedAt: string }): Promise<Result<{ files: FileReport[]; counts: Record<string, number> }>> {
  const db: Database = new (await loadSqlite())(draft)
  try {
    // A draft: what a crash leaves of it is thrown away, and it is synced once, whole.
    db.pragma('journal_mode = OFF')
    db.pragma('synchronous = OFF')
    db.pragma('temp_store = FILE')
    db.exec(baseTables[base])
    db.exec('BEGIN')
    const { reports, counts } = base === 'products' ? await importProducts(db, found.products) : await importInteractions(db, found.interactions)
    const why = reports.map(mistrust).find((one) => one !== null)
    if (why) return failure('medicine-files-invalid', { detail: why })
    const tell = db.prepare('INSERT INTO about VALUES (?, ?)')
    for (const [name, value] of Object.entries({ format: String(baseFormat), ...about, counts: JSON.stringify(counts) })) tell.run(name, value)
    db.exec('COMMIT')
    db.exec('VACUUM')
    return success({ files: reports, counts })
  } finally {
    db.close()
  }
}

function syncFile(file: string): void {
  const descriptor = fs.openSync(file, 'r+')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/**
 * Imports what a practice was given of medicines: the public medicines database (files `CIS_*.txt`) and the ANSM thesaurus of interactions, as tables. Every base is
 * built and judged before one is put in the place of the former, synced and whole: an import that fails leaves what was there. Fails with
 * `medicine-files-invalid`, whose detail says which file and line.
 */
export async function importMedicines({ paths, dataFolder, date, now }: ImportOptions): Promise<Result<ImportReport>> {
  const found = await sorted(paths)
  if (!found.ok) return found
  const lack = missing(found.value)
  if (lack) return failure('medicine-files-invalid', { detail: lack })
  const folder = medicinesFolder(dataFolder)
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of fs.readdirSync(folder).filter((one) => one.endsWith(draftEnd))) {
    const draft = path.join(folder, name)
    if (fs.statSync(draft).mtimeMs < now - abandonedMs) fs.rmSync(draft, { force: true })
  }
  const given = { products: [...found.value.products.values()], interactions: [...found.value.interactions.values()] } satisfies Record<BaseName, string[]>
  const wanted = (Object.keys(given) as BaseName[]).filter((base) => given[base].length > 0)
  const drafts = new Map(wanted.map((base) => [base, path.join(folder, `${baseFiles[base]}.${randomBytes(4).toString('hex')}${draftEnd}`)]))
  try {
    const bases: ImportReport['bases'][number][] = []
    for (const [base, draft] of drafts) {
      const ofData = date ?? dayOf(Math.max(...given[base].map((file) => fs.statSync(file).mtimeMs)))
      const built = await build(draft, base, found.value, { date: ofData, importedAt: new Date(now).toISOString() })
      if (!built.ok) return built
      syncFile(draft)
      bases.push({ base, date: ofData, ...built.value })
    }
    for (const [base, draft] of drafts) fs.renameSync(draft, path.join(folder, baseFiles[base]))
    syncDirectory(folder)
    return success({ bases, ignored: found.value.ignored })
  } finally {
    for (const draft of drafts.values()) fs.rmSync(draft, { force: true })
  }
}

import fs from 'node:fs'
import path from 'node:path'
import type { InstalledBase } from '#shared/contract/index.ts'
import { importMedicines, medicinesInstalled, type ImportReport } from '#connector/history/index.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'
import { localDay } from './local-day.ts'

const usage = 'medicines import FILE|FOLDER... [--date DAY] | medicines status'

const names = { products: 'public medicines database', interactions: 'thesaurus of interactions' } as const

/** `medicines`: what medicines are checked with. While the program runs too: it looks at what is installed at each check. */
export async function medicines(options: Options): Promise<number> {
  const [command, ...paths] = options.rest
  if (!fs.existsSync(path.join(options.data, 'relais.db'))) throw new UsageError(`No Relais data in ${options.data}`)
  if (command === 'status' && paths.length === 0) return status(options)
  if (command !== 'import' || paths.length === 0) throw new UsageError(usage)
  return install(options, paths.map((one) => path.resolve(one)))
}

/** Exit code 1, and what was installed before still is, when the files are not what they should be. Bad lines of files that are good are named. */
async function install(options: Options, paths: readonly string[]): Promise<number> {
  if (options.date !== null) localDay('--date', options.date)
  const imported = await importMedicines({ paths, dataFolder: options.data, date: options.date, now: Date.now() })
  if (!imported.ok) {
    process.stderr.write(`${JSON.stringify({ error: imported.failure.code, detail: imported.failure.detail ?? null })}\n`)
    return 1
  }
  if (options.json) process.stdout.write(`${JSON.stringify(imported.value)}\n`)
  else process.stdout.write(`${inWords(imported.value).join('\n')}\n`)
  return 0
}

function inWords({ bases, ignored }: ImportReport): string[] {
  const lines = bases.flatMap(({ base, date, files, counts }) => [
    `${names[base]} of ${date} installed: ${countsOf(counts)}`,
    ...files.flatMap(({ file, encoding, lines, kept, blank, again, bad, examples }) => [
      `  ${file} (${encoding}): ${lines} lines, ${kept} kept, ${again} said again, ${blank} blank, ${bad} bad`,
      ...examples.map(({ line, why }) => `    line ${line}: ${why}`),
      ...(bad > examples.length ? [`    and ${bad - examples.length} more`] : []),
    ]),
  ])
  return [...lines, ...ignored.map((file) => `not read: ${file}`)]
}

const countsOf = (counts: Readonly<Record<string, number>>) => Object.entries(counts).map(([what, count]) => `${count} ${what}`).join(', ')

/** Exit code 1 when something installed cannot be read. */
async function status(options: Options): Promise<number> {
  const installed = await medicinesInstalled(options.data, Date.now())
  const bases = (['products', 'interactions'] as const).map((base) => ({ name: base, ...installed[base] }))
  if (options.json) process.stdout.write(`${JSON.stringify(Object.fromEntries(bases.map(({ name, base, about }) => [name, { ...base, ...about }])))}\n`)
  else for (const { name, base, about } of bases) process.stdout.write(`${names[name]}: ${stateOf(base)}${about ? `, imported ${about.importedAt.slice(0, 10)}: ${countsOf(about.counts)}` : ''}\n`)
  return bases.some(({ base }) => base.state === 'unreadable') ? 1 : 0
}

function stateOf(base: InstalledBase): string {
  if (base.state === 'installed') return `data of ${base.date}${base.old ? ' (more than a year old)' : ''}`
  return base.state === 'absent' ? 'not installed' : 'cannot be read: import it again'
}

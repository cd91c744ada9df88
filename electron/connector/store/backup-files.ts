import fs from 'node:fs'
import path from 'node:path'

/** The two copies kept in turn. */
export const backupNames = ['relais-a.db', 'relais-b.db'] as const

/** A copy of the store that the program keeps. `at` in milliseconds. */
export interface Backup {
  readonly file: string
  readonly at: number
}

/** The folder of the copies, inside the data folder. */
export function backupFolder(directory: string): string {
  return path.join(directory, 'backup')
}

/** The copies that are there, newest first by the date of their files: the two kept in turn and those made before a migration. */
export function backupsIn(directory: string): Backup[] {
  const folder = backupFolder(directory)
  if (!fs.existsSync(folder)) return []
  return fs
    .readdirSync(folder)
    .filter((name) => isKeptInTurn(name) || /^before-\d+-from-\d+\.db$/.test(name))
    .map((name) => ({ file: path.join(folder, name), at: fs.statSync(path.join(folder, name)).mtimeMs }))
    .sort((one, other) => other.at - one.at)
}

/** The same in the order they are to be believed at `now` (milliseconds): one of a date to come was made by a clock that was ahead, and may be older than it says. */
export function backupsAsBelieved(directory: string, now: number): Backup[] {
  const all = backupsIn(directory)
  return [...all.filter(({ at }) => at <= now), ...all.filter(({ at }) => at > now)]
}

/** The one of the two kept in turn that the next copy leaves alone, or null: the newest, as believed at `now`. */
export function backupToKeep(directory: string, now: number): Backup | null {
  return backupsAsBelieved(directory, now).find((backup) => isKeptInTurn(path.basename(backup.file))) ?? null
}

/** The newest of the two copies kept in turn, or null. Only looks at names and dates: safe while the program runs elsewhere. */
export function newestBackup(directory: string): Backup | null {
  return backupsIn(directory).find((backup) => isKeptInTurn(path.basename(backup.file))) ?? null
}

function isKeptInTurn(name: string): boolean {
  return (backupNames as readonly string[]).includes(name)
}

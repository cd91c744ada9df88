import type Sqlite from 'better-sqlite3'

/**
 * Loads the encrypted SQLite. Its binary speaks Node-API 10: on an older Node it does not fail, it crashes the process,
 * so the version is looked at first.
 */
export async function loadSqlite(): Promise<typeof Sqlite> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 14)) {
    throw new Error(`Relais needs Node 22.14 or later to open its store; this is Node ${process.versions.node}`)
  }
  return (await import('better-sqlite3')).default
}

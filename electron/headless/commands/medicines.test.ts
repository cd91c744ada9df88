import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

let data: string
beforeEach(() => {
  data = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-medicines-'))
  // What the command looks for to know a data folder; it opens no store.
  fs.writeFileSync(path.join(data, 'relais.db'), '')
})
afterEach(() => fs.rmSync(data, { recursive: true, force: true }))

const relais = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [path.resolve(import.meta.dirname, '../relais.ts'), 'medicines', ...args, '--data', data], (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }))
  })

it('installs what it is given, says what it read and did not, and what is installed', async () => {
  const given = path.join(data, 'given')
  fs.mkdirSync(given)
  fs.writeFileSync(path.join(given, 'i.csv'), 'protagoniste1;protagoniste2;CI;AD;PE;PC\nA;B;;Association DECONSEILLEE;;\nA;C;;;Précaution;')
  fs.writeFileSync(path.join(given, 'c.csv'), 'molecule;famille\na;familles')
  fs.writeFileSync(path.join(given, 'notes.md'), 'x')
  expect(await relais('status')).toEqual({ code: 0, stdout: 'public medicines database: not installed\nthesaurus of interactions: not installed\n', stderr: '' })
  const installed = await relais('import', path.join(given, 'i.csv'), path.join(given, 'c.csv'), path.join(given, 'notes.md'), '--date', '2026-09-15')
  expect([installed.code, installed.stdout]).toEqual([0, `thesaurus of interactions of 2026-09-15 installed: 2 pairs, 1 substances, 1 classes
  interactions (utf-8): 2 lines, 2 kept, 0 said again, 0 blank, 0 bad
  classes (utf-8): 1 lines, 1 kept, 0 said again, 0 blank, 0 bad
not read: ${path.join(given, 'notes.md')}
`])
  expect((await relais('status')).stdout).toMatch(/^public medicines database: not installed\nthesaurus of interactions: data of 2026-09-15(?: \(more than a year old\))?, imported \d{4}-\d\d-\d\d: 2 pairs/)
  expect(JSON.parse((await relais('status', '--json')).stdout)).toMatchObject({ products: { state: 'absent' }, interactions: { state: 'installed', date: '2026-09-15', counts: { pairs: 2 } } })
})

it('refuses what it does not know, and leaves by its exit code what was installed', async () => {
  for (const args of [[], ['import'], ['remove'], ['status', 'now'], ['import', data, '--date', '2026-02-30']]) expect(await relais(...args), args.join(' ')).toMatchObject({ code: 2, stdout: '' })
  const refused = await relais('import', path.join(data, 'relais.db'))
  expect([refused.code, JSON.parse(refused.stderr)]).toMatchObject([1, { error: 'medicine-files-invalid', detail: 'none of these files is read' }])
  expect(await relais('import', path.join(data, 'nowhere'))).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be made or found') as string })
})

/**
 * `npm run bench:facts -- [DIRECTORY] [ROUNDS]`: what reading the clinical facts of documents costs, as a ratio to parsing the same bytes and
 * throwing the result away, in turn in one run. Documents are every `.xml` of the directory (the demo practice's by default).
 */
import fs from 'node:fs'
import path from 'node:path'
import { openFactsDesk } from '../../electron/connector/history/facts-desk.ts'
import { withXml } from '../../electron/connector/documents/xml-document.ts'
import { success } from '#shared/contract/index.ts'

const [directory = path.join(import.meta.dirname, '../../resources/demo/documents'), written = '15'] = process.argv.slice(2)
const rounds = Number(written)
const documents = fs.readdirSync(directory).filter((name) => name.endsWith('.xml')).map((name) => ({ name, bytes: fs.readFileSync(path.join(directory, name)) }))
if (documents.length === 0 || !(rounds >= 1)) throw new Error('npm run bench:facts -- [DIRECTORY with .xml] [ROUNDS]')

function timed(work: () => unknown): number {
  const from = performance.now()
  work()
  return performance.now() - from
}

// As the thread of facts does it, written out for the store.
const answer = openFactsDesk()
// The fastest round of each counts: what else the computer does only adds to the others.
const times = documents.map(({ name, bytes }) => ({ name, bytes, parse: Infinity, facts: Infinity }))
// The first rounds only warm the engine up.
for (let round = -3; round < rounds; round += 1) {
  for (const one of times) {
    const [bare, read] = [timed(() => withXml(one.bytes, () => success(null))), timed(() => answer({ kind: 'read', bytes: one.bytes, document: 'measured' }))]
    if (round >= 0) Object.assign(one, { parse: Math.min(one.parse, bare), facts: Math.min(one.facts, read) })
  }
}
const ratios = times.map(({ name, parse, facts }) => ({ name, ratio: facts / parse })).toSorted((one, other) => one.ratio - other.ratio)
const [bare, read] = [times.reduce((sum, { parse }) => sum + parse, 0), times.reduce((sum, { facts }) => sum + facts, 0)]
const middle = ratios[Math.floor(ratios.length / 2)]!
const most = ratios.at(-1)!
process.stdout.write(`${documents.length} documents: parse ${bare.toFixed(1)} ms, facts ${read.toFixed(1)} ms, ratio ${(read / bare).toFixed(2)}; ` +
  `of one document: median ${middle.ratio.toFixed(2)}, highest ${most.ratio.toFixed(2)} (${most.name})\n`)

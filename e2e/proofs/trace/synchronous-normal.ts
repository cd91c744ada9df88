/**
 * Loaded before a program (`node --import`), turns its `PRAGMA synchronous = FULL` into NORMAL: commits are then not synced one by
 * one, which the proofs must see. Nothing of the program is changed for it.
 */
import { createRequire } from 'node:module'
import path from 'node:path'

const programRoot = path.resolve(process.env['RELAIS_PROGRAM_ROOT'] ?? path.join(import.meta.dirname, '../../..'))
const { prototype } = createRequire(path.join(programRoot, 'package.json'))('better-sqlite3') as { prototype: { pragma: (text: string, options?: object) => unknown } }
const asWritten = prototype.pragma
prototype.pragma = function weakened(this: unknown, text, options) {
  return asWritten.call(this, text.replace(/^synchronous *= *FULL$/, 'synchronous = NORMAL'), options)
}

import type { ClinicalFact } from '#shared/contract/index.ts'
import { numberOf } from '../summary/quantity.ts'

const usual = new Set(['N', 'NEG', 'ND', 'NR', 'B'])
const critical = new Set(['HH', 'LL', 'AA'])
const number = String.raw`([+-]?\d+(?:[.,]\d+)?)`
const between = new RegExp(String.raw`^\[?\s*${number}\s*(?:-|–|à)\s*${number}\s*\]?$`)
const bound = new RegExp(String.raw`^([<>])(=?)\s*${number}$`)

/** What a result is by its document: its laboratory's interpretation first, else its own usual values; `unjudged` when neither tells. */
export function judgementOf({ interpretation, referenceRange, value }: Pick<ClinicalFact, 'interpretation' | 'referenceRange' | 'value'>): 'usual' | 'abnormal' | 'critical' | 'unjudged' {
  const said = interpretation?.split(', ') ?? []
  if (said.some((code) => critical.has(code))) return 'critical'
  // Any other code says that something is to be looked at.
  if (said.length > 0) return said.every((code) => usual.has(code)) ? 'usual' : 'abnormal'
  const found = numberOf(value)
  if (found === null || found.sign !== null || referenceRange === null) return 'unjudged'
  const [, low, high] = between.exec(referenceRange.trim()) ?? []
  if (low !== undefined && high !== undefined) {
    const [lowest, highest] = [numeric(low), numeric(high)]
    return lowest > highest ? 'unjudged' : found.value >= lowest && found.value <= highest ? 'usual' : 'abnormal'
  }
  const [, sign, equal, limit] = bound.exec(referenceRange.trim()) ?? []
  if (limit === undefined) return 'unjudged'
  const away = sign === '<' ? numeric(limit) - found.value : found.value - numeric(limit)
  return away > 0 || (away === 0 && equal === '=') ? 'usual' : 'abnormal'
}

const numeric = (digits: string) => Number(digits.replace(',', '.'))

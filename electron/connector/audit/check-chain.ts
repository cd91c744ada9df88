import { chainOrigin, lineHash, type TraceKeys, type TraceLine } from './chain.ts'
import type { StoredEvent, TraceGap } from './event.ts'
import type { KeptHeads, TraceHead } from './heads.ts'

/**
 * What is wrong with a trace, first found first.
 * - `line-broken`: this line is not the one that was written here, or one is missing before it.
 * - `seal-missing`: a line without seal after sealed ones, or no sealed line at all.
 * - `seal-foreign`: the chain holds, but this line was sealed with another key: written anew, or not this store's.
 * - `head-foreign`: a head outside the database was sealed with another key.
 * - `end-missing`: a head outside the database knows of lines up to this one, which are not there.
 * - `rewritten`: this line is not the one whose hash a head outside the database kept.
 * - `heads-missing`: sealed lines, and no head outside the database at all.
 */
export type TraceProblem = 'line-broken' | 'seal-missing' | 'seal-foreign' | 'head-foreign' | 'end-missing' | 'rewritten' | 'heads-missing'

/** The outcome of a check. */
export interface TraceVerdict {
  readonly lines: number
  /** Null = nothing is wrong, as far as can be known (README). */
  readonly problem: { readonly code: TraceProblem; readonly seq: number } | null
  /** Lines lost with a database the program put back, told by the trace itself. */
  readonly gaps: TraceGap[]
  readonly heads: number
  /** Lines of the file of heads that could not be read: one is what a crash leaves. */
  readonly unreadableHeads: number
  /** The last line that holds: noted elsewhere, it proves later that the trace known today is still there. */
  readonly last: { readonly seq: number; readonly hash: string } | null
}

/** Checks a trace line by line, so that it never has to be whole in memory. */
export interface ChainCheck {
  /** Takes the next line, in the order of the store; false once something is wrong: the rest tells nothing more. */
  take(line: TraceLine): boolean
  /** After the last line. */
  end(): TraceVerdict
}

/** Begins a check against the heads kept outside the database. */
export function checkChain(keys: TraceKeys, kept: KeptHeads): ChainCheck {
  const wanted = new Map<number, TraceHead[]>()
  for (const head of kept.heads) wanted.set(head.seq, [...(wanted.get(head.seq) ?? []), head])
  const unmet = new Set(kept.heads)
  const gaps: TraceGap[] = []
  let last: { seq: number; hash: string } | null = null
  let sealed = false
  let problem: TraceVerdict['problem'] = null

  function problemOf(line: TraceLine): TraceProblem | null {
    if (line.seq !== (last?.seq ?? 0) + 1 || line.previousHash !== (last?.hash ?? chainOrigin) || line.hash !== lineHash(line.previousHash, line.seq, line.at, line.event)) return 'line-broken'
    if (line.seal === null) return sealed ? 'seal-missing' : null
    return line.seal === keys.seal(line.hash) ? null : 'seal-foreign'
  }

  function headProblem(): TraceVerdict['problem'] {
    const foreign = kept.heads.find((head) => head.seal !== keys.headSeal(head))
    if (foreign) return { code: 'head-foreign', seq: foreign.seq }
    // Whoever writes a trace anew without the key could pass it off for one of before seals.
    if (last && !sealed) return { code: 'seal-missing', seq: last.seq }
    if (sealed && kept.heads.length === 0) return { code: 'heads-missing', seq: last?.seq ?? 0 }
    for (const head of unmet) {
      const gap = gaps.find(({ from, to }) => from <= head.seq && head.seq <= to)
      if (gap?.restored) continue
      return gap || head.seq > (last?.seq ?? 0) ? { code: 'end-missing', seq: gap?.to ?? head.seq } : { code: 'rewritten', seq: head.seq }
    }
    return null
  }

  return {
    take(line) {
      if (problem) return false
      const code = problemOf(line)
      if (code) {
        problem = { code, seq: line.seq }
        return false
      }
      last = { seq: line.seq, hash: line.hash }
      sealed ||= line.seal !== null
      if (sealed) {
        const { gap } = JSON.parse(line.event) as StoredEvent
        if (gap) gaps.push(gap)
      }
      for (const head of wanted.get(line.seq) ?? []) if (head.hash === line.hash) unmet.delete(head)
      return true
    },
    end: () => ({ lines: last?.seq ?? 0, problem: problem ?? headProblem(), gaps, heads: kept.heads.length, unreadableHeads: kept.unreadable, last }),
  }
}

import type { Call } from './strace-calls.ts'

/** One moment of a call. */
export type Moment = { readonly at: number; readonly call: Call; readonly phase: 'begin' | 'end' }

/** Begins and ends of calls, in the order they happened. */
export function momentsOf(calls: readonly Call[]): Moment[] {
  return calls
    .flatMap((call): Moment[] => [{ at: call.begin, call, phase: 'begin' }, { at: call.end, call, phase: 'end' }])
    .sort((a, b) => a.at - b.at || (a.phase === b.phase ? 0 : a.phase === 'begin' ? -1 : 1))
}

import type { RecordDocument } from '#shared/contract/index.ts'

type State = RecordDocument['status']

/** What the record holds as it stands, and what a list is of unless other states are asked (EX_3.1-1020). */
export const inForce: readonly State[] = ['approved']

const every: readonly State[] = ['approved', 'archived', 'deprecated', 'deleted']

/** The states to ask of the record for a list of these: whether an entry says a former document or only a former description of one, the others tell. */
export function statesToAsk(wanted: readonly State[]): readonly State[] {
  return wanted.includes('deprecated') ? every : wanted
}

/** Whether a list of these states is the one of what is in force, which is kept. */
export function isInForce(states: readonly State[]): boolean {
  return states.every((state) => inForce.includes(state))
}

/**
 * The documents of these states among what was found, one that was replaced once. A change of visibility leaves a deprecated entry of the same uniqueId
 * behind (ITI-57): that document was not replaced. Of what stands every entry is told, doubled or not.
 */
export function ofStates(found: readonly RecordDocument[], wanted: readonly State[]): RecordDocument[] {
  const told = new Set(found.flatMap(({ status, uniqueId }) => (status === 'deprecated' ? [] : uniqueId)))
  return found.filter(({ status, uniqueId }) => {
    if (status === 'deprecated') {
      if (told.has(uniqueId)) return false
      told.add(uniqueId)
    }
    return wanted.includes(status)
  })
}

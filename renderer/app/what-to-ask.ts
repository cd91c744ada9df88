import type { ConnectorEvent } from '#shared/contract/contract.ts'

/** What to ask again after an event: one topic, or everything when events were missed or the link is new. */
export function toAskAgain(lastSequence: number | null, event: ConnectorEvent): ConnectorEvent['topic'] | 'all' {
  return lastSequence === null || event.sequence !== lastSequence + 1 || event.topic === 'hello' ? 'all' : event.topic
}

import { channel } from 'node:diagnostics_channel'

/**
 * Moments in the life of a document at which a crash must change nothing for its patient. The program only names them; the proofs
 * (`e2e/proofs`) listen and end the process there. Those of the wire itself are undici's own diagnostic channels.
 */
export const milestones = [
  'spool:before-write',
  'spool:after-write',
  'spool:after-sync',
  'spool:after-rename',
  'spool:after-folder-sync',
  'intake:before-begin',
  'intake:after-message',
  'intake:after-item',
  'intake:before-commit',
  'intake:after-commit',
  'intake:before-ack',
  'intake:after-ack',
  'intake:before-taken',
  'intake:after-taken',
  'intake:before-trace',
  'send:before-claim',
  'send:after-claim',
  'send:after-document',
  'send:after-sign',
  'send:after-freeze',
  'send:after-sending',
  'send:before-settle',
  'send:after-settle',
  'doubt:during-question',
  'doubt:between-looks',
  'item:during-park',
  'item:during-unpark',
  'store:checkpoint',
  'store:backup',
  'store:migration-begin',
  'store:migration-end',
  'store:lease',
  'store:key-rotation',
  'restore:before-set-aside',
  'restore:after-set-aside',
  'restore:after-rename',
  'recover:after-replay',
  'recover:after-words',
  'recover:after-forgotten',
  'recover:before-torn-settled',
  'host:hand-over',
] as const
export type Milestone = (typeof milestones)[number]

/** Where the proofs listen. */
export const milestoneChannel = 'relais:milestone'

const moments = channel(milestoneChannel)

/** Says that this moment has come. Costs one look when nobody listens. */
export function milestone(name: Milestone): void {
  if (moments.hasSubscribers) moments.publish(name)
}

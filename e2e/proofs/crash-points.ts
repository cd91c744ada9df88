/** How the preload knows that a point has come. */
export type Sign =
  /** Named by the program itself on its milestone channel. */
  | { readonly milestone: string }
  /** One of undici's diagnostic channels. */
  | { readonly channel: string }
  /** A write on a socket, of which only a part is let out. */
  | { readonly write: 'half-acknowledgement' | 'first-body-byte' | 'half-body' }

/** What has to happen for a point to be reached at all. */
export type Scenario =
  /** Documents come by both doors. */
  | 'traffic'
  /** A former life ended with a document sent and not settled. */
  | 'after-doubt'
  /** A former life ended before the first byte, so that the record will say it has nothing. */
  | 'after-nothing-sent'
  | 'a-document-parks'
  | 'a-person-retries'
  /** The first start on an empty data folder. */
  | 'first-start'
  | 'start'
  /** The store has no copy: the program makes one at once. */
  | 'no-backup'
  /** The database is damaged or gone: the program returns to its copy. */
  | 'database-lost'
  /** Nothing runs, and the store gets a new key. */
  | 'key-rotates'
  /** Traffic, then the program is told to stop. */
  | 'stop'

/** A moment at which the program is killed. */
export interface CrashPoint {
  readonly name: string
  readonly sign: Sign
  readonly scenario: Scenario
  /** `itself`: dead in the very turn. `parent`: killed from outside while it goes on, so that the end comes inside what follows. */
  readonly killedBy: 'itself' | 'parent'
}

const milestone = (name: string, scenario: Scenario = 'traffic', killedBy: CrashPoint['killedBy'] = 'itself'): CrashPoint => ({ name, sign: { milestone: name }, scenario, killedBy })
const wire = (name: string, sign: Sign, killedBy: CrashPoint['killedBy'] = 'itself'): CrashPoint => ({ name, sign, scenario: 'traffic', killedBy })

/** Every named point, in the order a document meets them. */
export const crashPoints: readonly CrashPoint[] = [
  milestone('spool:before-write'),
  milestone('spool:after-write'),
  milestone('spool:after-sync'),
  milestone('spool:after-rename'),
  milestone('spool:after-folder-sync'),
  milestone('intake:before-begin'),
  milestone('intake:after-message'),
  milestone('intake:after-item'),
  milestone('intake:before-commit'),
  milestone('intake:after-commit'),
  milestone('intake:before-ack'),
  wire('intake:half-ack', { write: 'half-acknowledgement' }),
  milestone('intake:after-ack'),
  milestone('intake:before-taken'),
  milestone('intake:after-taken'),
  milestone('intake:before-trace'),
  milestone('send:before-claim'),
  milestone('send:after-claim'),
  milestone('send:after-document'),
  milestone('send:after-sign'),
  milestone('send:after-freeze'),
  milestone('send:after-sending'),
  wire('wire:connected', { channel: 'undici:client:connected' }),
  wire('wire:first-body-byte', { write: 'first-body-byte' }),
  wire('wire:mid-body', { write: 'half-body' }),
  wire('wire:last-byte', { channel: 'undici:request:bodySent' }),
  wire('wire:waiting', { channel: 'undici:request:bodySent' }, 'parent'),
  wire('wire:status-line', { channel: 'undici:request:headers' }),
  wire('wire:mid-response', { channel: 'undici:request:bodyChunkReceived' }),
  wire('wire:last-answer-byte', { channel: 'undici:request:trailers' }),
  milestone('send:before-settle'),
  milestone('send:after-settle'),
  milestone('doubt:during-question', 'after-doubt', 'parent'),
  milestone('doubt:between-looks', 'after-nothing-sent'),
  milestone('item:during-park', 'a-document-parks', 'parent'),
  milestone('item:during-unpark', 'a-person-retries', 'parent'),
  milestone('store:checkpoint', 'stop', 'parent'),
  milestone('store:backup', 'no-backup', 'parent'),
  milestone('store:migration-begin', 'first-start', 'parent'),
  milestone('store:migration-end', 'first-start'),
  milestone('store:lease', 'start'),
  milestone('store:key-rotation', 'key-rotates'),
  milestone('restore:before-set-aside', 'database-lost'),
  milestone('restore:after-set-aside', 'database-lost'),
  milestone('restore:after-rename', 'database-lost'),
  milestone('recover:after-replay', 'database-lost'),
  milestone('recover:after-words', 'database-lost'),
  milestone('recover:after-forgotten', 'database-lost'),
  milestone('recover:before-torn-settled', 'database-lost'),
  milestone('host:hand-over', 'stop', 'parent'),
]

/** The point of this name; throws when there is none. */
export function crashPoint(name: string): CrashPoint {
  const found = crashPoints.find((point) => point.name === name)
  if (!found) throw new Error(`no crash point ${name}`)
  return found
}

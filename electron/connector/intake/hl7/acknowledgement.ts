import { encodeText } from './charset.ts'
import { rawField, valueOf, type Delimiters, type Hl7Message } from './message.ts'
import type { AcknowledgedError } from './decide-message.ts'

export interface AcknowledgementIds {
  readonly newControlId: () => string
  /** Milliseconds since the epoch. */
  readonly now: number
}

const defaultDelimiters: Delimiters = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' }

/** ERR-3, table 0357. */
const errorTexts: Readonly<Record<number, string>> = {
  100: 'Segment sequence error',
  101: 'Required field missing',
  102: 'Data type error',
  103: 'Table value not found',
  200: 'Unsupported message type',
  201: 'Unsupported event code',
  202: 'Unsupported processing id',
  203: 'Unsupported version id',
  207: 'Application error',
}
const applicationTexts: Readonly<Record<number, string>> = { 900: 'Wrong version', 906: 'Other' }

/** The outcome of a message as original mode says it. */
export interface Outcome {
  readonly code: 'AA' | 'AE' | 'AR'
  readonly error?: AcknowledgedError
}

/**
 * The answers to one message, in its own charset and delimiters. Original mode: one, AA, AE or AR. Enhanced mode (MSH-15 or
 * MSH-16 present): the accept acknowledgement CA, CE or CR as MSH-15 asks, then the application one as MSH-16 asks.
 */
export function acknowledge(message: Hl7Message, outcome: Outcome, ids: AcknowledgementIds): Uint8Array[] {
  const msh = message.segments[0]
  const accept = valueOf(message, msh, 15).toUpperCase()
  const application = valueOf(message, msh, 16).toUpperCase()
  if (accept === '' && application === '') return [oneAcknowledgement(message, outcome.code, outcome.error, ids)]
  const good = outcome.code === 'AA'
  const wanted = (condition: string) => condition === 'AL' || (condition === 'ER' && !good) || (condition === 'SU' && good)
  const commit = { AA: 'CA', AE: 'CE', AR: 'CR' }[outcome.code]
  return [
    ...(wanted(accept) ? [oneAcknowledgement(message, commit, outcome.error, ids)] : []),
    ...(wanted(application) ? [oneAcknowledgement(message, outcome.code, outcome.error, ids)] : []),
  ]
}

function oneAcknowledgement(message: Hl7Message, code: string, error: AcknowledgedError | undefined, ids: AcknowledgementIds): Uint8Array {
  const { delimiters } = message
  const msh = message.segments[0]
  const trigger = valueOf(message, msh, 9, 2)
  const type = trigger === '' ? 'ACK' : ['ACK', trigger, 'ACK'].join(delimiters.component)
  const fields = [
    'MSH',
    rawField(msh, 2),
    rawField(msh, 5),
    rawField(msh, 6),
    rawField(msh, 3),
    rawField(msh, 4),
    timestamp(ids.now),
    '',
    type,
    ids.newControlId(),
    rawField(msh, 11) || 'P',
    rawField(msh, 12) || '2.5',
    '',
    '',
    '',
    '',
    rawField(msh, 17) || 'FRA',
    rawField(msh, 18),
  ]
  const segments = [fields.join(delimiters.field), ['MSA', code, rawField(msh, 10)].join(delimiters.field)]
  if (error) segments.push(errorSegment(error, delimiters))
  return encodeText(`${segments.join('\r')}\r`, message.encoding)
}

/** The answer to something that is not a message: there is nobody to address and no number to echo. */
export function acknowledgeUnreadable(error: AcknowledgedError, ids: AcknowledgementIds): Uint8Array {
  const fields = ['MSH', '^~\\&', '', '', '', '', timestamp(ids.now), '', 'ACK', ids.newControlId(), 'P', '2.5', '', '', '', '', 'FRA', 'UNICODE UTF-8']
  return Buffer.from(`${fields.join('|')}\rMSA|AR|\r${errorSegment(error, defaultDelimiters)}\r`)
}

function errorSegment(error: AcknowledgedError, delimiters: Delimiters): string {
  const { component, field } = delimiters
  const coded = (code: number, text: string, system: string) => [String(code), text, system].join(component)
  return [
    'ERR',
    '',
    error.location.replaceAll('^', component),
    coded(error.code, errorTexts[error.code]!, 'HL70357'),
    'E',
    error.application ? coded(error.application, applicationTexts[error.application]!, 'applicationErrorCondition') : '',
    '',
    escape(error.text, delimiters),
  ].join(field)
}

function escape(text: string, { field, component, repetition, escape: mark, subcomponent }: Delimiters): string {
  const codes: Readonly<Record<string, string>> = { [field]: 'F', [component]: 'S', [repetition]: 'R', [mark]: 'E', [subcomponent]: 'T' }
  return Array.from(text, (character) => (codes[character] ? `${mark}${codes[character]}${mark}` : character < ' ' ? ' ' : character)).join('')
}

/** `YYYYMMDDhhmmss+0000`. */
function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}+0000`
}

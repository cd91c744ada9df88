import { componentOf, rawField, valueOf, type Hl7Message } from './message.ts'

/** Flags of table MetaDMPMSS that decide where a document goes and who sees it. */
export interface DocumentFlags {
  readonly masked: boolean
  readonly hiddenFromPatient: boolean
  readonly hiddenFromRepresentatives: boolean
  readonly secretConnection: boolean
}

/** A flag that is missing or cannot be read, with where it stands for the acknowledgement. */
export interface FlagProblem {
  readonly code: 'missing' | 'invalid'
  readonly flag: string
}

/** Names of versions 1.x of the profile. */
const olderNames: Readonly<Record<string, string>> = {
  INVISIBLE_REPRESENTANTS_LEGAUX: 'INVISIBLE_REP_LEGAUX',
  MODIF_CONFIDENTIALITYCODE: 'MODIF_CONF_CODE',
  ACK_LECTURE: 'ACK_LECTURE_MSS',
}

const known = new Set(['MASQUE_PS', 'INVISIBLE_PATIENT', 'INVISIBLE_REP_LEGAUX', 'CONNEXION_SECRETE', 'MODIF_CONF_CODE', 'DESTDMP', 'DESTMSSANTEPS', 'DESTMSSANTEPAT', 'ACK_RECEPTION', 'ACK_LECTURE_MSS'])

/** Values of the flags by name, whatever their order (it is fixed on paper only); every value said for a flag is kept. */
export function flagsOf(message: Hl7Message): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const segment of message.segments) {
    if (segment.name !== 'OBX' || rawField(segment, 2).trim() === 'ED') continue
    const name = valueOf(message, segment, 3).toUpperCase()
    const flag = olderNames[name] ?? name
    if (!known.has(flag)) continue
    const values = found.get(flag) ?? []
    values.push(componentOf(message, rawField(segment, 5), 1).toUpperCase())
    found.set(flag, values)
  }
  return found
}

/** Is the document for the record? Absent means no. */
export function destination(flags: ReadonlyMap<string, readonly string[]>): 'yes' | 'no' | 'invalid' {
  const values = flags.get('DESTDMP')
  if (!values) return 'no'
  const value = single(values)
  if (value === null) return 'invalid'
  return value ? 'yes' : 'no'
}

/**
 * Reads the flags that protect somebody. Fails closed: a missing one, a value that is neither Y nor N, or two values that
 * contradict each other stop the document. MODIF_CONF_CODE is asked only of profile 2.1, older messages may lack it.
 */
export function readFlags(flags: ReadonlyMap<string, readonly string[]>, strict: boolean): { readonly ok: true; readonly flags: DocumentFlags } | { readonly ok: false; readonly problem: FlagProblem } {
  const required = ['MASQUE_PS', 'INVISIBLE_PATIENT', 'INVISIBLE_REP_LEGAUX', 'CONNEXION_SECRETE', ...(strict ? ['MODIF_CONF_CODE'] : [])]
  for (const flag of required) if (!flags.has(flag)) return { ok: false, problem: { code: 'missing', flag } }
  for (const [flag, values] of flags) if (single(values) === null) return { ok: false, problem: { code: 'invalid', flag } }
  const is = (flag: string) => single(flags.get(flag) ?? []) === true
  return {
    ok: true,
    flags: {
      masked: is('MASQUE_PS'),
      hiddenFromPatient: is('INVISIBLE_PATIENT'),
      hiddenFromRepresentatives: is('INVISIBLE_REP_LEGAUX'),
      secretConnection: is('CONNEXION_SECRETE'),
    },
  }
}

/** The one value said, or null when it is not Y or N or when two differ. */
function single(values: readonly string[]): boolean | null {
  const [first] = values
  if (first !== 'Y' && first !== 'N') return null
  return values.every((value) => value === first) ? first === 'Y' : null
}

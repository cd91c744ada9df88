import { xml } from '#shared/text/xml.ts'
import type { Markup } from '#shared/text/xml.ts'
import { actsForStructure, patientRefusal } from './access.ts'
import type { Accesses } from './accesses.ts'
import type { Declaration, Habilitations } from './habilitations.ts'
import { readPatientId } from './ins.ts'
import type { PatientRecord } from './patients.ts'
import { authorisationOf } from './patients.ts'
import { FaultRaised } from './refusal.ts'
import type { QueryContext } from './stored-query.ts'
import type { Vihf } from './vihf.ts'
import type { XmlTree } from './xml-reading.ts'
import { at, childrenOf } from './xml-reading.ts'

const habilitationsNamespace = 'urn:si-dmp-habilitations'
const patientsNamespace = 'urn:si-dmp-patients'

/** What these two services work on. */
export interface AuthorisationContext extends QueryContext {
  readonly habilitations: Habilitations
}

interface Outcome {
  readonly status: string
  readonly context: string
}

const acts: Readonly<Record<string, Declaration['act']>> = { 'AJOUT ': 'add', 'SUPPRESSION ': 'remove', 'AJOUT MEDECIN_TRAITANT': 'add-treating-doctor', 'SUPPRESSION MEDECIN_TRAITANT': 'remove-treating-doctor' }

function readAct(payload: XmlTree): Declaration['act'] {
  if (payload.name !== 'setAuthorization' || payload.namespace !== habilitationsNamespace) throw new FaultRaised('DMPInvalidRequest', 'TD0.3 : setAuthorization attendu')
  const text = (name: string): string => childrenOf(payload, name, habilitationsNamespace)[0]?.text.trim() ?? ''
  const act = acts[`${text('action')} ${text('role')}`]
  if (!act) throw new FaultRaised('DMPInvalidRequest', 'TD0.3 : action AJOUT ou SUPPRESSION, role MEDECIN_TRAITANT ou absent')
  return act
}

/** Why this act cannot be (sections 1.7 and 4.3), or what there is to say of it when it changes nothing. */
function withoutEffect(act: Declaration['act'], vihf: Vihf, patient: PatientRecord): Outcome | null {
  const denied = (context: string): Outcome => ({ status: 'DMPAccessDenied', context })
  const authorisation = authorisationOf(patient, vihf.nameId)
  const isTreatingDoctor = patient.treatingDoctor === vihf.nameId
  if (authorisation === 'INTERDIT') return denied("Le patient a bloqué l'accès de ce professionnel à son DMP")
  if (act === 'add-treating-doctor' && vihf.roles[0]?.code !== '10') return denied('Seul un médecin peut se déclarer médecin traitant')
  if (act === 'remove-treating-doctor' && !isTreatingDoctor) return denied("Ce professionnel n'est pas le médecin traitant du patient")
  if (act === 'add' && authorisation === 'VALIDE') return { status: 'DMPOk', context: "L'autorisation existait déjà : aucune modification" }
  if (act === 'add-treating-doctor' && isTreatingDoctor && authorisation === 'VALIDE') return { status: 'DMPOk', context: 'Ce professionnel est déjà le médecin traitant : aucune modification' }
  return null
}

async function settle(act: Declaration['act'], { vihf, stateOf, habilitations }: AuthorisationContext, now: Date): Promise<Outcome> {
  const refusal = patientRefusal(vihf.patientId, stateOf)
  if (refusal) return { status: refusal.code, context: refusal.context }
  const patientId = vihf.patientId ?? ''
  const settled = withoutEffect(act, vihf, stateOf(readPatientId(patientId)?.value ?? ''))
  if (settled) return settled
  await habilitations.declare({ at: now.toISOString(), patientId, professional: vihf.nameId, structure: vihf.structure, act })
  return { status: 'DMPOk', context: '' }
}

/** TD0.3: declares or removes the caller's own authorisation on the patient of the VIHF (section 4.3). Throws `FaultRaised`. */
export async function answerAuthorisation(payload: XmlTree, context: AuthorisationContext, now: Date): Promise<Markup> {
  const act = readAct(payload)
  // The sheet lets a CPE declare for a professional of its structure; how it says for whom is not public, so that nobody is known to be meant.
  if (context.vihf.byStaff) throw new FaultRaised('DMPAccessDenied', "Une carte CPE ne permet pas de déclarer une autorisation d'accès en son nom")
  if (context.vihf.mode === 'INDIRECTE') throw new FaultRaised('DMPAccessDenied', "Un certificat de structure ne permet pas de déclarer une autorisation d'accès")
  if (context.vihf.entry !== 'normal') throw new FaultRaised('DMPAccessDenied', "Une autorisation ne se déclare qu'en accès normal")
  const outcome = await settle(act, context, now)
  return xml`<setAuthorizationResponse xmlns="${habilitationsNamespace}"><output><status>${outcome.status}</status>${outcome.context !== '' && xml`<context>${outcome.context}</context>`}</output></setAuthorizationResponse>`
}

/** `YYYYMMDD` of a `DDMMYYYY`; `null` when it is no date. */
function dayOf(text: string): string | null {
  const [, day, month, year] = /^(\d\d)(\d\d)(\d{4})$/.exec(text) ?? []
  const iso = `${year}-${month}-${day}`
  return !Number.isNaN(Date.parse(iso)) && new Date(iso).toISOString().startsWith(iso) ? iso.replaceAll('-', '') : null
}

const asDate = (instant: number): string => {
  const [year, month, day] = new Date(instant).toISOString().slice(0, 10).split('-')
  return `${day}${month}${year}`
}

/** Birth name, given name and birth date as the last document says them. */
function traitsOf(patientId: string, { registry }: AuthorisationContext): { birthName: string; givenName: string; birthDate: string } | null {
  const last = registry.entriesOf(patientId).findLast((entry) => !entry.isSignature)
  if (!last) return null
  const { object } = registry.full(last)
  const values = object.slots.find((slot) => slot.name === 'sourcePatientInfo')?.values ?? []
  const field = (name: string): string => values.find((value) => value.startsWith(`${name}|`))?.slice(name.length + 1) ?? ''
  const [birthName = '', givenName = ''] = field('PID-5').split('^')
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(field('PID-7')) ?? []
  return { birthName, givenName, birthDate: year === undefined ? '' : `${day}${month}${year}` }
}

/** The last authorisation declared for each patient, of this professional or from this structure. */
function authorisedPatients({ vihf, habilitations, stateOf }: AuthorisationContext): Map<string, Declaration> {
  const last = new Map<string, Declaration>()
  for (const one of habilitations.declarations()) {
    if (!one.act.startsWith('add') || (actsForStructure(vihf) ? one.structure !== vihf.structure : one.professional !== vihf.nameId)) continue
    last.set(one.patientId, one)
  }
  for (const [patientId, { professional }] of last) {
    const patient = stateOf(readPatientId(patientId)?.value ?? '')
    if (patientRefusal(patientId, stateOf) || authorisationOf(patient, professional) !== 'VALIDE') last.delete(patientId)
  }
  return last
}

/** What the list of records works on. */
export interface PatientListContext extends AuthorisationContext {
  readonly accesses: Accesses
}

function patientLine(patientId: string, authorised: Declaration, context: PatientListContext): Markup {
  const ins = readPatientId(patientId)
  const traits = traitsOf(patientId, context)
  const lastAccess = context.accesses.lastOf(context.vihf.nameId, patientId)
  const lastAdd = context.registry.lotsOf(patientId).at(-1)?.registeredAt
  const isTreatingDoctor = context.stateOf(ins?.value ?? '').treatingDoctor === authorised.professional
  return xml`<patientlistData><patientIdentifier><nationalId>${ins?.value}</nationalId><nationalIdType>${ins?.oid}</nationalIdType></patientIdentifier>${[
    traits && xml`<patronymicalName>${traits.birthName}</patronymicalName><firstName>${traits.givenName}</firstName>`,
    traits && traits.birthDate !== '' && xml`<dateOfBirth>${traits.birthDate}</dateOfBirth>`,
  ]}<MT>${String(isTreatingDoctor)}</MT><message>false</message>${lastAccess !== undefined && xml`<lastAccessDate>${asDate(lastAccess)}</lastAccessDate>`}${lastAdd !== undefined && xml`<lastAddDate>${asDate(lastAdd)}</lastAddDate>`}</patientlistData>`
}

/** TD0.4: the records the caller may access, by last authorisation or last document (section 4.3). Throws `FaultRaised`. */
export function answerPatientList(payload: XmlTree, context: PatientListContext): Markup {
  if (payload.name !== 'patientList' || payload.namespace !== patientsNamespace) throw new FaultRaised('DMPInvalidRequest', 'TD0.4 : patientList attendu')
  const since = dayOf(at(payload, 'startDate')?.text.trim() ?? '')
  const dateType = at(payload, 'dateType')?.text.trim()
  if (since === null) throw new FaultRaised('DMPInvalidRequest', 'TD0.4 : startDate JJMMAAAA attendue')
  if (dateType !== 'LASTAUTORIZATION' && dateType !== 'LASTDOC') throw new FaultRaised('DMPInvalidRequest', 'TD0.4 : dateType LASTAUTORIZATION ou LASTDOC attendu')
  const answer = (lines: readonly Markup[], status: string, text: string): Markup =>
    xml`<patientListResponse xmlns="${patientsNamespace}"><output>${lines}<status>${status}</status>${text !== '' && xml`<context>${text}</context>`}</output></patientListResponse>`
  // Footnote 3 of the rights: a structure sees the new authorisations only.
  if (context.vihf.mode === 'INDIRECTE' && dateType === 'LASTDOC') return answer([], 'DMPAccessDenied', 'Un certificat de structure ne liste que les nouvelles autorisations')
  const dayOfInstant = (instant: number): string => new Date(instant).toISOString().slice(0, 10).replaceAll('-', '')
  const lines = [...authorisedPatients(context)]
    .filter(([patientId, { at: declaredAt }]) => {
      const instant = dateType === 'LASTDOC' ? context.registry.lotsOf(patientId).at(-1)?.registeredAt : Date.parse(declaredAt)
      return instant !== undefined && dayOfInstant(instant) >= since
    })
    .map(([patientId, authorised]) => patientLine(patientId, authorised, context))
  return answer(lines, 'DMPOk', '')
}

import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import type { AuthorisationAct } from '../port.ts'
import { readHabilitationStatus } from './habilitation-status.ts'
import { ns } from './namespaces.ts'
import { element } from './parse-xml.ts'

const acts = {
  add: { action: 'AJOUT', role: null },
  remove: { action: 'SUPPRESSION', role: null },
  'become-treating-doctor': { action: 'AJOUT', role: 'MEDECIN_TRAITANT' },
  'leave-treating-doctor': { action: 'SUPPRESSION', role: 'MEDECIN_TRAITANT' },
} as const satisfies Record<AuthorisationAct, object>

/** TD0.3 body: the patient is the one of the VIHF (dmp-interface.md 4.3). */
export function writeAuthorisation(act: AuthorisationAct): Markup {
  const { action, role } = acts[act]
  return xml`<setAuthorization xmlns="${ns.habilitations}"><action>${action}</action>${role !== null && xml`<role>${role}</role>`}</setAuthorization>`
}

/** Reads the `status` and `context` of an answer of the DMP's own services. */
export function readOutcome(output: XmlElement, prefix: 'habilitations' | 'patients'): Result<{ text: string | null }> {
  const text = (name: string) => element(output, `./${prefix}:${name}`, ns)?.content.trim() || null
  const outcome = readHabilitationStatus(text('status'), text('context'))
  return outcome.ok ? success({ text: outcome.value.note }) : outcome
}

/** Reads the TD0.3 answer. */
export function readAuthorisation(body: XmlElement): Result<{ text: string | null }> {
  const output = element(body, './habilitations:setAuthorizationResponse/habilitations:output', ns)
  return output ? readOutcome(output, 'habilitations') : failure('record-answer-invalid', { detail: 'no setAuthorizationResponse' })
}

import type { ClinicalFact, FactKind } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, down, kids } from './elements.ts'
import { codeParts, declaredAbsence, fact, heldAt, isNegated, restsOn, statusOf, type Place } from './fact.ts'
import { findConflict } from './find-conflict.ts'
import { conforms } from './templates.ts'
import { codedOf, nameOf, qualifiersOf } from './values.ts'

/** CCAM acts of imaging: third letter Q, fourth the technique. */
const ccamImaging = /^..Q[KMHNJL]\d{3}$/

/** Acts a list of coded results must hold though they say nothing. */
const placeholders = new Set(['30954-2', 'MED-036'])

/** An act done, planned, denied or paid (FR3.62, FR3.153), a meeting (FR3.58) or a movement (FR3.28, FR3.24). */
export function act(statement: CdaElement, place: Place): ClinicalFact[] {
  const { passages } = place
  const code = down(statement, 'code')
  const coded = codedOf(code, passages)
  const rests = restsOn(statement, place)
  const label = coded?.label ?? rests?.text ?? coded?.code ?? null
  if (label === null || (coded?.code != null && placeholders.has(coded.code))) return []
  const intended = place.plan || at(statement, 'moodCode') !== 'EVN'
  const codes = [code, ...kids(code, 'translation')].map((one) => at(one, 'code') ?? '')
  const imaging = conforms(statement, 'imagingAct') || codes.some((one) => ccamImaging.test(one))
  const event = statement.name === 'encounter' || conforms(statement, 'movement')
  const kind: FactKind = place.reimbursed ? 'reimbursement' : intended ? 'carePlan' : event ? 'careEvent' : imaging ? 'imaging' : 'procedure'
  const sites = [qualifiersOf(code, passages), ...kids(statement, 'targetSiteCode').flatMap((site) => [nameOf(codedOf(site, passages)), qualifiersOf(site, passages)])]
  const absence = declaredAbsence(coded)
  // Of a sample or an act only the end may be written: it is when it was done.
  const held = heldAt(statement, place)
  const found = fact(place, kind, label, {
    ...codeParts(coded), value: sites.filter(Boolean).join(', ') || null, date: held.date ?? held.end, end: held.date === null ? null : held.end, status: absence ?? (kind === 'carePlan' ? 'planned' : statusOf(statement)),
    negated: isNegated(statement), passage: rests?.row ?? null,
  })
  return [{ ...found, conflict: absence === null ? findConflict({ ...found, value: null }, rests) : null }]
}

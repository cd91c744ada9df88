import type { ClinicalFact, FactKind } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, down, kids, words } from './elements.ts'
import { askedStatus, codeParts, declaredAbsence, fact, heldAt, isNegated, isToCome, ownName, ownWords, restsOn, statusOf, tellsOfNone, type Place } from './fact.ts'
import { isCcamImaging } from './ccam.ts'
import { findConflict } from './find-conflict.ts'
import { namedBy } from './narrative-links.ts'
import { conforms } from './templates.ts'
import { codedOf, codeInWords, qualifiersOf, sitesOf } from './values.ts'

/** Acts a list of coded results must hold though they say nothing. */
const placeholders = new Set(['30954-2', 'MED-036'])

/** Where a meeting or a movement took place or is to: each place its entry names. */
function placesOf(statement: CdaElement): string[] {
  return kids(statement, 'participant').filter((one) => at(one, 'typeCode') === 'LOC').flatMap((one) => words(down(one, 'participantRole', 'playingEntity', 'name')) ?? [])
}

/** An act done, planned, denied or paid (FR3.62, FR3.153), a meeting (FR3.58) or a movement (FR3.28, FR3.24). */
export function act(statement: CdaElement, place: Place): ClinicalFact[] {
  const { passages } = place
  const code = down(statement, 'code')
  const coded = codedOf(code, passages)
  const rests = restsOn(statement, place)
  const absence = declaredAbsence(coded)
  if (absence === null && tellsOfNone(statement, coded, rests?.text, ownWords(statement))) return []
  // What declares a list empty is called by its denial.
  const label = absence === null ? (coded?.title ?? namedBy(rests) ?? ownName(statement) ?? codeInWords(coded)) : (coded?.label ?? rests?.text ?? ownWords(statement) ?? coded?.code ?? null)
  if (label === null || (coded?.code != null && placeholders.has(coded.code))) return []
  // Of a sample or an act only the end may be written: it is when it was done.
  const held = heldAt(statement, place)
  const intended = isToCome(statement, place)
  const codes = [code, ...kids(code, 'translation')].map((one) => at(one, 'code'))
  const imaging = conforms(statement, 'imagingAct') || codes.some(isCcamImaging)
  const event = statement.name === 'encounter' || conforms(statement, 'movement')
  const kind: FactKind = place.reimbursed ? 'reimbursement' : intended ? 'carePlan' : event ? 'careEvent' : imaging ? 'imaging' : 'procedure'
  const sites = [qualifiersOf(code, passages), ...sitesOf(statement, passages), ...(event ? placesOf(statement) : [])]
  const found = fact(place, kind, label, {
    ...codeParts(coded), value: sites.filter(Boolean).join(', ') || null, date: held.date ?? held.end, end: held.date === null ? null : held.end, status: absence ?? (kind === 'carePlan' ? askedStatus(statement, 'planned') : statusOf(statement)),
    negated: isNegated(statement), passage: rests?.row ?? null,
  })
  return [{ ...found, conflict: absence === null ? findConflict({ ...found, value: null }, rests) : null }]
}

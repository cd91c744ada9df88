import type { ClinicalFact, FactKind } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, down, kids } from './elements.ts'
import { passageOf, type Passage, type Passages } from './narrative-links.ts'
import { periodOf, type Coded } from './values.ts'

/** Where a statement stands: what its readers need to know beyond itself. */
export interface Place {
  readonly document: string
  readonly author: string | null
  readonly passages: Passages
  /** Title of the section. */
  readonly section: string | null
  readonly sectionCode: string | null
  /** Inside a laboratory chapter (FR2.70 or FR2.71), where alone FR3.80 is a result. */
  readonly laboratory: boolean
  /** Inside a care plan: what is there is to come. */
  readonly plan: boolean
  /** A list of what the health insurance paid (CNAM-HR): no proof that it was taken. */
  readonly reimbursed: boolean
  /** Date and status of what holds the statement, for one that has none of its own. */
  readonly date: string | null
  readonly status: string | null
  readonly imaging: boolean
  /** Inside an IPS battery of laboratory results. */
  readonly results: boolean
  /** What the laboratory measured on, when it is one thing. */
  readonly specimen: string | null
  /** Beginning of the documented act: when what a dispensation lists was handed over. */
  readonly actDate: string | null
}

/** A fact of a place; what is not given is null. */
export function fact(place: Place, kind: FactKind, label: string, parts: Partial<ClinicalFact> = {}): ClinicalFact {
  return {
    kind, label, code: null, codeSystem: null, value: null, unit: null, date: null, end: null, interpretation: null, referenceRange: null, status: null,
    route: null, frequency: null, lot: null, specimen: null, negated: false, conflict: null, document: place.document, section: place.section, passage: null, author: place.author, ...parts,
  }
}

export function codeParts(coded: Coded | null): { code: string | null; codeSystem: string | null } {
  return { code: coded?.code ?? null, codeSystem: coded?.system ?? null }
}

/** The passage a statement rests on: its own text, else its value's, else its code's. */
export function restsOn(statement: CdaElement, place: Place): Passage | null {
  const spots = [down(statement, 'text'), down(statement, 'value', 'originalText'), down(statement, 'code', 'originalText')]
  return spots.map((spot) => passageOf(spot, place.passages)).find((passage) => passage !== null) ?? null
}

export function isNegated(statement: CdaElement): boolean {
  return at(statement, 'negationInd') === 'true'
}

export function statusOf(statement: CdaElement): string | null {
  return at(down(statement, 'statusCode'), 'code')
}

/** When a statement holds: as it states itself, be it that it is not known; only one without any time of its own has the date of what holds it. */
export function heldAt(statement: CdaElement, place: Place): { date: string | null; end: string | null } {
  const { stated, start, end } = periodOf(statement)
  return stated ? { date: start, end } : { date: place.date, end: null }
}

/** What is masked exists and is hidden; any other nullFlavor was not recorded. */
export function absenceOf(nullFlavor: string | null): 'hiddenHere' | 'notRecorded' {
  return nullFlavor === 'MSK' ? 'hiddenHere' : 'notRecorded'
}

/** IPS "Absent and Unknown Data": a list declared empty, or not filled in; null for any other code. */
export function declaredAbsence(coded: Coded | null): 'noneKnown' | 'notRecorded' | null {
  if (coded?.system !== '2.16.840.1.113883.5.1150.1' || coded.code === null) return null
  return coded.code.startsWith('no-known-') ? 'noneKnown' : /^no-.*-info$/.test(coded.code) ? 'notRecorded' : null
}

/** The relative a statement is about; null when it is about the patient. */
export function subjectOf(statement: CdaElement): CdaElement | null {
  const related = down(statement, 'subject', 'relatedSubject')
  return related === null ? null : (kids(related, 'code')[0] ?? related)
}

import type { ClinicalFact, FactKind } from '#shared/contract/index.ts'
import { codeSystems } from '#shared/terminology/index.ts'
import { isOther } from '../facts/values.ts'

/** Codes that say "an allergy" and not to what: the agent is in the words alone. */
const genericAllergies = new Set(['416098002', '414285001', '609328004', '609398007', '419199007', '418038007', '420134006', '419511003'])
/** "Another problem", "another act": which one is in the label alone. */
const isAnother = ({ codeSystem, code }: ClinicalFact) => code === 'R69' || isOther(codeSystem, code)
/** A class holds several products and strengths: only their names tell them apart. */
const medicineClasses = new Set(['2.16.840.1.113883.6.73', '1.2.250.1.215.200.1.2.2', '1.2.250.1.215.200.1.2.1'])
/** Their codes ask a question or name a group: the words count as well. */
const namedByBoth = new Set<FactKind>(['carePlan', 'reimbursement', 'familyHistory', 'device', 'narrative'])

/** Labels are compared so, signs included, and never by likeness: without case, accents or ligatures. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/œ/gi, 'oe').replace(/['’‘ʼ]/g, ' ').replace(/\s+/g, ' ').trim().toLowerCase()
}

/** What a fact is about, as one or several names: two facts that share one are about the same. */
export function namesOf(fact: ClinicalFact): string[] {
  const label = `label ${folded(fact.label)}`
  if (fact.code === null) return [fact.kind === 'labResult' ? `${label} ${folded(fact.author ?? '')}` : label]
  const code = `code ${fact.codeSystem} ${fact.code}`
  if (fact.kind === 'allergy' && genericAllergies.has(fact.code)) return [`${code} ${folded(fact.passage ?? fact.document)}`]
  if (fact.kind === 'labResult' || fact.kind === 'measurement') {
    // A code of the laboratory's own means something in that laboratory alone.
    if (fact.codeSystem !== codeSystems.loinc) return [`${code} ${folded(fact.author ?? '')}`]
    if (fact.kind === 'measurement') return [`${code} ${sideOf(fact.label)}`]
    // The antibiotics of one germ are not another's.
    return [fact.specimen && fact.label.endsWith(`(${fact.specimen})`) ? `${code} ${folded(fact.specimen)}` : code]
  }
  if (fact.kind === 'observation') return [`${code} ${sideOf(fact.label)} ${folded(fact.section ?? '')}`]
  if (namedByBoth.has(fact.kind)) return [`${code} ${label}`]
  if (isAnother(fact) || (fact.kind === 'treatment' && medicineClasses.has(fact.codeSystem ?? ''))) return [label]
  return [code, label]
}

/** What qualifies the question (side, eye), which the reader puts at the end of its label. */
function sideOf(label: string): string {
  return folded(/\(([^()]*)\)$/.exec(label)?.[1] ?? '')
}

/** The same answer for the same thing, worked out once. */
export function remembered<Asked extends object, Answer>(ask: (asked: Asked) => Answer): (asked: Asked) => Answer {
  const known = new WeakMap<Asked, Answer>()
  return (asked) => {
    if (!known.has(asked)) known.set(asked, ask(asked))
    return known.get(asked) as Answer
  }
}

/** What shares a name, directly or through others. */
export function bySharedName<Named>(all: readonly Named[], namesOf: (one: Named) => readonly string[]): Named[][] {
  const parent = new Map<string, string>()
  const rootOf = (name: string): string => {
    const up = parent.get(name) ?? name
    if (up === name) return name
    const root = rootOf(up)
    parent.set(name, root)
    return root
  }
  for (const one of all) {
    const [first = '', ...others] = namesOf(one)
    for (const other of others) parent.set(rootOf(other), rootOf(first))
  }
  return [...Map.groupBy(all, (one) => rootOf(namesOf(one)[0] ?? '')).values()]
}

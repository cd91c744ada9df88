import { compactIns } from '#shared/text/ins-key.ts'
import { normaliseName } from '#shared/text/normalise-name.ts'
import type { IdentityClaim } from './identity-claim.ts'
import type { TraitName } from './traits.ts'

/** What identities are compared by. `birthName` stands for the birth and the used name, `givenName` for all given names; the birth place tells nobody apart, for communes are re-coded. */
export type ComparedTrait = 'ins' | 'localId' | Exclude<TraitName, 'birthPlace'>

/** Wherever it comes from: a claim, the hints of an arrival, a patient as lists show it. */
export type ComparedIdentity = Omit<IdentityClaim, 'origin'>

export interface IdentityComparison {
  /** Nothing = nothing says that they are two: the same person where enough was compared. */
  readonly differs: readonly ComparedTrait[]
  /** Given by both, in the same order. */
  readonly compared: readonly ComparedTrait[]
}

/**
 * Whether two sources speak of two patients, and by what (export-formats.md section 10: case, accents, hyphens and blanks say nothing; never phonetic). It
 * makes nobody certain: that is the gate's, which is stricter.
 *
 * The INS decides where both give it: under one number one trait beside it may be mistyped, two are somebody else's. Birth and used names are compared
 * crosswise, for a source that knows one name alone gives it as either. A practice's own number counts under one OID, or under none. A sex that is not
 * determined is not given.
 */
export function compareIdentities(one: ComparedIdentity, other: ComparedIdentity): IdentityComparison {
  const agreements = {
    ins: agree(insOf(one), insOf(other)) && (agree(one.insOid, other.insOid) ?? true),
    localId: one.localIdOid === other.localIdOid ? agree(numberOf(one), numberOf(other)) : undefined,
    birthName: agreeByEither(formsOf(one.birthName, one.usedName), formsOf(other.birthName, other.usedName)),
    givenName: agreeByGivenNames(one, other),
    birthDate: agree(formOf(one.birthDate), formOf(other.birthDate)),
    sex: agree(sexOf(one), sexOf(other)),
  } satisfies Record<ComparedTrait, boolean | undefined>
  const traits = Object.keys(agreements) as ComparedTrait[]
  const compared = traits.filter((trait) => agreements[trait] !== undefined)
  const differs = traits.filter((trait) => agreements[trait] === false)
  return { differs: agreements.ins === true && differs.length === 1 ? [] : differs, compared }
}

/** Undefined when one of them says nothing. */
function agree(one: string | undefined, other: string | undefined): boolean | undefined {
  return one === undefined || other === undefined ? undefined : one === other
}

/** A name or date as it is compared; undefined when it says nothing. */
const formOf = (text: string | undefined) => normaliseName(text ?? '') || undefined
const insOf = ({ ins }: ComparedIdentity) => compactIns(ins ?? '') || undefined
const numberOf = ({ localId }: ComparedIdentity) => localId?.replaceAll(/\s/g, '').toUpperCase() || undefined
const sexOf = ({ sex }: ComparedIdentity) => (sex === 'U' ? undefined : sex)

interface Forms {
  readonly birth: string | undefined
  readonly used: string | undefined
}

/** A used name that is the birth name says nothing more. */
function formsOf(birthName: string | undefined, usedName: string | undefined): Forms {
  const [birth, used] = [formOf(birthName), formOf(usedName)]
  return { birth, used: used === birth ? undefined : used }
}

/** By the birth names, or where one source gave the used name for it: two women married into one family share that one alone. */
function agreeByEither(one: Forms, other: Forms): boolean | undefined {
  const [names, others] = [one, other].map(({ birth, used }) => [birth, used].filter((name) => name !== undefined)) as [string[], string[]]
  if (names.length === 0 || others.length === 0) return undefined
  if (one.birth === undefined || other.birth === undefined) return names.some((name) => others.includes(name))
  if (one.birth === other.birth) return true
  return names.length + others.length > 2 && (one.used ?? other.birth) === other.birth && (other.used ?? one.birth) === one.birth
}

/** By the first one, or the whole list where a source wrote it there; within the list where that is all the other gives. Two lists agree as far as both go. */
function agreeByGivenNames(one: ComparedIdentity, other: ComparedIdentity): boolean | undefined {
  const [first, second] = [one, other].map((identity) => ({ ...formsOf(identity.givenName, identity.usedGivenName), list: formOf(identity.givenNames) })) as [GivenForms, GivenForms]
  const byList = first.list === undefined || second.list === undefined ? undefined : isBeginning(first.list, second.list) || isBeginning(second.list, first.list)
  const byFirst = agreeByEither(first, second)
  if (byFirst === undefined) return byList ?? isWithin(first, second.list) ?? isWithin(second, first.list)
  return byList !== false && (byFirst || isWhole(first, second) || isWhole(second, first))
}

interface GivenForms extends Forms {
  readonly list: string | undefined
}

const isBeginning = (names: string, list: string) => `${list} `.startsWith(`${names} `)
const isWhole = ({ birth }: Forms, { list }: GivenForms) => birth !== undefined && birth === list

function isWithin({ birth, used }: Forms, list: string | undefined): boolean | undefined {
  const names = [birth, used].filter((name) => name !== undefined)
  if (list === undefined || names.length === 0) return undefined
  const words = list.split(' ')
  return names.some((name) => name.split(' ').every((word) => words.includes(word)))
}

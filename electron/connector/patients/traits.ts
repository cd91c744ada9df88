import { normaliseName } from '#shared/text/normalise-name.ts'

/** The five strict traits of a French identity. Absent = not given. */
export interface Traits {
  readonly birthName?: string | undefined
  /** First birth given name. */
  readonly givenName?: string | undefined
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string | undefined
  readonly sex?: 'M' | 'F' | 'U' | undefined
  /** INSEE (COG) code of the birth place; 99xxx when born abroad. */
  readonly birthPlace?: string | undefined
}
export const traitNames = ['birthName', 'givenName', 'birthDate', 'sex', 'birthPlace'] as const
export type TraitName = (typeof traitNames)[number]

const normalised: Record<TraitName, (value: string) => string> = {
  birthName: normaliseName,
  givenName: normaliseName,
  birthDate: (value) => value.trim(),
  sex: (value) => value,
  birthPlace: (value) => value.trim().toUpperCase(),
}

/** A trait in the form it is compared in; undefined when not given or blank. */
export function comparable(traits: Traits, name: TraitName): string | undefined {
  const value = traits[name]
  const form = value === undefined ? '' : normalised[name](value)
  return form === '' ? undefined : form
}

/** Traits given on both sides that differ. A trait one side does not give is not compared. */
export function compareTraits(one: Traits, other: Traits): TraitName[] {
  return traitNames.filter((name) => {
    const [a, b] = [comparable(one, name), comparable(other, name)]
    return a !== undefined && b !== undefined && a !== b
  })
}

/** Whether names and birth date are given on both sides and alike, and no other trait differs: one person, as far as traits can tell. */
export function areOnePersons(one: Traits, other: Traits): boolean {
  const isTold = (traits: Traits) => (['birthName', 'givenName', 'birthDate'] as const).every((name) => comparable(traits, name) !== undefined)
  return isTold(one) && isTold(other) && compareTraits(one, other).length === 0
}

/** Strict traits that are missing or unusable (a birth date that is not a whole day, a place that is not a code). */
export function missingTraits(traits: Traits): TraitName[] {
  return traitNames.filter((name) => {
    const value = comparable(traits, name)
    if (value === undefined) return true
    if (name === 'birthDate') return !/^\d{4}-\d\d-\d\d$/.test(value)
    return name === 'birthPlace' && !/^\d[\dAB]\d{3}$/.test(value)
  })
}

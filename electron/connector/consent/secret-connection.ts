import type { ItemVisibility, ReasonCode } from '#shared/contract/index.ts'

/** Age from which nobody reads for somebody else (article 388 of the code civil). */
const majority = 18

/** Whether somebody born on a day (`YYYY-MM-DD`) is a minor at an instant (milliseconds); an unknown day is no minor's. */
export function isMinor(birthDate: string | null | undefined, now: number): boolean {
  const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)/.exec(birthDate ?? '') ?? []
  return year !== undefined && now < Date.UTC(Number(year) + majority, Number(month) - 1, Number(day))
}

/**
 * Why a document may not go by a secret connection (L. 1111-5 of the code de la santé publique; EX_0.1-1100, EX_2.1-1050); null when it may, or when
 * none was asked for. `isOffered`: the record can be told of one. It is a minor's alone, and only what the representatives do not see goes by it: sent
 * otherwise, a care they keep to themselves would show.
 */
export function secretConnectionStop({ visibility, birthDate, isOffered, now }: { visibility: ItemVisibility; birthDate: string | null | undefined; isOffered: boolean; now: number }): ReasonCode | null {
  if (!visibility.secretConnection) return null
  if (!isOffered) return 'secret-connection'
  if (!isMinor(birthDate, now)) return 'secret-not-minor'
  return visibility.hiddenFromRepresentatives ? null : 'secret-not-hidden'
}

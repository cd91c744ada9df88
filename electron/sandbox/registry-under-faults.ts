import type { FaultSet } from './faults.ts'
import type { Entry, LotPlace, Registry } from './registry.ts'

/**
 * The registry as an exchange that takes place `now` meets it: lots younger than the visibility delay are not there yet (what they replace
 * is still active), and a repeated deposit is taken or not. Deposits themselves are judged against all that is registered.
 */
export function registryUnder(registry: Registry, { visibilitySeconds = 0, repeatedSetId = 'refuse' }: FaultSet, now: Date): Registry {
  if (visibilitySeconds === 0 && repeatedSetId === 'refuse') return registry
  const horizon = now.getTime() - visibilitySeconds * 1000
  const shows = (lot: LotPlace): boolean => visibilitySeconds === 0 || lot.registeredAt <= horizon
  const orNull = (lot: LotPlace | null): LotPlace | null => (lot && shows(lot) ? lot : null)
  const shown = (entry: Entry | undefined): Entry[] => {
    if (!entry || !shows(entry.lot)) return []
    return [{ ...entry, replacedBy: orNull(entry.replacedBy), supersededBy: orNull(entry.supersededBy), statusChanges: entry.statusChanges.filter(({ lot }) => shows(lot)) }]
  }
  /** The last version that shows. */
  const lastShown = (entry: Entry | null | undefined): Entry[] => (entry && !shows(entry.lot) ? lastShown(entry.previous) : shown(entry ?? undefined))
  return {
    ...registry,
    byUniqueId: (uniqueId) => lastShown(registry.byUniqueId(uniqueId))[0],
    repeatsOf: (uniqueId) => registry.repeatsOf(uniqueId).flatMap(lastShown),
    byUuid: (entryUuid) => shown(registry.byUuid(entryUuid))[0],
    entriesOf: (patientId) => registry.entriesOf(patientId).flatMap(shown),
    lotsOf: (patientId) => registry.lotsOf(patientId).filter(shows),
    lotByUuid(setUuid) {
      const lot = registry.lotByUuid(setUuid)
      return lot && shows(lot) ? lot : undefined
    },
    register: (lot, registeredAt) => registry.register(lot, registeredAt, repeatedSetId),
  }
}

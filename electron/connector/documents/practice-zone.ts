/** Names of no place, which servers mostly keep (IANA). */
const nowhere = /^(Etc\/|(UTC|UCT|GMT|Universal|Zulu|Greenwich)\b)/

/**
 * Where the practice is, by the zone its computer is set to; that of Paris where it says no place. Any place is believed: of one zone of Windows, the region it is set to
 * chooses the name, and a computer in Martinique set to France says La Paz, whose clocks show the same.
 */
export function zoneOf(computer: string): string {
  return nowhere.test(computer) ? 'Europe/Paris' : computer
}

/** The zone a day or a local time without an offset is of: the windows of this computer show days in its zone too. */
export const practiceZone = zoneOf(Intl.DateTimeFormat().resolvedOptions().timeZone)

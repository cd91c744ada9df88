/** Zones in which French practices stand (IANA). */
const frenchZones: ReadonlySet<string> = new Set([
  'Europe/Paris', 'America/Martinique', 'America/Guadeloupe', 'America/St_Barthelemy', 'America/Marigot', 'America/Cayenne', 'America/Miquelon', 'Indian/Reunion', 'Indian/Mayotte',
  'Pacific/Noumea', 'Pacific/Tahiti', 'Pacific/Marquesas', 'Pacific/Gambier', 'Pacific/Wallis',
])

/** Where the practice is, by the zone its computer is set to: that of Paris unless it is a French one, for servers mostly keep UTC. */
export function zoneOf(computer: string): string {
  return frenchZones.has(computer) ? computer : 'Europe/Paris'
}

/** The zone a day or a local time without an offset is of: the windows of this computer show days in it too. */
export const practiceZone = zoneOf(Intl.DateTimeFormat().resolvedOptions().timeZone)

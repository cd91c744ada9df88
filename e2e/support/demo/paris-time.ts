/** Offset of Paris at a local time `YYYY-MM-DDThh:mm`: `+01:00` or `+02:00`. Ambiguous hours of autumn are not used here. */
function offsetOf(local: string): string {
  const winter = new Date(`${local}:00+01:00`)
  const part = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Paris', timeZoneName: 'longOffset' }).formatToParts(winter)
  return part.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', '') ?? '+01:00'
}

/** ISO 8601 with offset of a local time in Paris. */
export const isoOf = (local: string): string => `${local}:00${offsetOf(local)}`

/** HL7 timestamp with offset (`YYYYMMDDhhmmss+ZZzz`), as CDA writes it. */
export function cdaTime(local: string): string {
  const iso = isoOf(local)
  return `${iso.slice(0, 19).replace(/[-:T]/g, '')}${iso.slice(19).replace(':', '')}`
}

/** UTC DTM `YYYYMMDDhhmmss`, as XDS writes it. */
export const xdsTime = (local: string): string => new Date(isoOf(local)).toISOString().slice(0, 19).replace(/[-:T]/g, '')

/** HL7 v2 local time without offset. */
export const hl7Time = (local: string): string => `${local.replace(/[-:T]/g, '')}00`

const months = ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre']

/** `14 mars 1936`. */
export function longDate(date: string): string {
  const [year, month, day] = date.slice(0, 10).split('-').map(Number)
  return `${day === 1 ? '1er' : day} ${months[(month ?? 1) - 1]} ${year}`
}

/** `14/03/1936`. */
export const shortDate = (date: string): string => date.slice(0, 10).split('-').reverse().join('/')

/** Age in words at a date: months under two years. */
export function ageAt(birthDate: string, date: string): string {
  const [by = 0, bm = 0, bd = 0] = birthDate.split('-').map(Number)
  const [y = 0, m = 0, d = 0] = date.slice(0, 10).split('-').map(Number)
  const months = (y - by) * 12 + (m - bm) - (d < bd ? 1 : 0)
  return months < 24 ? `${months} mois` : `${Math.floor(months / 12)} ans`
}

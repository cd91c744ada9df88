/** UTC DTM `YYYYMMDDhhmmss` of an instant in milliseconds since the epoch (XDS times have no offset). */
export function utcDtm(instant: number): string {
  return new Date(instant).toISOString().replace(/\D/g, '').slice(0, 14)
}

/** ISO 8601 UTC of a UTC DTM, possibly shorter than a second; `null` when it is not one. */
export function isoOfUtcDtm(dtm: string): string | null {
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00'] = /^(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\.\d+)?$/.exec(dtm.trim()) ?? []
  if (year === undefined) return null
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const instant = Date.parse(iso)
  return Number.isNaN(instant) || new Date(instant).toISOString() !== iso ? null : iso
}

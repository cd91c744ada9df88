/** ISO 8601 UTC, to the second, of a UTC DTM; what a shorter one leaves out is its first instant. */
export function instantOfDtm(dtm: string): string {
  const [year, month, day, hour, minute, second] = [dtm.slice(0, 4), ...[4, 6, 8, 10, 12].map((at) => dtm.slice(at, at + 2) || (at < 8 ? '01' : '00'))]
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}

/** FHIR `dateTime` of a UTC DTM, as precise down to the day; within a day FHIR wants seconds. */
export function dateTimeOfDtm(dtm: string): string {
  return dtm.length > 8 ? instantOfDtm(dtm) : [dtm.slice(0, 4), dtm.slice(4, 6), dtm.slice(6, 8)].filter(Boolean).join('-')
}

/** FHIR `dateTime` of an instant in milliseconds since the epoch, to the second as a UTC DTM has it. */
export function dateTimeOf(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`
}

/** ISO 8601 UTC of a FHIR `date`, `dateTime` or `instant`; `null` when it is none. */
export function isoOfFhir(time: string | undefined): string | null {
  if (time === undefined || !/^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/.test(time)) return null
  const instant = Date.parse(time)
  return Number.isNaN(instant) ? null : new Date(instant).toISOString()
}

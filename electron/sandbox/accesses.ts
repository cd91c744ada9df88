/** When each professional last consulted each record (TD3.1 but the question by uniqueId, TD3.2), since this record was started. */
export interface Accesses {
  note(professional: string, patientId: string, at: Date): void
  /** Milliseconds since the epoch. */
  lastOf(professional: string, patientId: string): number | undefined
}

/** Opens the list, empty: TD0.4 says nothing of an access of before. */
export function openAccesses(): Accesses {
  const last = new Map<string, number>()
  return {
    note: (professional, patientId, at) => void last.set(`${professional} ${patientId}`, at.getTime()),
    lastOf: (professional, patientId) => last.get(`${professional} ${patientId}`),
  }
}

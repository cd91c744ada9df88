import type { Store } from '#connector/store/index.ts'

/** The text a professional reads before they read records; a new number asks everybody again. */
export const informationVersion = 2

const holdsMs = 180 * 86_400_000

export interface ConfirmedInformation {
  readonly version: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Whether the information is to be shown: never confirmed, another text, or 180 days ago. A confirmation of the future is one of a clock that was wrong. */
export function isInformationDue(confirmed: ConfirmedInformation | null, now: number): boolean {
  return confirmed === null || confirmed.version !== informationVersion || confirmed.at > now || now - confirmed.at >= holdsMs
}

/** Who confirmed which text, by PS_IdNat, in the store. Synchronous. */
export interface InformationRegister {
  confirmed(professional: string): ConfirmedInformation | null
  /** Keeps that the text of today was read and confirmed. */
  confirm(professional: string, at: number): void
}

export function openInformation({ db }: Store): InformationRegister {
  const find = db.prepare<[string], ConfirmedInformation>('SELECT text_version AS version, confirmed_at AS at FROM information_confirmed WHERE professional = ?')
  const put = db.prepare<[string, number, number]>(
    'INSERT INTO information_confirmed VALUES (?, ?, ?) ON CONFLICT (professional) DO UPDATE SET text_version = excluded.text_version, confirmed_at = excluded.confirmed_at',
  )
  return {
    confirmed: (professional) => find.get(professional) ?? null,
    confirm: (professional, at) => void put.run(professional, informationVersion, at),
  }
}

import type { Party } from '#shared/contract/index.ts'
import type { Credentials } from './credentials.ts'

/** The first who has means to speak to the record now; null when nobody has: a card is not in, nobody signed in. */
export async function whoHasMeans(parties: readonly Party[], means: Pick<Credentials, 'forParty'>, now: number): Promise<Party | null> {
  for (const party of parties) if ((await means.forParty(party, now)).ok) return party
  return null
}

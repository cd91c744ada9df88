import { expect, it } from 'vitest'
import { failure, success, type Party, type ReasonCode } from '#shared/contract/index.ts'
import type { PartyCredentials } from './credentials.ts'
import { whoHasMeans } from './who-has-means.ts'

const structure = (id: string) => ({ kind: 'structure', structure: { id } }) as unknown as Party
const [one, two] = [structure('1'), structure('2')]
const without = (...without: [Party, ReasonCode][]) => ({
  forParty: async (party: Party) => {
    const refused = without.find(([who]) => who === party)
    return refused ? failure(refused[1]) : success({} as PartyCredentials)
  },
})

it('is the first who can speak now', async () => {
  expect(await whoHasMeans([one, two], without(), 0)).toBe(one)
  expect(await whoHasMeans([one, two], without([one, 'card-absent']), 0)).toBe(two)
})

it('is nobody when nobody can', async () => {
  expect(await whoHasMeans([one, two], without([one, 'card-absent'], [two, 'certificate-missing']), 0)).toBeNull()
})

import { expect, it } from 'vitest'
import { isMinor, secretConnectionStop } from './secret-connection.ts'

const secret = { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: true, secretConnection: true }
const now = Date.UTC(2026, 10, 21)
const stop = (change: Partial<Parameters<typeof secretConnectionStop>[0]> = {}) => secretConnectionStop({ visibility: secret, birthDate: '2010-05-01', isOffered: true, now, ...change })

it('is a minor’s until the day they are eighteen, and nobody’s whose day is not known', () => {
  expect(['2008-11-22', '20081122', '2008-11-21', '1990-01-01', '', null].map((born) => isMinor(born, now))).toEqual([true, true, false, false, false, false])
})

it('is refused where the record cannot be told, to an adult, and for what the representatives see', () => {
  expect(stop()).toBeNull()
  expect(stop({ isOffered: false })).toBe('secret-connection')
  expect(stop({ birthDate: '2000-01-01' })).toBe('secret-not-minor')
  expect(stop({ birthDate: undefined })).toBe('secret-not-minor')
  expect(stop({ visibility: { ...secret, hiddenFromRepresentatives: false } })).toBe('secret-not-hidden')
  for (const visibility of [{ ...secret, secretConnection: false }, { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false }]) expect(stop({ visibility, isOffered: false, birthDate: null })).toBeNull()
})

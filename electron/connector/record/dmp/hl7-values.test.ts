import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pidFields, unescapeHl7, xcn, xon } from './hl7-values.ts'

const name = fc.string({ unit: fc.constantFrom('A', 'é', '^', '&', '~', '|', '\\', 'E', 'S', ' '), maxLength: 20 })

it('says of a number what it is: national, of a patient, or of whoever gave it', () => {
  const somebody = { id: '801234567897', family: 'X', given: 'Y' }
  const after = (...as: Parameters<typeof xcn>) => xcn(...as).replace(/^[^^]*\^X\^Y\^{6}/, '')
  expect(after(somebody)).toBe('&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS')
  expect(after({ ...somebody, id: '3750803447/42' })).toBe('&1.2.250.1.71.4.2.1&ISO^D^^^EI')
  expect(after({ ...somebody, domain: '1.2.3' })).toBe('&1.2.3&ISO^D^^^EI')
  expect(after({ ...somebody, id: '276059205062865', domain: '1.2.250.1.213.1.4.10' })).toBe('&1.2.250.1.213.1.4.10&ISO^D^^^NH')
  expect(after(somebody, 'patient', '1.2.250.1.213.1.4.10')).toBe('&1.2.250.1.213.1.4.10&ISO^D^^^NH')
  expect(after({ ...somebody, domain: '1.2.3' }, 'device')).toBe('&1.2.3&ISO^U^^^RI')
})

it('gives back any name from XCN, XON and PID-5, and its separators never shift a component', () => {
  fc.assert(
    fc.property(name, name, (family, given) => {
      const person = xcn({ id: '899900000012', family, given }).split('^')
      expect(person).toHaveLength(13)
      expect([unescapeHl7(person[1] ?? ''), unescapeHl7(person[2] ?? '')]).toEqual([family, given])
      const structure = xon({ id: '1750803447', name: family }).split('^')
      expect(structure).toHaveLength(10)
      expect(unescapeHl7(structure[0] ?? '')).toBe(family)
      const pid5 = (pidFields({ birthName: family, givenName: given, birthDate: '1984-06-12', sex: 'F' })[0] ?? '').replace('PID-5|', '').split('^')
      expect([unescapeHl7(pid5[0] ?? ''), unescapeHl7(pid5[1] ?? '')]).toEqual([family, given])
    }),
  )
})

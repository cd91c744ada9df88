import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pidFields, unescapeHl7, xcn, xon } from './hl7-values.ts'

const name = fc.string({ unit: fc.constantFrom('A', 'é', '^', '&', '~', '|', '\\', 'E', 'S', ' '), maxLength: 20 })

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

import { describe, expect, it } from 'vitest'
import { demoPatients, firstGivenName } from './patients.ts'
import { demoPractice } from './practice.ts'

/** The key of an INS, computed apart from the program's own check (dmp-interface.md 6.2). */
function insKey(first13: string): string {
  const digits = first13.replace('2A', '19').replace('2B', '18')
  return String(97n - (BigInt(digits) % 97n)).padStart(2, '0')
}

describe('the demo patients', () => {
  const { patients, insOid } = demoPatients()

  it('are twelve people of the test domain, all different', () => {
    expect(insOid).toBe('1.2.250.1.213.1.4.10')
    expect(patients).toHaveLength(12)
    expect(new Set(patients.map(({ ins }) => ins)).size).toBe(12)
    expect(new Set(patients.map(({ localId }) => localId)).size).toBe(12)
  })

  it.each(patients)('$localId has an INS with the right key that agrees with sex and birth', ({ ins, sex, birthDate, birthPlace }) => {
    expect(ins.slice(13)).toBe(insKey(ins.slice(0, 13)))
    expect(ins[0]).toBe(sex === 'M' ? '1' : '2')
    expect(ins.slice(1, 5)).toBe(birthDate.slice(2, 7).replace('-', ''))
    expect(ins.slice(5, 10)).toBe(birthPlace.code)
  })

  it('cover the names and births that programs get wrong', () => {
    expect(patients.some(({ ins }) => ins.slice(5, 7) === '2B')).toBe(true)
    expect(patients.some(({ birthName }) => birthName.includes("'"))).toBe(true)
    expect(patients.some(({ birthName }) => birthName.includes('-'))).toBe(true)
    expect(patients.some(({ birthName }) => birthName.includes(' '))).toBe(true)
    expect(patients.some(({ usedName, birthName }) => usedName !== birthName && !usedName.startsWith(birthName.slice(0, 2)))).toBe(true)
    expect(firstGivenName({ givenNames: 'MARIE-ANGE SOPHIE' })).toBe('MARIE-ANGE')
    expect(patients.map(({ birthDate }) => birthDate.slice(0, 4)).sort().at(0)).toBe('1936')
    expect(patients.map(({ birthDate }) => birthDate.slice(0, 4)).sort().at(-1)).toBe('2026')
  })
})

describe('the demo practice', () => {
  it('speaks for two doctors with a speciality and a nurse', () => {
    const { professionals, structures } = demoPractice()
    expect(structures.map(({ id, sector }) => [id, sector])).toEqual([['1750803447', 'SA08']])
    expect(professionals.map(({ profession }) => profession)).toEqual(['10', '10', '60'])
    for (const { id, profession, specialty } of professionals) {
      expect(id).toMatch(/^8\d{11}$/)
      expect(specialty !== undefined).toBe(profession === '10')
    }
  })
})

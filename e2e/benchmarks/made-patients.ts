/** A synthetic patient of the test domain. */
export interface MadePatient {
  readonly localId: string
  readonly ins: string
  readonly birthName: string
  readonly givenName: string
  readonly birthDate: string
  readonly sex: 'M' | 'F'
  readonly birthPlace: string
}

export const testInsOid = '1.2.250.1.213.1.4.10'
export const localIdOid = '1.2.250.1.999.77.2'

const syllables = ['BA', 'CO', 'DU', 'FE', 'GI', 'LO', 'MA', 'NE', 'RI', 'SO', 'TU', 'VE']
const word = (number: number) => [number, Math.floor(number / 12), Math.floor(number / 144), number * 7].map((part) => syllables[part % 12]).join('')

/** The patient of that rank: always the same for the same rank, a right key, a birth place that does not exist. */
export function madePatient(rank: number): MadePatient {
  const year = 1930 + (rank % 80)
  const month = String(1 + (rank % 12)).padStart(2, '0')
  const commune = String(100 + (rank % 900))
  const sex = rank % 2 === 0 ? 'F' : 'M'
  const first13 = `${sex === 'M' ? 1 : 2}${String(year).slice(2)}${month}99${commune}${String(1 + Math.floor(rank / 900)).padStart(3, '0')}`
  return {
    localId: `B${String(rank).padStart(6, '0')}`,
    ins: `${first13}${String(97n - (BigInt(first13) % 97n)).padStart(2, '0')}`,
    birthName: word(rank),
    givenName: word(rank + 5000),
    birthDate: `${year}-${month}-${String(1 + (rank % 28)).padStart(2, '0')}`,
    sex,
    birthPlace: `99${commune}`,
  }
}

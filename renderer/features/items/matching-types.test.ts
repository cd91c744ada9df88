import { expect, it } from 'vitest'
import { givenTypes, usualTypes } from '#shared/terminology/index.ts'
import { texts } from '../../strings/index.ts'
import { matchingTypes } from './matching-types.ts'

const called: Readonly<Record<string, string>> = { '57833-6': 'Ordonnance : médicaments', 'PRESC-BIO': 'Ordonnance de biologie' }
const found = (typed: string) => matchingTypes(givenTypes, typed, (code) => called[code] ?? '').map(({ code }) => code)

it('finds a type by any words of its label, whatever their accents, case and order', () => {
  expect(found('Operatoire CR')).toEqual(['34874-8'])
  expect(found('vaccination')).toEqual(['11369-6', '87273-9', '96874-3'])
  expect(found('compte rendu opératoire')).toEqual(['34874-8'])
})

it('finds it by what a practice calls it and by its code, the commonest first', () => {
  expect(found('ordonnance')).toEqual(['57833-6', 'PRESC-BIO', '75468-9'])
  expect(found('34112-3')).toEqual(['34112-3'])
  expect(found('presc-kine')).toEqual(['PRESC-KINE'])
})

it.each(['fr', 'en'] as const)('has words for the commonest, and for no other: %s', (language) => {
  expect(Object.keys(texts[language].typeChoice.usual)).toEqual([...usualTypes])
})

it('finds all of them where no word was typed, none by what none has', () => {
  expect(found('  – ')).toHaveLength(givenTypes.length)
  expect(found('facture')).toEqual([])
})

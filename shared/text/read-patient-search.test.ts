import { describe, expect, it } from 'vitest'
import { readPatientSearch } from './read-patient-search.ts'
import { insKey } from './ins-key.ts'

const ins = `2840699999999${insKey('2840699999999')}`
const scan = `IS01${'0'.repeat(22)}S1${ins}S21.2.250.1.213.1.4.10S3ADA\u001dS4LOIN\u001dS5FS601-06-1984`

describe('what somebody who looks for a patient typed', () => {
  it.each([
    ['a number', ins],
    ['one with blanks', ins.replace(/(.)(..)(..)/, '$1 $2 $3 ')],
    ['one without its key', ins.slice(0, 13)],
    ['a datamatrix', scan],
    ['a datamatrix of a scanner that drops the GS', scan.replaceAll('\u001d', '')],
  ])('is an INS: %s', (_, typed) => {
    expect(readPatientSearch(typed)).toEqual({ kind: 'ins', ins })
  })

  it.each([
    ['Loin Ada', 'Loin Ada', null],
    ['LE GOAZIOU 14/03/1936', 'LE GOAZIOU', '1936-03-14'],
    ['14.3.1936', '', '1936-03-14'],
    ['née 14031936 Monique', 'née Monique', '1936-03-14'],
    ['1936-03-14', '', '1936-03-14'],
    // No day of any year.
    ['Ada 45/03/1936', 'Ada 45/03/1936', null],
    // A name that a datamatrix or a number could begin with.
    ['Isabelle', 'Isabelle', null],
    ['Ba', 'Ba', null],
    ['IBRAHIM', 'IBRAHIM', null],
  ])('is names and a birth date: %s', (typed, words, birthDate) => {
    expect(readPatientSearch(typed)).toEqual({ kind: 'words', words, birthDate })
  })

  it.each([
    ['', 'too-short'],
    [' a ', 'too-short'],
    ['2840', 'too-short'],
    [`${ins.slice(0, 13)}${ins.endsWith('00') ? '01' : '00'}`, 'wrong-key'],
    [scan.slice(0, 40), 'scan-unfinished'],
    [`IS01${'9'.repeat(22)}`, 'scan-unreadable'],
    [scan.replace(ins, `${ins.slice(0, 13)}${ins.endsWith('00') ? '01' : '00'}`), 'wrong-key'],
  ])('is nothing to look for: %s', (typed, why) => {
    expect(readPatientSearch(typed)).toEqual({ kind: 'nothing', why })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordDocument } from '#shared/contract/history.ts'
import { arrange, arrangementText, documentDate, noFilter, type Filter, type Sort, familyName, readArrangement, sameToTheWord, titleBesideDate } from './arrange.ts'

const now = new Date('2026-11-21T09:00:00Z')
const types = ['Biologie', 'Ordonnance', 'Imagerie']
const authors = ['Dr Petit', 'Dr Élodie Roux', '']

const documents = fc.uniqueArray(
  fc.record({ number: fc.nat(500), type: fc.constantFrom(...types), author: fc.constantFrom(...authors), day: fc.integer({ min: 0, max: 3000 }), act: fc.boolean() }),
  { selector: (one) => one.number, maxLength: 40 },
).map((all) => all.map(({ number, type, author, day, act }) => {
  const at = new Date(now.getTime() - day * 86_400_000).toISOString()
  return { uniqueId: `1.2.${number}`, typeLabel: type, classLabel: '', title: `Titre ${number}`, creationTime: at, serviceStartTime: act ? at : null, authors: author ? [{ name: author, role: null, structure: author }] : [], referenceIds: [], serviceStopTime: null } as unknown as RecordDocument
}))

it('tells which rows would say the same of the same day', () => {
  const at = (uniqueId: string, creationTime: string, change: object = {}) => ({ uniqueId, title: 'Compte rendu', typeLabel: 'CR', typeCode: '1', creationTime, serviceStartTime: null, authors: [{ name: 'Dr Petit' }], ...change }) as unknown as RecordDocument
  const all = [at('1', '2026-11-20T08:00:00Z'), at('2', '2026-11-20T14:00:00Z'), at('3', '2026-11-21T08:00:00Z'), at('4', '2026-11-20T08:00:00Z', { title: 'Ordonnance' }), at('5', '2026-11-20T08:00:00Z', { authors: [{ name: 'Dr Roux' }] })]
  expect([...sameToTheWord(all)]).toEqual(['1', '2'])
})

describe('arrange', () => {
  it('loses nothing, shows nothing twice, and puts the newest first in each group', () => {
    fc.assert(
      fc.property(documents, fc.constantFrom<Sort>('date', 'type', 'author', 'episode'), (all, sort) => {
        const groups = arrange(all, noFilter, sort, now)
        const shown = groups.flatMap((group) => group.documents)
        expect(shown.map((one) => one.uniqueId).sort()).toEqual(all.map((one) => one.uniqueId).sort())
        for (const group of groups) {
          const dates = group.documents.map(documentDate)
          expect(dates).toEqual([...dates].sort().reverse())
        }
      }),
    )
  })

  it('leaves an episode what it is where a filter hides some of it', () => {
    const at = (day: string, number: number, typeLabel: string) => ({ uniqueId: `1.${number}`, typeLabel, classLabel: '', title: '', creationTime: `2026-11-${day}T10:00:00Z`, serviceStartTime: null, serviceStopTime: null, referenceIds: [], authors: [{ name: 'Dr Petit', role: null, structure: 'CHU' }] }) as unknown as RecordDocument
    const stay = [at('10', 1, 'Biologie'), at('11', 2, 'Imagerie'), at('12', 3, 'Biologie')]
    const groups = arrange(stay, { ...noFilter, type: 'Biologie' }, 'episode', now)
    expect(groups.map(({ heading, period, documents: shown }) => [heading, period, shown.map(({ uniqueId }) => uniqueId)])).toEqual([['CHU', { from: '2026-11-10T10:00:00Z', to: '2026-11-12T10:00:00Z' }, ['1.3', '1.1']]])
  })

  it('does not depend on the order of arrival', () => {
    fc.assert(
      fc.property(documents, (all) => {
        expect(arrange(all.toReversed(), noFilter, 'date', now)).toEqual(arrange(all, noFilter, 'date', now))
      }),
    )
  })

  it('keeps exactly what the filters say', () => {
    fc.assert(
      fc.property(documents, fc.constantFrom(...types), (all, type) => {
        const shown = arrange(all, { ...noFilter, type, period: '12' }, 'date', now).flatMap((group) => group.documents)
        const since = new Date('2025-11-21T09:00:00Z')
        expect(shown.length).toBe(all.filter((one) => one.typeLabel === type && new Date(documentDate(one)) >= since).length)
      }),
    )
  })

  it('finds words without their accents, in any order, in title, type or author', () => {
    const one = { uniqueId: '1', typeLabel: 'Biologie', classLabel: '', title: 'Numération', creationTime: now.toISOString(), serviceStartTime: null, authors: [{ name: 'Dr Élodie Roux', role: null, structure: 'Labo' }] } as unknown as RecordDocument
    const found = (text: string) => arrange([one], { ...noFilter, text }, 'date', now).length > 0
    expect(found('elodie numer')).toBe(true)
    expect(found('  BIOLOGIE ')).toBe(true)
    expect(found('ordonnance')).toBe(false)
  })
})

describe('how a list is arranged', () => {
  it('is said in a text and read back the same, whatever is typed', () => {
    expect(arrangementText(noFilter, 'date')).toBe('')
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.constantFrom('all', '3', '12', '60'), fc.constantFrom<Sort>('date', 'type', 'author'), (text, type, author, period, sort) => {
        const filter = { text, type, author, period } as Filter
        expect(readArrangement(arrangementText(filter, sort))).toEqual({ filter, sort })
      }),
    )
    expect(readArrangement('sort=x&period=9&y=z')).toEqual({ filter: noFilter, sort: 'date' })
  })
})

describe('what a narrow row says', () => {
  it('names the author by family name where capitals tell it', () => {
    expect(familyName('Karim BELHADJ-ROUSSEL')).toBe('BELHADJ-ROUSSEL')
    expect(familyName('Solène LE GUILLOU')).toBe('LE GUILLOU')
    expect(familyName('Laboratoire Biolys')).toBe('Laboratoire Biolys')
    expect(familyName('')).toBe('')
  })
  it('does not say the day twice, and never hides another day', () => {
    expect(titleBesideDate('Ordonnance du 20/11/2026', '20/11/2026')).toBe('Ordonnance')
    expect(titleBesideDate('Ordonnance du 19/11/2026', '20/11/2026')).toBe('Ordonnance du 19/11/2026')
    expect(titleBesideDate('Bilan', '20/11/2026')).toBe('Bilan')
  })
})

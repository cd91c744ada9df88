import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isoOfListDate } from './accessible-records.ts'

const day = fc.date({ min: new Date('1880-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))

it('reads one day whichever way a list writes it', () => {
  fc.assert(
    fc.property(day, (iso) => {
      const [year = '', month = '', date = ''] = iso.split('-')
      for (const written of [iso, `${iso}T08:00:00Z`, `${year}${month}${date}`, `${year}${month}${date}101500`, `${date}${month}${year}`, `${date}/${month}/${year}`]) expect(isoOfListDate(written)).toBe(iso)
    }),
  )
})

it.each(['', '31022026', '20260231', 'hier', '2026', '00000000', '99999999'])('takes %s for no day', (text) => {
  expect(isoOfListDate(text)).toBeNull()
})

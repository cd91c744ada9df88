import { expect, it } from 'vitest'
import { createTexts } from '../../strings/index.ts'
import { listWarnings } from './list-warnings.ts'

it('quotes what the record warned of, and says in words of ours that it counts more than it gives', () => {
  const { t } = createTexts('en')
  expect(listWarnings(['XDSTooManyResults: too many', 'counts 99 entries and gives 12', 'slow'], t)).toBe('The shared record counts 99 entries and gives 12. The shared record warns: “XDSTooManyResults: too many | slow”.')
  expect(listWarnings(['counts 2 entries and gives 1'], t)).toBe('The shared record counts 2 entries and gives 1.')
})

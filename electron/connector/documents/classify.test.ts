import { expect, it } from 'vitest'
import { classify } from './classify.ts'

it("chooses the document's own type, then the source's, then the usual one", () => {
  expect(classify({ written: '60591-5', hinted: '57833-6', usual: '11488-4' })).toEqual({ ok: true, value: '60591-5' })
  expect(classify({ hinted: ' 57833-6 ', usual: '11488-4' })).toEqual({ ok: true, value: '57833-6' })
  expect(classify({ usual: 'PRESC-BIO' })).toEqual({ ok: true, value: 'PRESC-BIO' })
})

it('asks rather than guesses, and takes nothing outside the list', () => {
  expect(classify({})).toMatchObject({ failure: { code: 'type-unknown' } })
  expect(classify({ hinted: ' ' })).toMatchObject({ failure: { code: 'type-unknown' } })
  expect(classify({ hinted: '51851-4' })).toMatchObject({ failure: { code: 'type-not-accepted', detail: '51851-4' } })
  expect(classify({ hinted: 'toString' })).toMatchObject({ failure: { code: 'type-not-accepted' } })
})

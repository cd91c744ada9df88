import { expect, it } from 'vitest'
import { documentWith, factsIn } from './facts-example.ts'
import { readFacts } from './read-facts.ts'

it('keeps as text what no reader understands', () => {
  expect(factsIn(documentWith('10161-8', '74', 'Amiante', ''))).toMatchObject([{ kind: 'narrative', label: 'Section', code: '10161-8', value: 'Amiante' }])
})

it('refuses what is hostile, as a value', () => {
  const deep = documentWith('10161-8', '74', `${'<content>'.repeat(5_000)}x${'</content>'.repeat(5_000)}`, '')
  expect(readFacts(deep, '1.2.3')).toMatchObject({ ok: false, failure: { code: 'xml-too-deep' } })
  expect(readFacts(Buffer.from('<!DOCTYPE a><a/>'), '1.2.3')).toMatchObject({ ok: false, failure: { code: 'xml-doctype' } })
  expect(readFacts(Buffer.from('%PDF'), '1.2.3').ok).toBe(false)
})

import { expect, it } from 'vitest'
import { failure } from '#shared/contract/index.ts'
import { readFacts } from './facts/read-facts.ts'
import { recordFacts } from './record-facts.ts'
import { documentExample } from './record-example.ts'

const written = Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section><code code="10161-8"/>
  <title>Risques</title><text>Amiante</text></section></component></structuredBody></component></ClinicalDocument>`)

const wrapped = Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody><text mediaType="application/pdf" representation="B64">JVBERi0=</text>
  </nonXMLBody></component></ClinicalDocument>`)

it('reads the documents that may hold facts, and loses only those of a document it cannot have', async () => {
  const structured = { formatCode: 'urn:asip:ci-sis:vsm:2013' }
  const asked: string[] = []
  const facts = await recordFacts(
    [documentExample('1.1', structured), documentExample('1.2', structured), documentExample('1.3', structured), documentExample('1.4', { ...structured, status: 'deprecated' })],
    async (uniqueId) => {
      asked.push(uniqueId)
      return uniqueId === '1.1' ? failure('record-unreachable') : readFacts(uniqueId === '1.2' ? Buffer.from('<a') : written, uniqueId)
    },
  )
  expect(asked).toEqual(['1.1', '1.2', '1.3'])
  expect(facts.map(({ document, status, value }) => ({ document, status, value }))).toEqual([
    { document: '1.1', status: 'notLoaded', value: null },
    { document: '1.2', status: 'notLoaded', value: null },
    { document: '1.3', status: null, value: 'Amiante' },
  ])
})

it('looks at the body, whatever format is declared: a wrapped file has no facts, a structured body has', async () => {
  const declared = { formatCode: 'urn:ihe:iti:xds-sd:pdf:2008' }
  const documents = [documentExample('1.1', declared), documentExample('1.2', declared), documentExample('1.3', { ...declared, mimeType: 'application/pdf' })]
  const facts = await recordFacts(documents, async (uniqueId) => readFacts(uniqueId === '1.1' ? wrapped : written, uniqueId))
  expect(facts.map(({ document, value }) => ({ document, value }))).toEqual([{ document: '1.2', value: 'Amiante' }])
})

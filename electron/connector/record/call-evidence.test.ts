import { expect, it } from 'vitest'
import { noteAnswer, noteEntry, noteRequest, withEvidence } from './call-evidence.ts'

it('keeps every message and the last answer, in codes alone', async () => {
  const { evidence, ended } = await withEvidence(async () => {
    noteRequest('urn:uuid:1')
    noteAnswer(['Success'])
    noteEntry('urn:uuid:e')
    noteRequest('urn:uuid:2')
    noteAnswer(['Failure', 'XDSRegistryError', 'XDSRegistryError', 'dossier de Mme DURAND', '', 'x'.repeat(65)])
    return 'done'
  })
  expect(evidence).toEqual({ requestIds: ['urn:uuid:1', 'urn:uuid:2'], responseCode: 'Failure XDSRegistryError', entryUuid: 'urn:uuid:e' })
  expect(ended).toEqual({ status: 'fulfilled', value: 'done' })
})

it('takes the answer of a former message for none of the last', async () => {
  const { evidence, ended } = await withEvidence(async () => {
    noteRequest('1')
    noteAnswer(['Success'])
    noteRequest('2')
    throw new Error('a bug')
  })
  expect(evidence).toMatchObject({ requestIds: ['1', '2'], responseCode: null })
  expect(ended).toMatchObject({ status: 'rejected', reason: new Error('a bug') })
})

it('asks for nothing where nobody listens', () => {
  expect(() => {
    noteRequest('1')
    noteAnswer(['Success'])
    noteEntry('1')
  }).not.toThrow()
})

import { expect, it } from 'vitest'
import { writeSubmission } from './ebxml-write.ts'
import { namedInLot } from './named-in-lot.ts'
import { testDocument } from './test-deposit.ts'

const [set, document] = ['1.2.250.1.999.77.4.1', '1.2.250.1.999.77.3.1']
const signature = `${set}.1`
const author = testDocument.authors[0]!
const body = writeSubmission({
  setUniqueId: set, sourceId: '1.2.250.1.999.77', submissionTime: '20261121091600', sender: author, contentType: { code: '07', label: '', system: '1.2.250.1.213.2.2' },
  documents: [{ metadata: { ...testDocument, uniqueId: document }, replacesEntryUuid: null }], signature: { uniqueId: signature, signedAt: '20261121091600' }, parts: { documents: ['d'], signature: 's' },
}).markup

it.each([
  ['Doc01', 'document'],
  [`uniqueId ${document} déjà enregistré avec un autre contenu`, 'document'],
  [`Le document ${document}.`, 'document'],
  [`urn:oid:${document}`, 'document'],
  ['Signature01', 'companion'],
  [`uniqueId ${signature} déjà enregistré avec un autre contenu`, 'companion'],
  [`lot ${set} déjà enregistré`, 'companion'],
  [`la signature ${signature} du document ${document}`, 'document'],
  [`${document}.1`, undefined],
  ['284069999999968', undefined],
  ['', undefined],
])('"%s" is about: %s', (said, about) => expect(namedInLot(body)(said)).toBe(about))

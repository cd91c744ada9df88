import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRecordFolder } from './record-folder.ts'

let dir: string
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-record-folder-'))
  for (const name of ['documents', 'wire', 'registry']) fs.mkdirSync(path.join(dir, name))
})
afterEach(() => fs.rmSync(dir, { recursive: true }))

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')
const cda = (ins: string, body: string): string => `<ClinicalDocument><recordTarget><patientRole><id root="1.2.250.1.213.1.4.10" extension="${ins}"/><id root="1.2.250.1.999.77.2" extension="P1"/></patientRole></recordTarget><author><id root="1.2.250.1.213.1.4.10" extension="999"/></author>${body}</ClinicalDocument>`
const put = (name: string, bytes: string): void => fs.writeFileSync(path.join(dir, name), bytes)

function deposit(document: string): string {
  const envelope = `<Envelope><saml2:Assertion ID="_1" IssueInstant="2026-11-20T09:00:01.000Z"/><rim:ExternalIdentifier registryObject="Set" identificationScheme="urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8" value="9.1"></rim:ExternalIdentifier><rim:ExternalIdentifier value="9.1.1" registryObject="Sig" identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"/><rim:ExternalIdentifier registryObject="Doc" identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="1.2.3"/><rim:Association associationType="urn:ihe:iti:2007:AssociationType:signs" sourceObject="Sig" targetObject="Set"/><xdsb:Document id="Doc"><xop:Include href="cid:document@x"/></xdsb:Document><xdsb:Document id="Sig"><xop:Include href="cid:signature@x"/></xdsb:Document></Envelope>`
  const part = (id: string, body: string): string => `--b1\r\nContent-Type: text/xml\r\nContent-ID: <${id}>\r\n\r\n${body}\r\n`
  return `POST /repository HTTP/1.1\r\ncontent-type: multipart/related; boundary="b1"\r\n\r\n${part('root@x', envelope)}${part('document@x', document)}${part('signature@x', '<s/>')}--b1--\r\n`
}

test('reads deposits and questions off the wire, by number, with the bytes of the document', () => {
  const openFolder = openRecordFolder(dir)
  put('wire/00000001-TD2.1.request', deposit('<a>\r\n--b</a>'))
  put('wire/00000002-TD3.1.request', 'POST\r\n\r\n<saml2:Assertion IssueInstant="2026-11-20T09:00:02.000Z"/><rim:Slot name="$XDSDocumentEntryUniqueId"><rim:ValueList><rim:Value>(&#39;1.2.3&#39;)</rim:Value></rim:ValueList></rim:Slot>')
  put('wire/00000003-TD3.1.request', 'POST\r\n\r\n<rim:Slot name="$XDSDocumentEntryPatientId"><rim:ValueList><rim:Value>x</rim:Value></rim:ValueList></rim:Slot>')
  const first = { kind: 'deposit', number: 1, sentAt: '2026-11-20T09:00:01.000Z', uniqueId: '1.2.3', setId: '9.1', sha256: sha256('<a>\r\n--b</a>') }
  expect(openFolder.read().wire).toEqual([{ ...first, answer: 'none' }, { kind: 'question', number: 2, sentAt: '2026-11-20T09:00:02.000Z', uniqueId: '1.2.3' }])
  // An answer that came since is seen.
  put('wire/00000001-TD2.1.response', 'HTTP/1.1 200 OK\r\n\r\n<r status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"/>')
  expect(openFolder.read().wire[0]).toEqual({ ...first, answer: 'stored' })
})

test.each([
  ['ResponseStatusType:Failure XDSRegistryMetadataError', 'refused'],
  ['ResponseStatusType:Failure XDSDuplicateUniqueIdInRegistry', 'stored'],
])('%s is %s', (answer, expected) => {
  put('wire/00000001-TD2.1.request', deposit('<a/>'))
  put('wire/00000001-TD2.1.response', answer)
  expect(openRecordFolder(dir).read().wire).toMatchObject([{ answer: expected }])
})

test('reads what is registered: bytes, PDF inside, both patients, the replaced document', () => {
  const pdf = Buffer.from('%PDF-1.7 …')
  put('documents/1.2.3.xml', cda('158', `<text mediaType="application/pdf" representation="B64">${pdf.toString('base64')}</text>`))
  put('documents/1.2.4.xml', cda('284', '<text>plain</text>'))
  const entry = (entryUuid: string, uniqueId: string, ins: string) => ({ entryUuid, object: { identifiers: [{ name: 'XDSDocumentEntry.uniqueId', value: uniqueId }, { name: 'XDSDocumentEntry.patientId', value: `${ins}^^^&1.2&ISO^NH` }] } })
  const lot = (set: string, entries: unknown[], associations: unknown[]) => JSON.stringify({ set: { identifiers: [{ name: 'XDSSubmissionSet.uniqueId', value: set }] }, entries, associations: [{ type: 'urn:signs', source: `${set}-signature`, target: set }, ...associations] })
  put('registry/journal.jsonl', `${lot('9.1', [entry('uuid-3', '1.2.3', '158'), entry('9.1-signature', '9.1.1', '158')], [])}\n${lot('9.2', [entry('uuid-4', '1.2.4', '158'), entry('9.2-signature', '9.2.1', '158')], [{ type: 'urn:RPLC', source: 'uuid-4', target: 'uuid-3' }])}\n`)
  expect(openRecordFolder(dir).read().stored).toEqual([
    { uniqueId: '1.2.3', setId: '9.1', sha256: sha256(fs.readFileSync(path.join(dir, 'documents/1.2.3.xml'))), embedded: sha256(pdf), patients: ['158', '158'], replaces: null },
    { uniqueId: '1.2.4', setId: '9.2', sha256: sha256(fs.readFileSync(path.join(dir, 'documents/1.2.4.xml'))), embedded: null, patients: ['284', '158'], replaces: '1.2.3' },
  ])
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { success } from '#shared/contract/index.ts'
import { readAnswer } from './answer.ts'
import { envelope, registryResponse } from './test-server.ts'

const messageId = 'urn:uuid:11111111-2222-4333-8444-555555555555'
const whole = envelope(messageId, registryResponse('Success'))
const read = (body: string | Uint8Array, contentType = 'application/soap+xml', status = 200) =>
  readAnswer({ status, contentType, retryAfter: null, body: Buffer.from(body) }, messageId, 0, () => success('read')).result

it('never throws and never believes an answer that was cut or damaged', () => {
  const types = fc.constantFrom('application/soap+xml', 'multipart/related; boundary=b', 'multipart/related', 'text/html', '', ';;', 'application/xop+xml; type="')
  fc.assert(
    fc.property(types, fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 200, max: 599 }), (type, body, status) => {
      expect(read(body, type, status).ok).toBe(false)
    }),
  )
  for (let length = 0; length < whole.length; length += 1) expect(read(whole.slice(0, length)).ok).toBe(false)
  expect(read(whole)).toEqual(success('read'))
})

it('reads a fault of SOAP 1.1 from a gateway', () => {
  const fault = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Client</faultcode><faultstring>DMPClosed : dossier fermé</faultstring></e:Fault></e:Body></e:Envelope>`
  expect(read(fault, 'text/xml', 500)).toMatchObject({ ok: false, failure: { code: 'record-closed', recordText: 'DMPClosed : dossier fermé' } })
})

it('lets HTTP speak when a fault says nothing we know', () => {
  const fault = envelope(messageId, '<S:Fault><S:Code><S:Value>S:Receiver</S:Value></S:Code><S:Reason><S:Text>plus tard</S:Text></S:Reason></S:Fault>')
  expect(read(fault, 'application/soap+xml', 503)).toMatchObject({ ok: false, failure: { code: 'record-busy', recordText: 'plus tard' } })
  expect(read(fault, 'application/soap+xml', 500)).toMatchObject({ ok: false, failure: { code: 'record-fault', class: 'uncertain' } })
  expect(read(fault)).toMatchObject({ ok: false, failure: { code: 'record-fault', class: 'uncertain' } })
})

it('does not take a whole answer for a success when HTTP says that it failed', () => {
  expect(read(whole, 'application/soap+xml', 500)).toMatchObject({ ok: false, failure: { class: 'uncertain' } })
})

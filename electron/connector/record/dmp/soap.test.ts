import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contentId, parseMediaType, readMultipart } from './multipart.ts'
import { mtomRequest, partOf } from './soap.ts'

const attachment = fc.record({ id: fc.stringMatching(/^[\w.+%~-]{1,20}@relais$/), mediaType: fc.constantFrom('text/xml', 'application/xslt+xml'), bytes: fc.uint8Array({ maxLength: 300 }) })

it('gives every attachment of an MTOM message back byte for byte, by its cid, and the envelope first', () => {
  const attachments = fc.uniqueArray(attachment, { selector: ({ id }) => id, maxLength: 5 })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), attachments, fc.uuid(), (envelope, sent, uuid) => {
      const { contentType, body } = mtomRequest(Buffer.from(envelope), 'urn:x', sent, `relais-${uuid}`)
      const { type, parameters } = parseMediaType(contentType)
      const parts = readMultipart(Buffer.concat(body), parameters['boundary'] ?? '') ?? []
      expect(type).toBe('multipart/related')
      expect(parts).toHaveLength(sent.length + 1)
      expect(parameters['start']).toBe(`<${contentId(parts[0]!)}>`)
      expect(Buffer.from(parts[0]!.body).equals(envelope)).toBe(true)
      for (const { id, mediaType, bytes } of sent) {
        const found = partOf(parts, `cid:${encodeURIComponent(id)}`)
        expect(Buffer.from(found?.body ?? []).equals(bytes)).toBe(true)
        expect(found?.headers['content-type']).toBe(mediaType)
      }
    }),
  )
})

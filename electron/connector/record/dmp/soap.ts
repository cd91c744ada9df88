import { xml, type Markup } from '#shared/text/xml.ts'
import { ns } from './namespaces.ts'
import { contentId, writeMultipart, type MimePart } from './multipart.ts'

/** A SOAP request ready for HTTP. */
export interface SoapRequest {
  readonly contentType: string
  /** Sent one after the other. */
  readonly body: readonly Uint8Array[]
}

/** What an answer may come as. */
export const soapTypes = 'application/soap+xml, application/xop+xml, multipart/related'

/** A SOAP 1.2 envelope with WS-Addressing 2005/08 headers and the VIHF alone in `wsse:Security` (dmp-interface.md 1.4). */
export function writeEnvelope(message: { action: string; to: string; messageId: string; assertion: Markup; body: Markup }): Buffer {
  const envelope = xml`<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="${ns.s}" xmlns:wsa="${ns.wsa}">
  <s:Header>
    <wsa:Action s:mustUnderstand="true">${message.action}</wsa:Action>
    <wsa:MessageID>${message.messageId}</wsa:MessageID>
    <wsa:ReplyTo s:mustUnderstand="true"><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address></wsa:ReplyTo>
    <wsa:To>${message.to}</wsa:To>
    <wsse:Security xmlns:wsse="${ns.wsse}" s:mustUnderstand="true">${message.assertion}</wsse:Security>
  </s:Header>
  <s:Body>${message.body}</s:Body>
</s:Envelope>`
  return Buffer.from(envelope.markup, 'utf8')
}

/** A request without attachments. */
export function plainRequest(envelope: Buffer, action: string): SoapRequest {
  return { contentType: `application/soap+xml; charset=UTF-8; action="${action}"`, body: [envelope] }
}

/** One binary part of an MTOM message, referred to by `cid:` + its id. */
export interface Attachment {
  readonly id: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** An MTOM/XOP request: the envelope first, then each attachment in binary (dmp-interface.md 1.4, EX_2.1-1260). */
export function mtomRequest(envelope: Buffer, action: string, attachments: readonly Attachment[], boundary: string): SoapRequest {
  const root: MimePart = {
    headers: {
      'Content-Type': `application/xop+xml; charset=UTF-8; type="application/soap+xml"; action="${action}"`,
      'Content-Transfer-Encoding': 'binary',
      'Content-ID': '<root@relais>',
    },
    body: envelope,
  }
  const parts = attachments.map((attachment): MimePart => ({
    headers: { 'Content-Type': attachment.mediaType, 'Content-Transfer-Encoding': 'binary', 'Content-ID': `<${attachment.id}>` },
    body: attachment.bytes,
  }))
  return {
    contentType: `multipart/related; type="application/xop+xml"; start="<root@relais>"; start-info="application/soap+xml"; boundary="${boundary}"; action="${action}"`,
    body: writeMultipart([root, ...parts], boundary),
  }
}

/** The part a `cid:` reference names. */
export function partOf(parts: readonly MimePart[], href: string): MimePart | undefined {
  const id = decodeURIComponentSafely(href.replace(/^cid:/, ''))
  return parts.find((part) => contentId(part) === id)
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const escapes = Buffer.from('\\')
/** Anything base64 is not made of, both alphabets, and that senders do not leave inside either. */
const foreign = /[^A-Za-z0-9+/=_\s-]/

/** The document of an ED OBX, decoded; or why it cannot be one. */
export type EmbeddedDocument = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly why: string }

/**
 * Decodes base64 as the field sends it: padding missing, line ends, spaces and `\X0D\`, `\.br\` inside. The result must be an XML
 * document that ends where a clinical document ends: a cut one does not.
 */
export function decodeDocument(data: Uint8Array): EmbeddedDocument {
  const received = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const base64 = received.includes(escapes) ? received.toString('latin1').replaceAll(/\\(?:X(?:0[AD])+|\.br)\\/gi, '') : received.toString('latin1')
  if (base64 === '') return { ok: false, why: 'no document in OBX-5' }
  if (foreign.test(base64)) return { ok: false, why: 'OBX-5 is not base64' }
  const bytes = Buffer.from(base64, 'base64')
  const why = whyNotClinicalDocument(bytes)
  return why === null ? { ok: true, bytes } : { ok: false, why }
}

function whyNotClinicalDocument(bytes: Buffer): string | null {
  if (bytes.length === 0) return 'the document is empty'
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe
  const head = bytes.toString(wide ? 'utf16le' : 'latin1', 0, 4096).replace(/^(?:\u00ef\u00bb\u00bf|\ufeff)/, '')
  if (!head.trimStart().startsWith('<')) return 'the document is not XML'
  const tail = bytes.toString(wide ? 'utf16le' : 'latin1', Math.max(0, bytes.length - 4096) & ~1)
  if (!/<\/(?:[\w.-]+:)?(?:ClinicalDocument|stylesheet|transform)\s*>(?:\s|\0|<!--[\s\S]*?-->)*$/.test(tail)) return 'the document is cut: it does not end with </ClinicalDocument>'
  return null
}

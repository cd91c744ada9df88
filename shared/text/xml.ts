/** XML already written: put into another template as it is, never escaped twice. */
export interface Markup {
  readonly markup: string
}

/** What a template may hold. Strings and numbers are escaped; lists are joined; `null`, `undefined` and `false` write nothing. */
export type XmlValue = string | number | Markup | null | undefined | false | readonly XmlValue[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' }

/**
 * Escapes text for element content and for attributes between either quotes. Tabs and line ends become references so that
 * they survive attribute normalisation; what XML 1.0 cannot hold (controls, lone surrogates) becomes U+FFFD.
 */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character)
}

/** Vouches that a string is well-formed markup of ours (bytes built elsewhere, for instance). */
export function rawXml(markup: string): Markup {
  return { markup }
}

function write(value: XmlValue): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string') return escapeXml(value)
  if (typeof value === 'number') return String(value)
  if ('markup' in value) return value.markup
  return value.map(write).join('')
}

/** Tagged template that writes XML byte for byte as it reads, its values escaped: xml`<a b="${text}">${children}</a>`. */
export function xml(strings: TemplateStringsArray, ...values: readonly XmlValue[]): Markup {
  return { markup: strings.map((part, index) => (index === 0 ? part : write(values[index - 1]) + part)).join('') }
}

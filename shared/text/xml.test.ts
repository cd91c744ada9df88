import fc from 'fast-check'
import { XmlDocument } from 'libxml2-wasm'
import { expect, it } from 'vitest'
import { escapeXml, rawXml, xml } from './xml.ts'

it('gives back any text put into an element or an attribute', () => {
  const writable = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ''))
  fc.assert(
    fc.property(writable, writable, (content, attribute) => {
      using document = XmlDocument.fromString(xml`<a b="${attribute}">${content}</a>`.markup)
      expect(document.root.content).toBe(content)
      expect(document.root.attr('b')?.value).toBe(attribute)
    }),
  )
})

it('replaces what XML cannot hold instead of writing a broken document', () => {
  expect(escapeXml('a\u0000b\ud800')).toBe('a\ufffdb\ufffd')
})

it('writes markup once, joins lists and skips what is absent', () => {
  const items = ['<', '&'].map((text) => xml`<i>${text}</i>`)
  expect(xml`<l n="${2}">${items}${null}${undefined}${false}${rawXml('<raw/>')}</l>`.markup).toBe('<l n="2"><i>&lt;</i><i>&amp;</i><raw/></l>')
})

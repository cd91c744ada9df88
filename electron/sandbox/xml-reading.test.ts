import { expect, it } from 'vitest'
import { treeOf, withXml, XmlRefused } from './xml-reading.ts'

const read = (text: string) => withXml(Buffer.from(text), (document) => treeOf(document.root))

it('copies names, attributes and text, with CDATA and without comments', () => {
  expect(read('<?xml version="1.0"?><!-- a --><n:a xmlns:n="urn:n" n:b="1" c="2">x<!-- y --><![CDATA[<z>]]><d/></n:a>')).toEqual({
    name: 'a',
    namespace: 'urn:n',
    attributes: { b: '1', c: '2' },
    text: 'x<z>',
    children: [{ name: 'd', namespace: '', attributes: {}, text: '', children: [] }],
  })
})

it.each([
  ['a DOCTYPE', '<!DOCTYPE a><a/>'],
  ['a DOCTYPE after a comment', '<?xml version="1.0"?><!-- <a> --> <?pi x?><!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
  ['a DOCTYPE after a byte order mark', '\ufeff<!DOCTYPE a><a/>'],
  ['no root', '<?xml version="1.0"?>'],
  ['nothing', ''],
  ['a comment without end', '<!-- <a/>'],
  ['XML cut', '<a><b></a>'],
  ['an undeclared entity', '<a>&b;</a>'],
  ['text', 'bonjour'],
])('refuses %s', (_, text) => {
  expect(() => read(text)).toThrow(XmlRefused)
})

it('refuses encodings that would hide a DOCTYPE', () => {
  for (const encoding of ['utf16le'] as const) expect(() => withXml(Buffer.from('\ufeff<!DOCTYPE a><a/>', encoding), () => null)).toThrow(XmlRefused)
})

it('takes a text of more than ten million characters, as a scanned PDF in base64 is', () => {
  expect(read(`<a>${'A'.repeat(11_000_000)}</a>`).text).toHaveLength(11_000_000)
})

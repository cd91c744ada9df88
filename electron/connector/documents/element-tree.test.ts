import fc from 'fast-check'
import { XmlElement, XmlText } from 'libxml2-wasm'
import { expect, it } from 'vitest'
import { success } from '#shared/contract/index.ts'
import { readElementTree } from './element-tree.ts'
import type { CdaElement } from './read-serialised.ts'
import { withXml } from './xml-document.ts'

const document = (inside: string, more = '') => Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:x="urn:x"${more}>${inside}</ClinicalDocument>`)

function treeOf(bytes: Uint8Array): CdaElement {
  const read = readElementTree(bytes)
  if (!read.ok) throw new Error(read.failure.code)
  return read.value
}

/** The same, asked of the parser node by node. */
function askedOfParser(bytes: Uint8Array): CdaElement {
  const copy = (element: XmlElement): CdaElement => {
    const nodes: (CdaElement | string)[] = []
    for (let node = element.firstChild; node !== null; node = node.next) {
      if (node instanceof XmlElement) nodes.push(copy(node))
      else if (node instanceof XmlText && node.content.trim() !== '') nodes.push(node.content)
    }
    return { name: element.name, hl7: element.namespaceUri === 'urn:hl7-org:v3', attributes: Object.fromEntries(element.attrs.map(({ name, value }) => [name, value.replace(/\s+/g, ' ').trim()])), nodes }
  }
  const read = withXml(bytes, (root) => success(copy(root)), { blanks: 'dropped' })
  if (!read.ok) throw new Error(read.failure.code)
  return read.value
}

it('is what the parser understood, whatever is written', () => {
  const text = fc.stringMatching(/^[a-zé<>&"' \n\t\u00a0\u2019]{0,8}$/).map((said) => said.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`))
  const attributes = fc.uniqueArray(fc.record({ name: fc.constantFrom('code', 'x:type', 'value', 'xml:lang', 'unit'), value: text }), { selector: ({ name }) => name, maxLength: 3 })
    .map((all) => all.map(({ name, value }) => ` ${name}='${value.replaceAll('\'', '&apos;')}'`).join(''))
  const { element } = fc.letrec<{ element: string; node: string }>((tie) => ({
    element: fc.record({ name: fc.constantFrom('act', 'x:act', 'y:act', 'text'), attributes, spaces: fc.constantFrom('', ' xmlns:y="urn:hl7-org:v3"', ' xmlns="urn:other"', ' xmlns="urn:hl7-org:v3"'), nodes: fc.array(tie('node'), { maxLength: 4 }) })
      .map(({ name, attributes: written, spaces, nodes }) => {
        const declared = name.startsWith('y:') && !spaces.includes('xmlns:y') ? `${spaces} xmlns:y="urn:y"` : spaces
        return nodes.length === 0 ? `<${name}${declared}${written}/>` : `<${name}${written}${declared}>${nodes.join('')}</${name}>`
      }),
    node: fc.oneof({ depthSize: 'small' }, text, fc.constantFrom('<!-- > <a b="c"> -->', '<![CDATA[<a> & "b"]]>', '\n  ', '<a/>', '<a></a>', '<b>\u00a0</b>'), tie('element')),
  }))
  fc.assert(fc.property(fc.array(element, { maxLength: 4 }), (elements) => {
    const bytes = document(elements.join('\n'))
    expect(treeOf(bytes)).toEqual(askedOfParser(bytes))
  }), { numRuns: 300 })
})

it('reads past processing instructions', () => {
  expect(treeOf(document('<?a > b?><code code="1"/>x<?c?><!-- <b> --><text>y<?d?></text>'))).toEqual(treeOf(document('<code code="1"/>x<!-- --><text>y</text>')))
})

it('takes the document out of its style sheet, with the prefixes declared around it', () => {
  const sheet = Buffer.from(`<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:c="urn:hl7-org:v3" version="1.0"><xsl:template match="c:a"/>
    <c:ClinicalDocument><c:code code="1"/></c:ClinicalDocument></xsl:stylesheet>`)
  expect(treeOf(sheet)).toEqual({ name: 'ClinicalDocument', hl7: true, attributes: {}, nodes: [{ name: 'code', hl7: true, attributes: { code: '1' }, nodes: [] }] })
})

it('leaves out attachments, ids, addresses and the persons of the header', () => {
  const inside = '<id root="1"/><recordTarget><patientRole><id/><b>x</b></patientRole></recordTarget><code code="2"/><value mediaType="application/pdf" representation="B64">JVBERi0=</value><addr/>'
  for (const bytes of [document(inside), Buffer.from(`\ufeff${document(inside).toString()}`, 'utf16le')]) {
    expect(treeOf(bytes).nodes).toEqual([
      { name: 'code', hl7: true, attributes: { code: '2' }, nodes: [] },
      { name: 'value', hl7: true, attributes: { mediaType: 'application/pdf', representation: 'B64' }, nodes: [] },
    ])
  }
})

it('stops at documents deeper or larger than any', () => {
  const nested = (levels: number) => document(`${'<a>'.repeat(levels)}x${'</a>'.repeat(levels)}`)
  expect(readElementTree(nested(240)).ok).toBe(true)
  expect(readElementTree(nested(241))).toMatchObject({ ok: false, failure: { code: 'xml-too-deep' } })
  expect(readElementTree(document('<a/>'.repeat(400_001)))).toMatchObject({ ok: false, failure: { code: 'xml-too-deep' } })
})

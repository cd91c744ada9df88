import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NarrativeNode } from '#shared/contract/index.ts'
import { openedDocument } from '#shared/contract/index.ts'
import { safeHref } from './narrative.ts'
import { checkCdaBody, readCdaBody } from './read-cda-body.ts'

const png = Buffer.from('89504e470d0a1a0a0000', 'hex').toString('base64')
const pdf = Buffer.from('%PDF-1.4 invented').toString('base64')

function document(body: string, before = ''): Uint8Array {
  return Buffer.from(`<?xml version="1.0"?>${before}<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Compte rendu</title><component>${body}</component></ClinicalDocument>`)
}

function structured(text: string, more = ''): Uint8Array {
  return document(`<structuredBody><component><section><code code="1-8"/><title>Résultats</title><text>${text}</text>${more}</section></component></structuredBody>`)
}

function nodes(text: string): NarrativeNode[] {
  const body = readCdaBody(structured(text))
  if (!body.ok) throw new Error(body.failure.code)
  return body.value.sections[0]?.nodes ?? []
}

const text = (value: string): NarrativeNode => ({ kind: 'text', text: value })

describe('reading what a CDA shows', () => {
  it('reads past processing instructions, wherever they stand', () => {
    const instructed = nodes('<?a b?>Avant<?c d?><paragraph>Milieu</paragraph><?e f?>après')
    expect(instructed).toEqual(nodes('Avant<paragraph>Milieu</paragraph>après'))
    expect(instructed).toContainEqual({ kind: 'paragraph', children: [text('Milieu')] })
    const whole = Buffer.from(`\ufeff${Buffer.from(structured('<?a b?>Avant<?c?>')).toString().replace('<title>', '<?a?><title>')}`, 'utf16le')
    expect(readCdaBody(whole)).toMatchObject({ ok: true, value: { sections: [{ nodes: [text('Avant')] }] } })
  })

  it('reads paragraphs, lists, notes and styles, and forgets styles it does not know', () => {
    expect(
      nodes(`
        <paragraph styleCode="Bold xBlink" ID="p1">Bonjour <content styleCode="italics">à</content> <sub>2</sub><br/>tous</paragraph>
        <list listType="ordered"><caption>Dans l'ordre</caption><item>un</item><item>deux</item></list>
        <footnote ID="n">note</footnote>`),
    ).toEqual([
      { kind: 'paragraph', style: 'Bold', id: 'p1', children: [text('Bonjour '), { kind: 'content', style: 'Italics', children: [text('à')] }, text(' '), { kind: 'sub', children: [text('2')] }, { kind: 'lineBreak' }, text('tous')] },
      { kind: 'list', ordered: true, children: [{ kind: 'caption', children: [text("Dans l'ordre")] }, { kind: 'listItem', children: [text('un')] }, { kind: 'listItem', children: [text('deux')] }] },
      { kind: 'footnote', id: 'n', children: [text('note')] },
    ])
  })

  it('reads tables with spans, heads and captions', () => {
    const table = `<table border="1" onclick="x()"><caption>NFS</caption><col/><thead><tr><th colspan="2">Analyse</th><td rowspan="x">n</td></tr></thead><tbody><tr><td rowspan="3" ID="l1" styleCode="Bold">Hb</td><td>13</td></tr></tbody></table>`
    expect(nodes(table)).toEqual([
      {
        kind: 'table',
        caption: 'NFS',
        rows: [
          { header: true, cells: [{ header: true, colSpan: 2, rowSpan: 1, children: [text('Analyse')] }, { header: false, colSpan: 1, rowSpan: 1, children: [text('n')] }] },
          {
            header: false,
            cells: [
              { header: false, colSpan: 1, rowSpan: 3, children: [{ kind: 'content', style: 'Bold', id: 'l1', children: [text('Hb')] }] },
              { header: false, colSpan: 1, rowSpan: 1, children: [text('13')] },
            ],
          },
        ],
      },
    ])
  })

  it('makes nothing of scripts, frames, handlers and remote pictures: only text is left', () => {
    const hostile = `<script>alert(1)</script><iframe src="https://x"/><paragraph onmouseover="x()">a<img src="https://x/t.png"/></paragraph><linkHtml href="javascript:alert(1)">b</linkHtml><linkHtml href="https://example.org/a">c</linkHtml><linkHtml href="#p1">d</linkHtml>`
    expect(nodes(hostile)).toEqual([
      text('alert(1)'),
      { kind: 'paragraph', children: [text('a')] },
      { kind: 'link', href: null, children: [text('b')] },
      { kind: 'link', href: 'https://example.org/a', children: [text('c')] },
      { kind: 'link', href: '#p1', children: [text('d')] },
    ])
  })

  it('keeps the text, whatever the nesting', () => {
    expect(JSON.stringify(nodes(`${'<content>'.repeat(180)}fond${'</content>'.repeat(180)}`))).toContain('fond')
  })

  it('reads sections in sections and plain text bodies', () => {
    const inner = '<component><section><title>Sous</title><text>b</text></section></component>'
    expect(readCdaBody(structured('a', inner))).toMatchObject({ ok: true, value: { sections: [{ title: 'Résultats', code: '1-8', nodes: [text('a')], sections: [{ title: 'Sous', nodes: [text('b')] }] }] } })
    const plain = readCdaBody(document('<nonXMLBody><text mediaType="text/plain">une\nligne</text></nonXMLBody>'))
    expect(plain).toMatchObject({ ok: true, value: { attachments: [], sections: [{ title: 'Compte rendu', nodes: [{ kind: 'paragraph', children: [text('une')] }, { kind: 'paragraph', children: [text('ligne')] }] }] } })
  })

  it('gives PDFs and pictures by what they are, and leaves out what is not what it says', () => {
    const media = (type: string, data: string) => `<entry><observationMedia><value mediaType="${type}" representation="B64">${data}</value></observationMedia></entry>`
    const body = readCdaBody(structured('a', media('application/pdf', `${pdf.slice(0, 8)}\n  ${pdf.slice(8)}`) + media('image/jpeg', png) + media('application/pdf', png) + media('image/png', '*')))
    if (!body.ok) throw new Error(body.failure.code)
    expect(body.value.attachments.map(({ mediaType, title }) => [mediaType, title])).toEqual([['application/pdf', 'Résultats'], ['image/png', 'Résultats']])
    expect(body.value.problems).toEqual(['an attachment is not application/pdf', 'an attachment is not base64'])
  })

  it.each([
    ['HTML said to be PDF', Buffer.from('<html>').toString('base64')],
    ['broken base64', 'JVBER*'],
    ['nothing', ' '],
  ])('refuses a body that is %s', (_, data) => {
    const bytes = document(`<nonXMLBody><text mediaType="application/pdf" representation="B64">${data}</text></nonXMLBody>`)
    expect(readCdaBody(bytes)).toMatchObject({ ok: false, failure: { code: 'cda-body-unreadable' } })
    expect(checkCdaBody(bytes)).toMatchObject({ ok: false, failure: { code: 'cda-body-unreadable' } })
  })

  it('reads a file that forgets to say it is in base64, and never as words', () => {
    const forgetful = (data: string) => document(`<nonXMLBody><text mediaType="application/pdf">${data}</text></nonXMLBody>`)
    expect(readCdaBody(forgetful(pdf))).toMatchObject({ ok: true, value: { sections: [], attachments: [{ mediaType: 'application/pdf' }] } })
    expect(readCdaBody(forgetful('Compte rendu'))).toMatchObject({ ok: false, failure: { code: 'cda-body-unreadable' } })
    const active = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog /OpenAction << /S /JavaScript /JS (x) >> >>\nendobj\n%%EOF\n').toString('base64')
    expect(checkCdaBody(forgetful(active))).toMatchObject({ ok: false, failure: { code: 'pdf-active-content' } })
  })

  it('refuses a document without a body', () => {
    expect(readCdaBody(document(''))).toMatchObject({ ok: false, failure: { code: 'cda-body-unreadable' } })
  })

  it('always fits the contract', () => {
    const markup: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom('mot', ' ', '&lt;b&gt;', '<br/>', '<renderMultiMedia referencedObject="i1"/>'),
        fc
          .tuple(fc.constantFrom('paragraph', 'content', 'list', 'item', 'table', 'tr', 'td', 'th', 'caption', 'sup', 'linkHtml', 'footnote', 'thead', 'b', 'script'), fc.array(tie('node'), { maxLength: 4 }), fc.constantFrom('', ' ID="a"', ' styleCode="Bold"', ' href="#a"', ' colspan="2"', ' onload="x"'))
          .map(([name, children, attribute]) => `<${name}${attribute}>${children.join('')}</${name}>`),
      ),
    })).node
    fc.assert(
      fc.property(fc.array(markup, { maxLength: 6 }), (parts) => {
        const body = readCdaBody(structured(parts.join('')))
        if (!body.ok) throw new Error(body.failure.code)
        expect(openedDocument.shape.sections.safeParse(body.value.sections).success).toBe(true)
        expect(JSON.stringify(body.value.sections)).not.toMatch(/onload|javascript:/)
      }),
    )
  })
})

describe('what a body must be to be deposited', () => {
  it.each([
    ['a script', structured('<script>x</script>')],
    ['a handler', structured('<paragraph onMouseOver="x()">a</paragraph>')],
    ['a frame', structured('<iframe/>')],
    ['a script address', structured('<linkHtml href=" JavaScript:x">a</linkHtml>')],
    ['a remote picture', structured('<img src="https://x/y.png"/>')],
    ['a remote style sheet', document('<structuredBody/>', '<?xml-stylesheet type="text/xsl" href="https://x/y.xsl"?>')],
    ['a remote style sheet without scheme', document('<structuredBody/>', "<?xml-stylesheet href='//x/y.xsl'?>")],
  ])('refuses %s', (_, bytes) => {
    expect(checkCdaBody(bytes)).toMatchObject({ ok: false, failure: { code: 'cda-active-content' } })
  })

  it('takes an ordinary one, with a style sheet beside it', () => {
    expect(checkCdaBody(document('<structuredBody/>', '<?xml-stylesheet type="text/xsl" href="../CDA-FO.xsl"?>'))).toMatchObject({ ok: true })
    expect(checkCdaBody(structured('<paragraph>Voir https://example.org</paragraph>'))).toMatchObject({ ok: true, value: { sections: [{ title: 'Résultats' }] } })
  })
})

it('links lead to the document itself or to the web by https, nowhere else', () => {
  for (const bad of ['http://x', 'javascript:alert(1)', 'JAVASCRIPT:x', 'data:text/html,x', 'file:///etc/passwd', '//x', '#a b', '#"', 'https://', 'https://a b', ' https:x']) {
    expect(safeHref(bad), bad).toBeNull()
  }
  expect(safeHref('https://example.org/a?b=c#d')).toBe('https://example.org/a?b=c#d')
  expect(safeHref('#p-1')).toBe('#p-1')
})

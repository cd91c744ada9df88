import { XmlElement } from 'libxml2-wasm'
import { failure, success, type NarrativeSection, type Result } from '#shared/contract/index.ts'
import { decodeBase64 } from './base64.ts'
import { checkPdf } from './check-pdf.ts'
import { confirmedType } from './media-type.ts'
import { nodesOf } from './narrative.ts'
import { attribute, children, clinicalDocumentOf, descend, hl7Namespace, textOf, withXml } from './xml-document.ts'

/** Something a document holds whole: a PDF, an image. */
export interface CdaAttachment {
  readonly mediaType: string
  readonly title: string
  readonly bytes: Uint8Array
}

export interface CdaBody {
  readonly sections: NarrativeSection[]
  readonly attachments: CdaAttachment[]
  /** Attachments left out, and why: not base64, or not what they say they are. Free of patient data. */
  readonly problems: readonly string[]
}

const deepestSection = 20
const namespaces = { h: hl7Namespace }

function sectionOf(section: XmlElement, depth: number): NarrativeSection {
  const text = descend(section, 'text')
  const inner = depth > deepestSection ? [] : children(section, 'component').flatMap((component) => children(component, 'section'))
  return {
    title: textOf(descend(section, 'title')),
    code: attribute(descend(section, 'code'), 'code'),
    nodes: text === null ? [] : nodesOf(text),
    sections: inner.map((child) => sectionOf(child, depth + 1)),
  }
}

/** The name a person would give an attachment: where it stands, else its own mark. */
function titleOf(holder: XmlElement, document: XmlElement): string {
  for (let at: XmlElement | null = holder; at !== null; at = at.parent) {
    if (at.name === 'section') return textOf(descend(at, 'title')) ?? textOf(descend(document, 'title')) ?? ''
  }
  return textOf(descend(document, 'title')) ?? ''
}

function textSection(text: string, title: string | null): NarrativeSection {
  const lines = text.split(/\r\n?|\n/).map((line) => line.trim()).filter((line) => line !== '')
  return { title, code: null, nodes: lines.map((line) => ({ kind: 'paragraph', children: [{ kind: 'text', text: line }] })), sections: [] }
}

function readBody(document: XmlElement): Result<CdaBody> {
  const component = descend(document, 'component')
  const unstructured = descend(component, 'nonXMLBody', 'text')
  const isText = (attribute(unstructured, 'mediaType') ?? 'text/plain').toLowerCase() === 'text/plain'
  if (unstructured !== null && isText && attribute(unstructured, 'representation') !== 'B64') {
    return success({ sections: [textSection(unstructured.content, textOf(descend(document, 'title')))], attachments: [], problems: [] })
  }
  const problems: string[] = []
  const attachments: CdaAttachment[] = []
  // A file that forgets to say it is in base64 is in base64 all the same, or cannot be read: it is never shown, nor sent, as words.
  for (const holder of unstructured === null ? (component?.find('.//h:*[@representation="B64"]', namespaces) ?? []) : [unstructured]) {
    if (!(holder instanceof XmlElement)) continue
    const declared = (attribute(holder, 'mediaType') ?? 'text/plain').toLowerCase()
    const bytes = decodeBase64(holder.content)
    const mediaType = bytes === null || bytes.length === 0 ? null : confirmedType(bytes, declared)
    const problem = bytes === null || bytes.length === 0 ? 'is not base64' : `is not ${declared}`
    if (mediaType !== null && bytes !== null) attachments.push({ mediaType, title: titleOf(holder, document), bytes })
    else if (unstructured !== null) return failure('cda-body-unreadable', { detail: `the body ${problem}` })
    else problems.push(`an attachment ${problem}`)
  }
  const structured = descend(component, 'structuredBody')
  const sections = children(structured, 'component').flatMap((part) => children(part, 'section').map((section) => sectionOf(section, 0)))
  if (unstructured === null && structured === null) return failure('cda-body-unreadable', { detail: 'no body' })
  return success({ sections, attachments, problems })
}

/**
 * Reads what a CDA shows: its narrative as a tree of allowed nodes (scripts, handlers, remote images never become anything)
 * and what it holds whole (the PDF of an unstructured body, images and PDFs of a structured one), checked against its
 * declared type. An unstructured body that is not base64 or not what it says fails with `cda-body-unreadable`; a broken
 * attachment beside a narrative is left out and named in `problems`.
 */
export function readCdaBody(bytes: Uint8Array): Result<CdaBody> {
  return withXml(bytes, (root) => {
    const found = clinicalDocumentOf(root)
    return found === null ? failure('format-unknown', { detail: 'no ClinicalDocument' }) : readBody(found.document)
  })
}

/** Elements of HTML that run or load something; none belongs to CDA. */
const activeElements = ['script', 'iframe', 'object', 'embed', 'applet', 'form', 'img', 'link', 'meta', 'svg', 'style', 'base']

function activeContent(document: XmlElement): string | null {
  for (const node of document.find('.//h:section/h:text//*', namespaces)) {
    if (!(node instanceof XmlElement)) continue
    if (activeElements.includes(node.name.toLowerCase())) return `element ${node.name.toLowerCase()} in the narrative`
    for (const { name, value } of node.attrs) {
      if (/^on/i.test(name)) return 'event handler in the narrative'
      if (/^(href|src)$/i.test(name) && /^(javascript|vbscript|data):/i.test(value.replaceAll(/[\s\u0000-\u001f]/g, ''))) return 'script address in the narrative'
    }
  }
  return null
}

/**
 * What must be true of a body before it is deposited: readable and what it says, nothing active in the narrative, no style
 * sheet from the network (`cda-body-unreadable`, `cda-active-content`). Gives the body.
 */
export function checkCdaBody(bytes: Uint8Array): Result<CdaBody> {
  return withXml(bytes, (root) => {
    const found = clinicalDocumentOf(root)
    if (found === null) return failure('format-unknown', { detail: 'no ClinicalDocument' })
    const body = readBody(found.document)
    if (!body.ok) return body
    const [problem] = body.value.problems
    if (problem !== undefined) return failure('cda-body-unreadable', { detail: problem })
    const remote = root.find('/processing-instruction("xml-stylesheet")').some((node) => /href\s*=\s*["']\s*([a-z]+:)?\/\//i.test(node.content))
    if (remote) return failure('cda-active-content', { detail: 'style sheet from the network' })
    for (const attachment of body.value.attachments) {
      if (attachment.mediaType !== 'application/pdf') continue
      // Its author signed it as it is: only what would run at a reader's is refused, not a form of PDF we know less well.
      const sound = checkPdf(attachment.bytes)
      if (!sound.ok && sound.failure.code === 'pdf-active-content') return sound
    }
    const active = activeContent(found.document)
    return active === null ? body : failure('cda-active-content', { detail: active })
  })
}

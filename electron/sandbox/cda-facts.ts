import type { XmlDocument } from 'libxml2-wasm'
import { XmlElement } from 'libxml2-wasm'
import { headerErrors } from './cda-header-rules.ts'

const map = { c: 'urn:hl7-org:v3', x: 'http://www.w3.org/1999/XSL/Transform' }

/** What the record compares with the metadata of a document. */
export interface CdaFacts {
  readonly selfPresenting: boolean
  readonly id: { readonly root: string; readonly extension: string | null }
  readonly code: { readonly code: string; readonly system: string }
  readonly title: string
  readonly effectiveTime: string
  /** Identifiers of the patient of recordTarget. */
  readonly patientIds: readonly { readonly root: string; readonly extension: string }[]
  readonly patients: number
  /** `mediaType` of an unstructured body, `null` for a structured one. */
  readonly bodyMediaType: string | null
  readonly hasBody: boolean
  /** By what the header breaks the national profile (section 3). */
  readonly headerErrors: readonly string[]
}

/** Reads the header of a CDA, itself or inside the style sheet of a self-presenting one; `null` when the document is no CDA. */
export function readCda(document: XmlDocument): CdaFacts | null {
  const root = document.root
  const selfPresenting = root.name === 'stylesheet' && root.namespaceUri === map.x
  const cda = selfPresenting ? root.get('/*//c:ClinicalDocument', map) : root
  if (!(cda instanceof XmlElement) || cda.name !== 'ClinicalDocument' || cda.namespaceUri !== map.c) return null
  const element = (path: string): XmlElement | null => {
    const found = cda.get(path, map)
    return found instanceof XmlElement ? found : null
  }
  const attribute = (of: XmlElement | null, name: string): string => of?.attr(name)?.value ?? ''
  const id = element('c:id')
  const code = element('c:code')
  const body = element('c:component/c:nonXMLBody/c:text')
  return {
    selfPresenting,
    id: { root: attribute(id, 'root'), extension: id?.attr('extension')?.value ?? null },
    code: { code: attribute(code, 'code'), system: attribute(code, 'codeSystem') },
    title: element('c:title')?.content ?? '',
    effectiveTime: attribute(element('c:effectiveTime'), 'value'),
    patients: cda.find('c:recordTarget', map).length,
    patientIds: cda
      .find('c:recordTarget/c:patientRole/c:id', map)
      .filter((node): node is XmlElement => node instanceof XmlElement)
      .map((node) => ({ root: attribute(node, 'root'), extension: attribute(node, 'extension') })),
    bodyMediaType: body ? attribute(body, 'mediaType') : null,
    hasBody: body !== null || element('c:component/c:structuredBody') !== null,
    headerErrors: headerErrors(cda),
  }
}

/** A CDA instant with its offset as the UTC DTM of XDS, at the same precision; `null` when it has no time of day or no offset. */
export function utcOf(instant: string): string | null {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?([+-])(\d\d)(\d\d)$/.exec(instant)
  if (!found) return null
  const [, year, month, day, hours, minutes, seconds, sign, offsetHours, offsetMinutes] = found
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds ?? 0))
  const utc = local - (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000
  return new Date(utc).toISOString().replace(/[-:T]/g, '').slice(0, seconds === undefined ? 12 : 14)
}

import type { ClinicalFact } from '#shared/contract/index.ts'
import { readFacts } from './read-facts.ts'

/** Template of an entry of the CI-SIS. */
export const entryTemplate = (number: string) => `<templateId root="1.2.250.1.213.1.1.3.${number}"/>`

/** An invented document with one section. */
export function documentWith(sectionCode: string, sectionTemplate: string, text: string, entries: string, header = ''): Uint8Array {
  return Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${header}<id root="1.2.3"/>
    <component><structuredBody><component><section><templateId root="1.2.250.1.213.1.1.2.${sectionTemplate}"/>
    <code code="${sectionCode}" codeSystem="2.16.840.1.113883.6.1"/><title>Section</title><text>${text}</text>${entries}</section></component></structuredBody></component></ClinicalDocument>`)
}

/** Facts of a document that can be read. */
export function factsIn(bytes: Uint8Array): ClinicalFact[] {
  const read = readFacts(bytes, '1.2.3')
  if (!read.ok) throw new Error(read.failure.code)
  return read.value
}

/** A row of the narrative; a cell `id=text` is named. */
export function row(...cells: readonly string[]): string {
  const named = cells.map((cell) => cell.replace(/^(\w+)=(.*)$/s, '<content ID="$1">$2</content>'))
  return `<table><tbody><tr>${named.map((cell) => `<td>${cell}</td>`).join('')}</tr></tbody></table>`
}

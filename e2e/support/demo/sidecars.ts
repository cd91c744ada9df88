import iconv from 'iconv-lite'
import { firstGivenName } from '../../../resources/demo/patients.ts'
import type { NewDocument } from './new-documents.ts'
import { shortDate } from './paris-time.ts'

/** What the practice software writes beside a PDF, in the words of the source profiles (resources/profiles). */
function facts({ patient, author, word, title, at }: NewDocument, dates: (date: string) => string): ReadonlyArray<readonly [string, string]> {
  return [
    ['ins', patient.ins],
    ['nomNaissance', patient.birthName],
    ['prenom', firstGivenName(patient)],
    ['dateNaissance', dates(patient.birthDate)],
    ['sexe', patient.sex],
    ['lieuNaissance', patient.birthPlace.code],
    ['ipp', patient.localId],
    ['type', word],
    ['titre', title],
    ['date', dates(at.slice(0, 10))],
    ['auteur', author === 'patient' ? '' : author.id],
  ]
}

/** The sidecar of a PDF: JSON and XML in UTF-8, CSV in Windows-1252 with semicolons and French dates. */
export function sidecar(document: NewDocument, format: 'json' | 'xml' | 'csv'): Uint8Array {
  if (format === 'json') return Buffer.from(`${JSON.stringify(Object.fromEntries(facts(document, (date) => date)), null, 2)}\n`, 'utf8')
  if (format === 'xml') {
    const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
    const elements = facts(document, (date) => date).map(([name, value]) => `  <${name}>${escaped(value)}</${name}>`)
    return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<document>\n${elements.join('\n')}\n</document>\n`, 'utf8')
  }
  const cells = facts(document, shortDate)
  const quoted = (text: string): string => (/[;"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text)
  return iconv.encode(`${cells.map(([name]) => name).join(';')}\r\n${cells.map(([, value]) => quoted(value)).join(';')}\r\n`, 'windows-1252')
}

import type { TFunction } from 'i18next'
import { readHeaderDetail, type HeaderRemark } from '#shared/contract/header-facts.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import { texts, type Language } from '../strings/index.ts'
import { enumeration, fileSize, partialDate } from './format.ts'
import { knownPhrases, readTemplate, readWords } from './known-details.ts'

type Element = keyof typeof texts.fr.header.elements

const isNamed = (element: string): element is Element => Object.hasOwn(texts.fr.header.elements, element)

/** Their details are what a person wrote, or names and numbers. */
const inNames: ReadonlySet<ReasonCode> = new Set(['dismissed-by-user', 'author-not-ours', 'situation-unknown', 'situation-to-choose'])

/**
 * The technical line of a failure or of a step, as a plain sentence where one can be made of it: what a CDA's header lacks, or what of it is
 * wrong, each by its name with the element's beside it for the maker of the software; a phrase of the connector's in the reader's language.
 * What a person wrote, names and numbers are left as they are; any other words, the record's or the system's own, are told to be so.
 */
export function reasonDetail(code: ReasonCode | null, detail: string, language: Language, t: TFunction): string {
  if (code !== null && inNames.has(code)) return detail
  const header = code === 'cda-header-incomplete' || code === 'cda-header-invalid' ? headerSentence(code, detail, language, t) : null
  if (header !== null) return header
  const words = (list: string) => readWords(list)?.map((word) => t(`knownDetail.words.${word}`)) ?? null
  if (code === 'traits-incomplete' || code === 'patient-mismatch') return words(detail)?.join(', ') ?? asWritten(detail, t)
  const [phrase = '', list] = detail.startsWith('received again') ? detail.split(': ') : [detail]
  const key = Object.hasOwn(knownPhrases, phrase) ? knownPhrases[phrase] : undefined
  if (key === undefined) return withParts(detail, language, t) ?? asWritten(detail, t)
  if (list === undefined) return t(`knownDetail.${key}`)
  const said = words(list)
  return said ? t('app.labelled', { label: t(`knownDetail.${key}`), value: said.join(', ') }) : asWritten(detail, t)
}

/** A phrase with parts of its own: sizes and days as the reader's language has them, the rest as written. */
function withParts(detail: string, language: Language, t: TFunction): string | null {
  const found = readTemplate(detail)
  if (found === null) return null
  const shown = Object.entries(found.parts).map(([name, part]): [string, string] => {
    if (name === 'size' || name === 'limit') return [name, fileSize(Number(part), language)]
    const day = name === 'from' || name === 'to' ? Date.parse(part) : Number.NaN
    return [name, Number.isNaN(day) ? part : partialDate(new Date(day).toISOString().slice(0, 10), language)]
  })
  // Each text has parts of its own, which its template names.
  const withAny = t as unknown as (key: string, parts: Record<string, string>) => string
  return withAny(`knownDetail.withParts.${found.key}`, Object.fromEntries(shown))
}

/** Words among what is not known are in whatever language they were written. */
function asWritten(detail: string, t: TFunction): string {
  return /\s/.test(detail.trim()) && /(?<![\p{L}\p{N}/_.-])\p{Ll}{2,}(?![\p{L}\p{N}/_-])/u.test(detail) ? t('knownDetail.original', { text: detail }) : detail
}

function headerSentence(code: 'cda-header-incomplete' | 'cda-header-invalid', detail: string, language: Language, t: TFunction): string | null {
  const faults = readHeaderDetail(detail)
  if (!faults?.every(({ element, remark }) => isNamed(element) || remark !== undefined)) return null
  const name = (element: string) => (isNamed(element) ? t(`header.elements.${element}`) : element)
  const said = faults.map(({ element, remark }: { element: string; remark?: HeaderRemark }) => (remark === undefined ? name(element) : t(`header.remarks.${remark}`, { element: name(element) })))
  return t(code === 'cda-header-incomplete' ? 'header.missing' : 'header.wrong', { what: enumeration(said, language) })
}

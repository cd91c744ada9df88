import type { TFunction } from 'i18next'
import { readHeaderDetail, type HeaderRemark } from '#shared/contract/header-facts.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import { texts, type Language } from '../strings/index.ts'
import { enumeration } from './format.ts'

type Element = keyof typeof texts.fr.header.elements

const isNamed = (element: string): element is Element => Object.hasOwn(texts.fr.header.elements, element)

/**
 * The technical line of a failure, as a plain sentence where one can be made of it: what a CDA's header lacks, or what of it is wrong, each
 * by its name with the element's beside it for the maker of the software.
 */
export function reasonDetail(code: ReasonCode, detail: string, language: Language, t: TFunction): string {
  if (code !== 'cda-header-incomplete' && code !== 'cda-header-invalid') return detail
  const faults = readHeaderDetail(detail)
  if (!faults?.every(({ element, remark }) => isNamed(element) || remark !== undefined)) return detail
  const name = (element: string) => (isNamed(element) ? t(`header.elements.${element}`) : element)
  const said = faults.map(({ element, remark }: { element: string; remark?: HeaderRemark }) => (remark === undefined ? name(element) : t(`header.remarks.${remark}`, { element: name(element) })))
  return t(code === 'cda-header-incomplete' ? 'header.missing' : 'header.wrong', { what: enumeration(said, language) })
}

import type { TFunction } from 'i18next'
import { readTemplate } from '../../app/known-details.ts'

/** Why a list may not be whole, as sentences: what the record warned of in its own words, or that it counts more than it gives. */
export function listWarnings(warnings: readonly string[], t: TFunction): string {
  const counts = warnings.flatMap((warning) => {
    const told = readTemplate(warning)
    return told?.key === 'listShort' ? { warning, parts: { counted: told.parts['counted'] ?? '', given: told.parts['given'] ?? '' } } : []
  })
  const words = warnings.filter((warning) => !counts.some((count) => count.warning === warning))
  return [...counts.map(({ parts }) => t('knownDetail.withParts.listShort', parts)), ...(words.length > 0 ? [t('panel.listIncomplete.said', { words: words.join(' | ') })] : [])].join(' ')
}

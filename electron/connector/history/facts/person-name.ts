import type { CdaElement } from '../../documents/index.ts'
import { kids, words } from './elements.ts'

/** Titles and civilities as they are said (JDV_J245, JDV_J246); any other stands as written. */
const said: Readonly<Record<string, string>> = { DR: 'Dr', PR: 'Pr', M: 'M.', MME: 'Mme', MLLE: 'Mlle' }
const civilities = new Set(['M', 'MME', 'MLLE'])

/**
 * A person as one says them: the title, wherever it is written, else the civility, then the names in the order of the document, which is not to be trusted to tell
 * the given one from the family's (cda-reading 2). A name that has no parts is its text; null when it says nothing.
 */
export function personName(name: CdaElement | null): string | null {
  const names = name === null ? [] : kids(name).filter((part) => part.name === 'given' || part.name === 'family').flatMap((part) => words(part) ?? [])
  if (name === null || names.length === 0) return words(name)
  const marks = [...kids(name, 'prefix'), ...kids(name, 'suffix')].flatMap((part) => words(part) ?? [])
  const titles = marks.filter((mark) => !civilities.has(mark.toUpperCase()))
  const before = [...new Set((titles.length > 0 ? titles : marks).map((mark) => said[mark.toUpperCase()] ?? mark))]
  return [...before, ...names].join(' ')
}

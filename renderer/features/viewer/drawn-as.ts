import { createContext, useContext } from 'react'
import type { SearchWord } from '#shared/text/search-words.ts'

/** How a document is drawn: which words are marked in it, and whether nothing of a long table is folded away (on paper nothing can be unfolded). */
export interface DrawnAs {
  readonly words: readonly SearchWord[]
  readonly whole: boolean
}

export const DrawnAsContext = createContext<DrawnAs>({ words: [], whole: false })

export const useDrawnAs = (): DrawnAs => useContext(DrawnAsContext)

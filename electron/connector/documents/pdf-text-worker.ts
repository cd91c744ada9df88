import { answerQuestions } from './answer-questions.ts'
import { readPdfText } from './read-pdf-text.ts'

/** A PDF's bytes come, its text goes, the beginning of a long one. */
answerQuestions(async ({ bytes, characters }: { bytes: Uint8Array; characters: number }) => {
  const { pages, isWhole } = await readPdfText(bytes, { characters })
  return { text: pages.join('\n').slice(0, characters), isWhole }
})

import { answerQuestions } from '../../documents/index.ts'
import { documentText } from './document-text.ts'

/** A document's bytes come, its pieces of text go. */
answerQuestions(documentText)

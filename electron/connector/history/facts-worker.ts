import { answerQuestions } from '../documents/index.ts'
import { openFactsDesk } from './facts-desk.ts'

answerQuestions(openFactsDesk())

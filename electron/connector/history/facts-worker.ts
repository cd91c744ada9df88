import { parentPort } from 'node:worker_threads'
import { openFactsDesk, type FactsQuestion } from './facts-desk.ts'

const answer = openFactsDesk()

/** One question after the other. An error ends the thread and is told by that. */
parentPort?.on('message', (question: FactsQuestion) => parentPort?.postMessage(answer(question)))

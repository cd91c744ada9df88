import { openFactsDesk, type FactsAnswer, type FactsQuestion } from './facts-desk.ts'
import { questionsTo, type FactsThread } from './facts-thread.ts'

/** The thread's desk without a thread: each question waits until `hold` is let go; `asked` tells them in order. */
export function deskInPlace() {
  const answer = openFactsDesk()
  const asked: FactsQuestion['kind'][] = []
  const desk = { hold: Promise.resolve(), asked }
  const ask = async (question: FactsQuestion): Promise<{ answer: FactsAnswer }> => {
    asked.push(question.kind)
    const crossed = structuredClone(question)
    await desk.hold
    return { answer: answer(crossed) }
  }
  const thread: FactsThread = { ...questionsTo(ask), forget: () => void ask({ kind: 'forget' }), rest: async () => undefined }
  return Object.assign(desk, { thread })
}

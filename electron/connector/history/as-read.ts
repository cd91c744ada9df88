import { failure, type Result } from '#shared/contract/index.ts'

/** What a question to the record brought: one whose answer was lost left nothing in doubt, unlike something sent. It is asked again when somebody wants it. */
export function asRead<T>(answer: Result<T>): Result<T> {
  if (answer.ok || answer.failure.code !== 'record-no-answer') return answer
  return { ok: false, failure: { ...answer.failure, ...failure('record-unreachable').failure } }
}

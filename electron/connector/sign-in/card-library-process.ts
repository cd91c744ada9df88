import { GivenPin } from './given-pin.ts'
import { openPkcs11, type Pkcs11 } from './pkcs11.ts'
import { Pkcs11Refusal } from './pkcs11-values.ts'
import type { LibraryAnswer, LibraryQuestion } from './card-library.ts'

let library: Pkcs11 | null = null

async function answerTo({ call, values, pin: text }: LibraryQuestion): Promise<LibraryAnswer> {
  const pin = text === null ? null : new GivenPin(text)
  try {
    if (call === 'open') {
      library = await openPkcs11(values[0] as string)
      return { given: null }
    }
    const made = library![call] as (...values: unknown[]) => Promise<unknown>
    return { given: await made(...values, pin) }
  } catch (error) {
    if (error instanceof Pkcs11Refusal) return { refused: { call: error.call, code: error.code }, pinForgotten: pin?.forgotten ?? false }
    return { broken: error instanceof Error ? error.message : 'refused' }
  }
}

process.on('message', (question: LibraryQuestion) => void answerTo(question).then((answer) => process.send?.(answer)))
// The program that asked is gone; a call that hangs must not keep this process.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// Told to a whole group of processes at once: the program says when it needs the card no more.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)

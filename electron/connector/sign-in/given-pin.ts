import { Pkcs11Refusal, refusals } from './pkcs11-values.ts'

/**
 * CKR_ values of a login that met no card to judge its PIN: slot, device or token gone, session gone, nothing to authenticate for,
 * a login already open, a library not initialised.
 */
const notJudged: readonly number[] = [0x3, 0x32, 0x91, 0xb0, 0xb3, 0xe0, 0xe1, refusals.alreadyLoggedIn, refusals.notInitialized]

/**
 * A PIN a person gave, until something refuses it. From then on nothing can try it again, not even what already waited for its turn:
 * three wrong ones lock a CPS, whichever calls they came from.
 */
export class GivenPin {
  #text: string | null

  constructor(text: string) {
    this.#text = text
  }

  get forgotten(): boolean {
    return this.#text === null
  }

  forget(): void {
    this.#text = null
  }

  /**
   * Gives it to one call. A refusal forgets it, unless it is sure that no card judged it. Throws what the call throws, and
   * `Pkcs11Refusal` without calling once it was forgotten.
   */
  async tryWith<T>(call: (pin: string) => Promise<T>): Promise<T> {
    if (this.#text === null) throw new Pkcs11Refusal('a PIN that was refused', refusals.pinIncorrect)
    try {
      return await call(this.#text)
    } catch (error) {
      if (!(error instanceof Pkcs11Refusal && notJudged.includes(error.code))) this.forget()
      throw error
    }
  }
}

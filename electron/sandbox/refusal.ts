/** An error of an ebXML answer: `context` is the French text the DMP puts in `codeContext`. */
export interface RegistryError {
  readonly code: string
  readonly context: string
  readonly location?: string | undefined
}

/** A SOAP fault: who is to blame, the sub-code in its namespace, the French text. */
export interface Fault {
  readonly blame: 'Sender' | 'Receiver' | 'VersionMismatch' | 'MustUnderstand'
  readonly subcode: string
  readonly text: string
}

/** Thrown by the readers and caught once, by the dispatcher: the request ends with this fault. */
export class FaultRaised extends Error {
  readonly fault: Fault
  constructor(subcode: string, text: string, blame: Fault['blame'] = 'Sender') {
    super(`${subcode}: ${text}`)
    this.fault = { blame, subcode, text }
  }
}

/** Thrown by the readers and caught once, by the service: the answer carries these errors. */
export class ErrorsRaised extends Error {
  readonly errors: readonly RegistryError[]
  constructor(errors: readonly RegistryError[]) {
    super(errors.map((error) => `${error.code}: ${error.context}`).join(' | '))
    this.errors = errors
  }
}

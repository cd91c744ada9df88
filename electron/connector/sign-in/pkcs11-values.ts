/** A PKCS#11 call that did not return CKR_OK. The vendor's library is outside: its refusals are expected, and read by number. */
export class Pkcs11Refusal extends Error {
  readonly call: string
  /** CKR_ value. */
  readonly code: number

  constructor(call: string, code: number) {
    super(code === refusals.noAnswer ? call : `${call}: CKR 0x${code.toString(16)}`)
    this.name = 'Pkcs11Refusal'
    this.call = call
    this.code = code
  }
}

/** CKR_ values the room acts on (PKCS#11 2.40, section 5.1). `noAnswer` is ours, and none a library can give: the call was given up. */
export const refusals = { pinIncorrect: 0xa0, pinInvalid: 0xa1, pinLength: 0xa2, pinExpired: 0xa3, pinLocked: 0xa4, alreadyLoggedIn: 0x100, notInitialized: 0x190, noAnswer: -1 } as const

/** CKA_ attributes, CKO_ classes and CKM_ mechanisms in use. */
export const attributes = { class: 0, label: 3, value: 0x11, id: 0x102, alwaysAuthenticate: 0x202 } as const
export const classes = { data: 0, certificate: 1, privateKey: 3 } as const
export const mechanisms = { rsaPkcs: 1, sha1RsaPkcs: 6, sha256RsaPkcs: 0x40 } as const

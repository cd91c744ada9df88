import koffi from 'koffi'
import type { GivenPin } from './given-pin.ts'
import { attributes, Pkcs11Refusal } from './pkcs11-values.ts'

/** CKF_ flags and CKU_ users in use (PKCS#11 2.40). */
const flags = { osLockingOk: 2, tokenInitialized: 0x400, serialSession: 4, pinCountLow: 0x10000, pinFinalTry: 0x20000, pinLocked: 0x40000 } as const
const users = { user: 1, contextSpecific: 2 } as const

/** A card in a reader. */
export interface Token {
  readonly slot: bigint
  readonly label: string
  readonly serial: string
  /** One more wrong PIN, or a few, locks it. */
  readonly pin: 'ok' | 'few-tries-left' | 'last-try' | 'locked'
}

/** A token object by its handle. */
export type ObjectHandle = bigint

/**
 * The calls of a card's library that the room needs. Each is made off the main thread and one at a time: a find or a
 * signature is several calls on one session. Every method may throw `Pkcs11Refusal`.
 */
export interface Pkcs11 {
  /** Cards present and made ready, in the order of the readers. */
  tokens(): Promise<Token[]>
  /** How many readers there are, and how many of them show themselves without a card. */
  readers(): Promise<{ all: number; empty: number }>
  openSession(slot: bigint): Promise<bigint>
  /** Ends a session; one that is gone already is no refusal. */
  closeSession(session: bigint): Promise<void>
  /** Tries a PIN once. Three wrong ones lock a CPS: nobody but a person may ask for another try. */
  login(session: bigint, pin: GivenPin): Promise<void>
  find(session: bigint, objectClass: number): Promise<ObjectHandle[]>
  /** An attribute's bytes; null when the object does not have it or hides it. */
  attribute(session: bigint, object: ObjectHandle, type: number): Promise<Buffer | null>
  supports(slot: bigint, mechanism: number): Promise<boolean>
  /** `pin` when the key wants it at each signature (CKA_ALWAYS_AUTHENTICATE). */
  sign(session: bigint, key: ObjectHandle, mechanism: number, data: Uint8Array, pin: GivenPin | null): Promise<Buffer>
  /** Forgets every session and looks at the readers anew: some libraries see a card put back only so. */
  reopen(): Promise<void>
  close(): Promise<void>
}

const wide = koffi.sizeof('unsigned long') === 8
/** CK_ULONG is four bytes on Windows, where the structures are packed too. */
const ulongSize = wide ? 8 : 4
const pointerSize = koffi.sizeof('void *')
const entrySize = ulongSize + pointerSize + ulongSize

function writeUlong(into: Buffer, value: number | bigint, at: number): void {
  if (wide) into.writeBigUInt64LE(BigInt(value), at)
  else into.writeUInt32LE(Number(value), at)
}

function readUlong(from: Buffer, at = 0): bigint {
  return wide ? from.readBigUInt64LE(at) : BigInt(from.readUInt32LE(at))
}

function ulong(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(ulongSize)
  writeUlong(bytes, value, 0)
  return bytes
}

/** One CK_ATTRIBUTE or CK_MECHANISM: both are a number, an address and a length. */
function entry(type: number, value: Buffer | null): Buffer {
  const bytes = Buffer.alloc(entrySize)
  writeUlong(bytes, type, 0)
  bytes.writeBigUInt64LE(value ? koffi.address(value) : 0n, ulongSize)
  writeUlong(bytes, value?.length ?? 0, ulongSize + pointerSize)
  return bytes
}

const word = 'unsigned long'
const any = 'void *'
const signatures = {
  C_Initialize: [any],
  C_Finalize: [any],
  C_GetSlotList: ['uint8', any, any],
  C_GetTokenInfo: [word, any],
  C_GetMechanismInfo: [word, word, any],
  C_OpenSession: [word, word, any, any, any],
  C_CloseSession: [word],
  C_Login: [word, word, any, word],
  C_FindObjectsInit: [word, any, word],
  C_FindObjects: [word, any, word, any],
  C_FindObjectsFinal: [word],
  C_GetAttributeValue: [word, word, any, word],
  C_SignInit: [word, any, word],
  C_Sign: [word, any, word, any, any],
} as const

/** CK_TOKEN_INFO: label, manufacturer, model, serial, flags; the longest form is 208 bytes. */
const tokenInfo = { size: 208, label: [0, 32], serial: [80, 96], flags: 96 } as const

function pinState(told: number): Token['pin'] {
  if (told & flags.pinLocked) return 'locked'
  if (told & flags.pinFinalTry) return 'last-try'
  return told & flags.pinCountLow ? 'few-tries-left' : 'ok'
}

/**
 * Loads a card's PKCS#11 library (the ANS Cryptolib CPS for a CPS, dmp-interface.md 1.5) and initialises it. Throws when the
 * file is not there or is no such library.
 */
export async function openPkcs11(library: string): Promise<Pkcs11> {
  const loaded = koffi.load(library)
  const functions = Object.fromEntries(Object.entries(signatures).map(([name, types]) => [name, loaded.func(name, word, [...types])]))
  let last: Promise<unknown> = Promise.resolve()

  /** Gives the CKR_ value. */
  const call = (name: keyof typeof signatures, ...values: unknown[]): Promise<number> =>
    new Promise((resolve, reject) => {
      functions[name]!.async(...values, (error: Error | null, code: number | bigint) => (error ? reject(error) : resolve(Number(code))))
    })

  async function must(name: keyof typeof signatures, ...values: unknown[]): Promise<void> {
    const code = await call(name, ...values)
    if (code !== 0) throw new Pkcs11Refusal(name, code)
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }

  async function initialize(): Promise<void> {
    const settings = Buffer.alloc(5 * pointerSize + ulongSize)
    writeUlong(settings, flags.osLockingOk, 4 * pointerSize)
    await must('C_Initialize', settings)
  }

  async function tokenOf(slot: bigint): Promise<Token[]> {
    const info = Buffer.alloc(tokenInfo.size)
    // A reader whose card is being pulled out answers with any of a dozen refusals: there is no card.
    if ((await call('C_GetTokenInfo', slot, info)) !== 0) return []
    const told = Number(readUlong(info, tokenInfo.flags))
    if (!(told & flags.tokenInitialized)) return []
    const text = ([from, to]: readonly [number, number]) => info.toString('utf8', from, to).replace(/[\0 ]+$/, '')
    return [{ slot, label: text(tokenInfo.label), serial: text(tokenInfo.serial), pin: pinState(told) }]
  }

  const login = (session: bigint, user: number, pin: GivenPin): Promise<void> =>
    pin.tryWith(async (text) => {
      const bytes = Buffer.from(text, 'utf8')
      try {
        await must('C_Login', session, user, bytes, bytes.length)
      } finally {
        bytes.fill(0)
      }
    })

  async function slotCount(withToken: 0 | 1): Promise<number> {
    const count = ulong(0)
    await must('C_GetSlotList', withToken, null, count)
    return Number(readUlong(count))
  }

  await initialize()
  return {
    tokens: () =>
      inTurn(async () => {
        const room = await slotCount(1)
        const count = ulong(room)
        const slots = Buffer.alloc(room * ulongSize)
        if (slots.length > 0) await must('C_GetSlotList', 1, slots, count)
        const found: Token[] = []
        for (let at = 0; at < Number(readUlong(count)) * ulongSize; at += ulongSize) found.push(...(await tokenOf(readUlong(slots, at))))
        return found
      }),
    readers: () =>
      inTurn(async () => {
        const [all, withCard] = [await slotCount(0), await slotCount(1)]
        return { all, empty: all - withCard }
      }),
    openSession: (slot) =>
      inTurn(async () => {
        const session = ulong(0)
        await must('C_OpenSession', slot, flags.serialSession, null, null, session)
        return readUlong(session)
      }),
    closeSession: (session) =>
      inTurn(async () => {
        await call('C_CloseSession', session)
      }),
    login: (session, pin) => inTurn(() => login(session, users.user, pin)),
    find: (session, objectClass) =>
      inTurn(async () => {
        const wanted = ulong(objectClass)
        await must('C_FindObjectsInit', session, entry(attributes.class, wanted), 1)
        const handles = Buffer.alloc(64 * ulongSize)
        const count = ulong(0)
        try {
          await must('C_FindObjects', session, handles, 64, count)
        } finally {
          await call('C_FindObjectsFinal', session)
        }
        return Array.from({ length: Number(readUlong(count)) }, (_, index) => readUlong(handles, index * ulongSize))
      }),
    attribute: (session, object, type) =>
      inTurn(async () => {
        const length = entry(type, null)
        if ((await call('C_GetAttributeValue', session, object, length, 1)) !== 0) return null
        const size = Number(readUlong(length, ulongSize + pointerSize))
        if (size === 0 || size > 100_000) return null
        const value = Buffer.alloc(size)
        return (await call('C_GetAttributeValue', session, object, entry(type, value), 1)) === 0 ? value : null
      }),
    supports: (slot, mechanism) => inTurn(async () => (await call('C_GetMechanismInfo', slot, mechanism, Buffer.alloc(3 * ulongSize))) === 0),
    sign: (session, key, mechanism, data, pin) =>
      inTurn(async () => {
        await must('C_SignInit', session, entry(mechanism, null), key)
        if (pin !== null) await login(session, users.contextSpecific, pin)
        const signature = Buffer.alloc(1024)
        const length = ulong(signature.length)
        await must('C_Sign', session, Buffer.from(data), data.length, signature, length)
        return signature.subarray(0, Number(readUlong(length)))
      }),
    reopen: () =>
      inTurn(async () => {
        await call('C_Finalize', null)
        await initialize()
      }),
    // The library stays loaded: those that start threads or hold thread-local data do not survive being unmapped.
    close: () =>
      inTurn(async () => {
        await call('C_Finalize', null)
      }),
  }
}

import { mkdir, opendir, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Keeps every exchange as it passed, for other tools to check. */
export interface WireLog {
  /** Writes the request and the client's certificate; gives what writes beside them. */
  begin(transaction: string, request: Uint8Array, peerPem: string | null): Promise<ExchangeLog>
}

/** What is kept of one exchange after its request. */
export interface ExchangeLog {
  /** The answer as it was meant, whole. */
  answer(response: Uint8Array): Promise<void>
  /** What a fault did to the exchange. */
  fault(note: object): Promise<void>
}

/** Opens `DIR/wire`, going on after the highest number it holds. */
export async function openWireLog(dir: string): Promise<WireLog> {
  const folder = path.join(dir, 'wire')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  let last = 0
  for await (const file of await opendir(folder)) last = Math.max(last, Number(/^(\d+)[-.]/.exec(file.name)?.[1] ?? 0))
  return {
    async begin(transaction, request, peerPem) {
      last += 1
      const number = String(last).padStart(8, '0')
      const base = path.join(folder, `${number}-${transaction}`)
      await Promise.all([
        writeFile(`${base}.request`, request, { mode: 0o600 }),
        ...(peerPem === null ? [] : [writeFile(path.join(folder, `${number}.peer.pem`), peerPem, { mode: 0o600 })]),
      ])
      return {
        answer: (response) => writeFile(`${base}.response`, response, { mode: 0o600 }),
        fault: (note) => writeFile(`${base}.fault`, `${JSON.stringify(note)}\n`, { mode: 0o600 }),
      }
    },
  }
}

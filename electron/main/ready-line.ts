import { z } from 'zod'

/** Where a running connector listens, and the secret that opens it. */
export interface ConnectorAddress {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  readonly token: string
}

const loopback = z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/)
const readyLine = z.object({ event: z.literal('ready'), panel: z.url() })
const connectorFile = z.object({ url: loopback, token: z.string().min(16).max(256), pid: z.number().int().positive() })

/** Reads one line of the program's output; null when it is not the ready line. Only a loopback address is ever accepted. */
export function readReadyLine(line: string): ConnectorAddress | null {
  const found = readyLine.safeParse(json(line))
  if (!found.success) return null
  const panel = new URL(found.data.panel)
  const token = new URLSearchParams(panel.hash.slice(1)).get('token')
  return token !== null && loopback.safeParse(panel.origin).success ? { origin: panel.origin, token } : null
}

/** Reads `connector.json`, which a running connector keeps in its data folder; null when it says nothing usable. */
export function readConnectorFile(text: string): (ConnectorAddress & { readonly pid: number }) | null {
  const found = connectorFile.safeParse(json(text))
  return found.success ? { origin: found.data.url, token: found.data.token, pid: found.data.pid } : null
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

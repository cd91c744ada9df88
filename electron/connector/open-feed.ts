import { createMessageHandler, startMllpReceiver, type MessageHandlerDependencies, type MllpReceiver } from './intake/index.ts'

/** The HL7 port, open or trying to be. */
export interface Feed {
  readonly host: string
  port(): number
  /** The system's code while the port cannot be had; null when it listens. */
  problem(): string | null
  lastAt(): number | null
  close(): Promise<void>
}

const host = '127.0.0.1'

/**
 * Opens the HL7 port. A port that is taken is a source that is unwell and tried again every `retryMs`, never the end of the
 * program; `onChange` is called after each try.
 */
export async function openFeed(wanted: number, handling: MessageHandlerDependencies, onChange: () => void, retryMs = 10_000): Promise<Feed> {
  let receiver: MllpReceiver | null = null
  let problem: string | null = null
  let timer: NodeJS.Timeout | undefined
  let closed = false

  async function open(): Promise<void> {
    try {
      receiver = await startMllpReceiver({ port: wanted, handler: createMessageHandler(handling), now: handling.now, newControlId: handling.newControlId, log: handling.log })
      problem = null
    } catch (error) {
      problem = (error as NodeJS.ErrnoException).code ?? 'unknown'
      handling.log.warn({ port: wanted, error: problem }, 'the HL7 port cannot be opened')
      if (!closed) timer = setTimeout(() => void open().then(onChange), retryMs).unref()
    }
    if (closed) await receiver?.close()
  }

  await open()
  return {
    host,
    port: () => receiver?.port ?? wanted,
    problem: () => problem,
    lastAt: () => receiver?.lastAt() ?? null,
    async close() {
      closed = true
      clearTimeout(timer)
      await receiver?.close()
    },
  }
}

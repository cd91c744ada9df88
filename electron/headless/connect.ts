import fs from 'node:fs'
import path from 'node:path'
import { ORPCError } from '@orpc/client'
import { createRouterClient } from '@orpc/server'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { reasonCode } from '#shared/contract/index.ts'
import { clientOverWebSocket, type ClientSocket, type ConnectorClient } from '#shared/rpc/index.ts'
import { routerOf, startConnector } from '#connector/connector.ts'
import { readOrMakeKeyFile } from '#connector/store/index.ts'
import { createTexts } from '../../renderer/strings/index.ts'
import type { Options } from './options.ts'
import { clinicalFolder, profilesFolder, readPractice, UsageError, version } from './program.ts'
import { openRecordChoice, practiceFileOf } from './record-choice.ts'

/** How to reach the program that runs on a data folder; readable by its owner alone. */
export const runningProgram = z.object({ url: z.url(), token: z.string(), pid: z.number().int() })

/** The file that says so, in the data folder. */
export function runningProgramFile(dataFolder: string): string {
  return path.join(dataFolder, 'connector.json')
}

/** A connection to the connector of a data folder. */
export interface Connection {
  readonly client: ConnectorClient
  /** True when a program already runs there and answers. */
  readonly running: boolean
  close(): Promise<void>
}

/** The program that runs on this data folder, or null when none answers. */
export async function connectToRunning(dataFolder: string): Promise<Connection | null> {
  let found
  try {
    found = runningProgram.parse(JSON.parse(fs.readFileSync(runningProgramFile(dataFolder), 'utf8')))
  } catch {
    return null
  }
  const socket = new WebSocket(`${found.url.replace('http', 'ws')}/rpc`, ['relais', found.token], { origin: found.url, handshakeTimeout: 5_000 })
  const open = await new Promise<boolean>((resolve) => {
    socket.once('open', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
  if (!open) return null
  return {
    client: clientOverWebSocket(socket as unknown as ClientSocket),
    running: true,
    async close() {
      socket.close()
    },
  }
}

/**
 * The running program of the data folder, or else the same connector started in this process for the time of one command:
 * it reads, but takes no document in and sends none.
 */
export async function connect(options: Options): Promise<Connection> {
  const running = await connectToRunning(options.data)
  if (running) return running
  if (!fs.existsSync(path.join(options.data, 'relais.db'))) throw new UsageError(`No Relais data in ${options.data}: start "relais serve --data ${options.data}" first`)
  const key = readOrMakeKeyFile(options.data)
  if (!key.ok) throw new UsageError(`${key.failure.code}: ${key.failure.detail ?? ''}`)
  const practice = readPractice(practiceFileOf(options))
  const record = await openRecordChoice(options, practice)
  const connector = await startConnector({ directory: options.data, key: key.value, practice, record: record.choice, watch: [], hl7Port: null, profileFolders: [profilesFolder], clinicalFolder, active: false, takeAll: false, onDamaged: () => undefined, version, role: options.command, log: () => undefined })
  if (!connector.ok) {
    await record.close()
    throw new UsageError(`${connector.failure.code}: ${connector.failure.detail ?? ''}`)
  }
  return {
    client: createRouterClient(routerOf(connector.value)),
    running: false,
    async close() {
      await connector.value.stop()
      await record.close()
    },
  }
}

/** What a refusal means and what to do, as the windows say it; nothing of a code they have no words for. */
function inWords(code: string): { readonly message?: string } {
  const { t } = createTexts('en')
  const reason = reasonCode.safeParse(code).data
  return reason ? { message: `${t(`reasons.${reason}.title`)}. ${t(`reasons.${reason}.what`)} ${t(`reasons.${reason}.action`)}` } : {}
}

/** Runs a command's questions; an expected refusal becomes one line on stderr (`{error, recordText, message}`) and exit code 1. */
export async function asking(options: Options, work: (connection: Connection) => Promise<number>): Promise<number> {
  return askingOver(await connect(options), work)
}

/** The same of the program that runs on the data folder, for what is its own. */
export async function askingRunning(options: Options, work: (connection: Connection) => Promise<number>): Promise<number> {
  const connection = await connectToRunning(options.data)
  if (!connection) throw new UsageError(`Relais does not run on ${options.data}`)
  return askingOver(connection, work)
}

async function askingOver(connection: Connection, work: (connection: Connection) => Promise<number>): Promise<number> {
  try {
    return await work(connection)
  } catch (error) {
    if (!(error instanceof ORPCError)) throw error
    const data = error.data as { code?: string; recordText?: string | null } | undefined
    const code = data?.code ?? error.code
    process.stderr.write(`${JSON.stringify({ error: code, recordText: data?.recordText ?? null, ...inWords(code) })}\n`)
    return 1
  } finally {
    await connection.close()
  }
}

import { createHash } from 'node:crypto'
import { readCdaHeader } from './documents/index.ts'
import { decideMessage, describeMessage, readMessage, type ApplyIdentity } from './intake/index.ts'
import type { Arrival, Ledger, Recognised } from './outbox/index.ts'
import { recognisedOf } from './prepare-item.ts'
import { isLot } from './record/index.ts'
import type { Orphan, Store } from './store/index.ts'
import { isWrappedHere } from './wrap-pdf.ts'

export interface ForgottenOptions {
  readonly store: Pick<Store, 'spool'>
  readonly ledger: Pick<Ledger, 'receive' | 'namedContents' | 'recognise' | 'byId'>
  readonly applyIdentity: ApplyIdentity
  readonly environment: 'training' | 'production'
  readonly oidOf: (kind: 'document', name: string) => string
}

/** Stored at the same time, so that they share the syncs of the disk. */
const togetherContents = 16

/**
 * What lies in the spool and neither the older database nor the journal names: each document stands parked as an item, with what its message
 * says of it, until a person has decided; messages' identities and patients' words are applied again. What the program made itself of a
 * document it keeps (a lot, the CDA around a PDF) is left where it lies. Gives how many documents there are, and how many contents cannot be
 * read any more. To be called before anything is taken in: what is being received right now lies there too, not yet named.
 */
export async function keepForgotten(options: ForgottenOptions): Promise<{ documents: number; unreadable: number }> {
  const { store, ledger } = options
  const named = await ledger.namedContents()
  let documents = 0
  let unreadable = 0

  async function read({ sha256 }: Orphan): Promise<Uint8Array | null> {
    try {
      return await store.spool.read(sha256)
    } catch {
      return null
    }
  }

  async function keep(arrivals: readonly Arrival[], message?: Parameters<Ledger['receive']>[1]): Promise<void> {
    const { items } = await ledger.receive(arrivals, message)
    documents += items.length
    for (const [index, { id }] of items.entries()) {
      const row = await ledger.byId(id)
      const known = row && recognisedOf(arrivals[index]!.bytes, arrivals[index]!.hints)
      if (known) await ledger.recognise(row, known satisfies Recognised)
    }
  }

  // Messages first: they say more of the document they brought than its bytes do.
  const orphans = await store.spool.orphans(named)
  const left: Orphan[] = []
  for (const orphan of orphans) {
    const bytes = await read(orphan)
    if (bytes === null) unreadable += 1
    const message = bytes && readMessage(bytes)
    if (message) await keepMessage(message, named, options, keep)
    else if (bytes && !isLot(bytes) && !isWrappedHere(bytes, options.oidOf)) left.push(orphan)
  }
  const now = await ledger.namedContents()
  const documentsLeft = left.filter(({ sha256 }) => !now.has(sha256))
  for (let from = 0; from < documentsLeft.length; from += togetherContents) {
    await Promise.all(
      documentsLeft.slice(from, from + togetherContents).map(async (orphan) => {
        const bytes = await read(orphan)
        if (bytes) await keep([arrivalOf(orphan, bytes)])
      }),
    )
  }
  return { documents, unreadable }
}

async function keepMessage(message: NonNullable<ReturnType<typeof readMessage>>, named: ReadonlySet<string>, { applyIdentity, environment }: ForgottenOptions, keep: (arrivals: readonly Arrival[], message: Parameters<Ledger['receive']>[1]) => Promise<void>): Promise<void> {
  const incoming = describeMessage(message)
  const decision = decideMessage(message, { environment })
  const unapplied = decision.identity ? await applyIdentity(decision.identity, decision.consent ?? null, incoming) : null
  const { name, reference } = { name: incoming.sourceName, reference: incoming.controlId }
  const fileName = `${reference || 'message'}.hl7`
  const kept: Arrival[] = unapplied === null ? [] : [{ source: { kind: 'hl7', name, reference }, bytes: message.bytes, fileName, hints: { fileName, refusal: { code: unapplied, outcome: 'parked' } } }]
  // What intake refused is refused again; of the rest what the database knows is known.
  const unknown = decision.arrivals.filter(({ bytes }) => !named.has(createHash('sha256').update(bytes).digest('hex')))
  const arrivals = unknown.map((arrival): Arrival => (arrival.hints.refusal ? arrival : { ...arrival, forgotten: true }))
  await keep([...arrivals, ...kept], incoming)
}

function arrivalOf({ sha256 }: Orphan, bytes: Uint8Array): Arrival {
  const fileName = `${sha256.slice(0, 16)}.${readCdaHeader(bytes).ok ? 'xml' : 'pdf'}`
  return { source: { kind: 'by-hand', name: 'Relais', reference: fileName }, bytes, fileName, hints: { fileName }, forgotten: true }
}

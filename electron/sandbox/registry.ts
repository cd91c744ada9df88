import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Association, RegistryObject } from './ebxml.ts'
import type { statuses } from './ebxml.ts'
import { associationTypes, coded, classified, identifier, repositoryUniqueId, slotValue } from './ebxml.ts'
import type { Registered } from './ebxml-writing.ts'
import type { LinePlace } from './journal.ts'
import { openJournal } from './journal.ts'
import { xdsHash } from './lot-signature.ts'
import type { RegistryError } from './refusal.ts'
import type { Submission } from './submission.ts'
import { isSignatureObject } from './submission.ts'
import { syncFolder, writeSynced } from './synced-file.ts'

/** What a line of the journal keeps of one registered object; `copy` 2 and up when its uniqueId was registered before. */
const storedEntry = z.object({ entryUuid: z.string(), logicalId: z.string(), hash: z.string(), size: z.number(), copy: z.int().optional(), object: z.custom<RegistryObject>((value) => typeof value === 'object' && value !== null) })
/** One line: one lot, registered whole. */
const storedLot = z.object({
  registeredAt: z.string(),
  setUuid: z.string(),
  /** A lot whose identifier was registered before. */
  isRepeat: z.boolean().optional(),
  set: z.custom<RegistryObject>((value) => typeof value === 'object' && value !== null),
  entries: z.array(storedEntry),
  /** With registered identifiers at both ends. */
  associations: z.array(z.custom<Association>((value) => typeof value === 'object' && value !== null)),
})
type StoredLot = z.infer<typeof storedLot>

/** One line beside the lots: what a document's metadata became (TD3.3). */
const storedAmendment = z.object({ amendedAt: z.string(), entryUuid: z.string(), status: z.enum(['approved', 'archived', 'deleted']), object: z.custom<RegistryObject>((value) => typeof value === 'object' && value !== null) })
type StoredAmendment = z.infer<typeof storedAmendment>
/** A change of a document's metadata: its status, or the object itself. */
export type Amendment = Pick<StoredAmendment, 'status' | 'object'>

/** A registered object as queries need it; the rest is read from the journal. */
export interface Entry {
  readonly entryUuid: string
  readonly uniqueId: string
  readonly patientId: string
  readonly isSignature: boolean
  /** 1, then 2 and up for the same document registered again. */
  readonly copy: number
  readonly hash: string
  readonly type: string
  readonly class: string
  readonly creationTime: string
  readonly serviceStart: string
  readonly serviceStop: string
  isMasked: boolean
  readonly lot: LotPlace
  readonly position: number
  replacedBy: LotPlace | null
  /** What was made of it since; a replaced one is deprecated besides. */
  status: StoredAmendment['status']
  /** Line of its last amendment. */
  amended: LinePlace | null
}

/** Availability of an entry, as the registry tells it. */
export function statusOf({ status, replacedBy }: Pick<Entry, 'status' | 'replacedBy'>): keyof typeof statuses {
  return status === 'approved' && replacedBy ? 'deprecated' : status
}

/** A lot as queries need it. */
export interface LotPlace {
  readonly place: LinePlace
  readonly setUuid: string
  readonly setUniqueId: string
  readonly patientId: string
  readonly submissionTime: string
  /** Milliseconds since the epoch. */
  readonly registeredAt: number
}

/** A registered object with everything its answer needs. */
export interface FullEntry extends Registered {
  readonly object: RegistryObject
}

/** What is registered, on disk and findable. */
export interface Registry {
  /** The first entry of a document. */
  byUniqueId(uniqueId: string): Entry | undefined
  /** Its further entries, when repeats were accepted. */
  repeatsOf(uniqueId: string): readonly Entry[]
  byUuid(entryUuid: string): Entry | undefined
  entriesOf(patientId: string): readonly Entry[]
  lotsOf(patientId: string): readonly LotPlace[]
  lotByUuid(setUuid: string): LotPlace | undefined
  full(entry: Entry): FullEntry
  fullSet(lot: LotPlace): FullEntry
  associationsOf(lot: LotPlace): readonly Association[]
  /** Exact bytes of a document. */
  bytesOf(entry: Entry): Promise<Buffer>
  /**
   * Registers a lot: bytes on disk first, then one journal line; all or nothing. Duplicates and impossible replacements come back as
   * errors, and then nothing is stored. Two lots about the same document wait for each other. With `accept`, what is registered already comes
   * in once more when its bytes are the same.
   */
  register(lot: Submission, registeredAt: Date, repeats?: 'refuse' | 'accept'): Promise<readonly RegistryError[]>
  /** Changes the metadata of an entry as `decide` says of them as they stand; one amendment at a time. Rejects with what `decide` throws. */
  amend(entry: Entry, decide: (current: FullEntry) => Amendment, amendedAt: Date): Promise<void>
  close(): Promise<void>
}

const interned = new Map<string, string>()
/** One copy in memory of codes that thousands of entries share. */
function intern(text: string): string {
  const known = interned.get(text)
  if (known !== undefined) return known
  // A flat copy: a slice would keep the whole journal line alive.
  const copy = Buffer.from(text, 'utf8').toString('utf8')
  interned.set(copy, copy)
  return copy
}

const codeText = (object: RegistryObject, scheme: 'typeCode' | 'classCode'): string => {
  const found = coded(object, scheme)
  return found ? `${found.code}^^${found.system}` : ''
}

/** Opens the registry kept under `DIR/registry`, with the documents under `DIR/documents` and the lots' signatures under `DIR/signatures`. */
export async function openRegistry(dir: string): Promise<Registry> {
  const folders = { documents: path.join(dir, 'documents'), signatures: path.join(dir, 'signatures') }
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })))
  await syncFolder(dir)
  const byUniqueId = new Map<string, Entry>()
  const repeats = new Map<string, Entry[]>()
  const byUuid = new Map<string, Entry>()
  const byPatient = new Map<string, Entry[]>()
  const lots = new Map<string, LotPlace>()
  const lotsByUuid = new Map<string, LotPlace>()
  const lotsByPatient = new Map<string, LotPlace[]>()

  function index(stored: StoredLot, place: LinePlace): void {
    const patientId = intern(identifier(stored.set, 'setPatientId') ?? '')
    const setUniqueId = identifier(stored.set, 'setUniqueId') ?? ''
    if (lots.has(setUniqueId) && stored.isRepeat !== true) return
    const lot: LotPlace = { place, setUuid: stored.setUuid, setUniqueId, patientId, submissionTime: slotValue(stored.set, 'submissionTime') ?? '', registeredAt: Date.parse(stored.registeredAt) }
    if (!lots.has(setUniqueId)) lots.set(setUniqueId, lot)
    lotsByUuid.set(stored.setUuid, lot)
    push(lotsByPatient, patientId, lot)
    for (const [position, { entryUuid, hash, object, copy = 1 }] of stored.entries.entries()) {
      const entry: Entry = {
        entryUuid,
        uniqueId: identifier(object, 'uniqueId') ?? '',
        patientId,
        isSignature: isSignatureObject(object),
        copy,
        hash,
        type: intern(codeText(object, 'typeCode')),
        class: intern(codeText(object, 'classCode')),
        creationTime: slotValue(object, 'creationTime') ?? '',
        serviceStart: slotValue(object, 'serviceStartTime') ?? '',
        serviceStop: slotValue(object, 'serviceStopTime') ?? '',
        isMasked: isMasked(object),
        lot,
        position,
        replacedBy: null,
        status: 'approved',
        amended: null,
      }
      if (copy === 1) byUniqueId.set(entry.uniqueId, entry)
      else push(repeats, entry.uniqueId, entry)
      byUuid.set(entryUuid, entry)
      push(byPatient, patientId, entry)
    }
    for (const one of stored.associations) {
      const replaced = one.type === associationTypes.replaces ? byUuid.get(one.target) : undefined
      if (replaced) replaced.replacedBy = lot
    }
  }

  const journal = await openJournal(path.join(dir, 'registry', 'journal.jsonl'), (value, place) => {
    const stored = storedLot.safeParse(value)
    if (stored.success) index(stored.data, place)
  })

  function applyAmendment({ entryUuid, status, object }: StoredAmendment, place: LinePlace): void {
    const entry = byUuid.get(entryUuid)
    if (entry) Object.assign(entry, { status, isMasked: isMasked(object), amended: place })
  }
  // A file of their own: a line of the journal stays one deposit.
  const amendments = await openJournal(path.join(dir, 'registry', 'amendments.jsonl'), (value, place) => {
    const amendment = storedAmendment.safeParse(value)
    if (amendment.success) applyAmendment(amendment.data, place)
  })
  /** Settles when the last amendment asked for is done. */
  let amending = Promise.resolve()

  // A word before the number: with the number alone, a repeat's name would be that of another document, whose OID is longer by one arc.
  const fileOf = ({ uniqueId, isSignature, copy }: Pick<Entry, 'uniqueId' | 'isSignature' | 'copy'>): string =>
    path.join(isSignature ? folders.signatures : folders.documents, copy === 1 ? `${uniqueId}.xml` : `${uniqueId}.repeat-${copy}.xml`)
  const stored = (lot: LotPlace): StoredLot => journal.read(lot.place) as StoredLot

  /** Why a lot cannot be registered as things stand. */
  function conflicts(lot: Submission, repeated: 'refuse' | 'accept'): RegistryError[] {
    const errors: RegistryError[] = []
    const duplicate = (context: string): void => {
      if (repeated === 'refuse') errors.push({ code: 'XDSDuplicateUniqueIdInRegistry', context })
    }
    for (const { object, bytes } of [...lot.documents, lot.signature]) {
      const uniqueId = identifier(object, 'uniqueId') ?? ''
      const known = byUniqueId.get(uniqueId)
      if (known && known.hash !== xdsHash(bytes)) errors.push({ code: 'XDSNonIdenticalHash', context: `uniqueId ${uniqueId} déjà enregistré avec un autre contenu`, location: object.id })
      else if (known) duplicate(`uniqueId ${uniqueId} déjà enregistré`)
    }
    const setUniqueId = identifier(lot.set, 'setUniqueId') ?? ''
    if (lots.has(setUniqueId)) duplicate(`lot ${setUniqueId} déjà enregistré`)
    const targets = replacedBy(lot)
    for (const target of targets) {
      const known = byUuid.get(target)
      if (!known || known.isSignature || known.replacedBy !== null || known.patientId !== identifier(lot.set, 'setPatientId') || targets.filter((one) => one === target).length > 1) {
        errors.push({ code: 'XDSReplaceFailed', context: `le document à remplacer n'existe pas ou n'est plus actif : ${target}`, location: target })
      }
    }
    return errors
  }

  /** Identifiers under registration, so that two lots that share one take turns. */
  const busy = new Map<string, Promise<unknown>>()

  async function store(lot: Submission, registeredAt: Date): Promise<void> {
    const uuids = new Map<string, string>([[lot.set.id, `urn:uuid:${randomUUID()}`]])
    const objects = [...lot.documents, lot.signature]
    for (const { object } of objects) uuids.set(object.id, `urn:uuid:${randomUUID()}`)
    const uuid = (id: string): string => uuids.get(id) ?? id
    const copyOf = (uniqueId: string): number => (byUniqueId.has(uniqueId) ? 2 + (repeats.get(uniqueId)?.length ?? 0) : 1)
    const copies = objects.map(({ object }) => copyOf(identifier(object, 'uniqueId') ?? ''))
    await Promise.all(
      objects.map(({ object, bytes }, index) => writeSynced(fileOf({ uniqueId: identifier(object, 'uniqueId') ?? '', isSignature: object === lot.signature.object, copy: copies[index] ?? 1 }), bytes)),
    )
    const line: StoredLot = {
      registeredAt: registeredAt.toISOString(),
      setUuid: uuid(lot.set.id),
      ...(lots.has(identifier(lot.set, 'setUniqueId') ?? '') && { isRepeat: true }),
      set: lot.set,
      entries: objects.map(({ object, bytes }, index) => ({ entryUuid: uuid(object.id), logicalId: uuid(object.id), hash: xdsHash(bytes), size: bytes.length, ...(copies[index] !== 1 && { copy: copies[index] }), object })),
      associations: lot.associations.map((one) => ({ ...one, id: `urn:uuid:${randomUUID()}`, source: uuid(one.source), target: uuid(one.target) })),
    }
    index(line, await journal.append(line))
  }

  const registry: Registry = {
    byUniqueId: (uniqueId) => byUniqueId.get(uniqueId),
    repeatsOf: (uniqueId) => repeats.get(uniqueId) ?? [],
    byUuid: (entryUuid) => byUuid.get(entryUuid),
    entriesOf: (patientId) => byPatient.get(patientId) ?? [],
    lotsOf: (patientId) => lotsByPatient.get(patientId) ?? [],
    lotByUuid: (setUuid) => lotsByUuid.get(setUuid),
    full(entry) {
      const found = stored(entry.lot).entries[entry.position]
      if (!found) throw new Error(`journal line of ${entry.uniqueId} is short`)
      return {
        object: entry.amended ? (amendments.read(entry.amended) as StoredAmendment).object : found.object,
        entryUuid: found.entryUuid,
        logicalId: found.logicalId,
        status: statusOf(entry),
        slots: [
          { name: 'hash', values: [found.hash] },
          { name: 'size', values: [String(found.size)] },
          { name: 'repositoryUniqueId', values: [repositoryUniqueId] },
        ],
      }
    },
    fullSet: (lot) => ({ object: stored(lot).set, entryUuid: lot.setUuid, logicalId: lot.setUuid, status: 'approved', slots: [] }),
    associationsOf: (lot) => stored(lot).associations,
    bytesOf: (entry) => readFile(fileOf(entry)),
    async register(lot, registeredAt, repeated = 'refuse') {
      const keys = [identifier(lot.set, 'setUniqueId') ?? '', ...[...lot.documents, lot.signature].map(({ object }) => identifier(object, 'uniqueId') ?? ''), ...replacedBy(lot)]
      for (let other = keys.map((key) => busy.get(key)).find(Boolean); other; other = keys.map((key) => busy.get(key)).find(Boolean)) await other.catch(() => {})
      const errors = conflicts(lot, repeated)
      if (errors.length > 0) return errors
      const work = store(lot, registeredAt)
      for (const key of keys) busy.set(key, work)
      try {
        await work
      } finally {
        for (const key of keys) busy.delete(key)
      }
      return []
    },
    async amend(entry, decide, amendedAt) {
      const former = amending
      const { promise, resolve } = Promise.withResolvers<void>()
      amending = promise
      await former
      try {
        const current = byUuid.get(entry.entryUuid) ?? entry
        const line: StoredAmendment = { amendedAt: amendedAt.toISOString(), entryUuid: entry.entryUuid, ...decide(registry.full(current)) }
        applyAmendment(line, await amendments.append(line))
      } finally {
        resolve()
      }
    },
    async close() {
      await Promise.all([journal.close(), amendments.close()])
    },
  }
  return registry
}

function isMasked(object: RegistryObject): boolean {
  return classified(object, 'confidentiality').some((one) => one.code === 'MASQUE_PS')
}

function replacedBy(lot: Submission): string[] {
  return lot.associations.filter((one) => one.type === associationTypes.replaces).map((one) => one.target)
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

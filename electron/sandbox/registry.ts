import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Association, RegistryObject, Status } from './ebxml.ts'
import { associationTypes, coded, classified, identifier, repositoryUniqueId, slotValue, statuses } from './ebxml.ts'
import type { Registered } from './ebxml-writing.ts'
import type { LinePlace } from './journal.ts'
import { openJournal } from './journal.ts'
import { xdsHash } from './lot-signature.ts'
import type { RegistryError } from './refusal.ts'
import type { Submission } from './submission.ts'
import { isSignatureObject } from './submission.ts'
import { syncFolder, writeSynced } from './synced-file.ts'

/** What a line of the journal keeps of one registered object; `copy` 2 and up when its uniqueId was registered before. */
const storedEntry = z.object({
  entryUuid: z.string(),
  logicalId: z.string(),
  hash: z.string(),
  size: z.number(),
  copy: z.int().optional(),
  /** From the second version of its metadata on, with the entryUUID of the one before. */
  version: z.int().optional(),
  previous: z.string().optional(),
  object: z.custom<RegistryObject>((value) => typeof value === 'object' && value !== null),
})
/** One line: one lot, registered whole. */
const storedLot = z.object({
  registeredAt: z.string(),
  setUuid: z.string(),
  /** A lot whose identifier was registered before. */
  isRepeat: z.boolean().optional(),
  set: z.custom<RegistryObject>((value) => typeof value === 'object' && value !== null),
  entries: z.array(storedEntry),
  statusChanges: z.array(z.object({ entryUuid: z.string(), status: z.enum(['approved', 'archived', 'deleted']) })).optional(),
  /** With registered identifiers at both ends. */
  associations: z.array(z.custom<Association>((value) => typeof value === 'object' && value !== null)),
})
type StoredLot = z.infer<typeof storedLot>

/** A registered object as queries need it; the rest is read from the journal. */
export interface Entry {
  readonly entryUuid: string
  readonly logicalId: string
  readonly version: number
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
  readonly isMasked: boolean
  readonly lot: LotPlace
  readonly position: number
  /** The version of its metadata before this one. */
  readonly previous: Entry | null
  replacedBy: LotPlace | null
  /** The lot that brought the next version of its metadata. */
  supersededBy: LotPlace | null
  /** What was made of its availability, the last one in force. */
  statusChanges: readonly StatusChange[]
}

/** An availability given by a lot. */
export interface StatusChange {
  readonly lot: LotPlace
  readonly status: 'approved' | 'archived' | 'deleted'
}

/** Availability of an entry as it stands. */
export function statusOf(entry: Entry): Status {
  const given = entry.statusChanges.at(-1)?.status
  if (given === 'archived' || given === 'deleted') return given
  return entry.replacedBy || entry.supersededBy ? 'deprecated' : 'approved'
}

/** A lot that changes what is registered about documents, not the documents (ITI-57). */
export interface MetadataUpdate {
  readonly set: RegistryObject
  /** New versions, each with the number of the version it was made from. */
  readonly versions: readonly { readonly logicalId: string; readonly from: string; readonly object: RegistryObject }[]
  readonly statusChanges: readonly { readonly entryUuid: string; readonly from: string; readonly to: StatusChange['status'] }[]
  readonly associations: readonly Association[]
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
  /** The first entry of a document, in its last version. */
  byUniqueId(uniqueId: string): Entry | undefined
  /** Its further entries, when repeats were accepted. */
  repeatsOf(uniqueId: string): readonly Entry[]
  /** The last version of an entry. */
  byLogicalId(logicalId: string): Entry | undefined
  /** An entry in any of its versions. */
  byUuid(entryUuid: string): Entry | undefined
  /** Every version of every entry. */
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
  /** Registers new versions and availabilities, all or nothing. What was made from another version than the last comes back as an error. */
  update(update: MetadataUpdate, registeredAt: Date): Promise<readonly RegistryError[]>
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

const noChanges: readonly StatusChange[] = []

/** Opens the registry kept under `DIR/registry`, with the documents under `DIR/documents` and the lots' signatures under `DIR/signatures`. */
export async function openRegistry(dir: string): Promise<Registry> {
  const folders = { documents: path.join(dir, 'documents'), signatures: path.join(dir, 'signatures') }
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })))
  await syncFolder(dir)
  const byUniqueId = new Map<string, Entry>()
  const repeats = new Map<string, Entry[]>()
  const byUuid = new Map<string, Entry>()
  /** Entries of more than one version, the last one. */
  const lastVersions = new Map<string, Entry>()
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
    for (const [position, { entryUuid, logicalId, hash, object, copy = 1, version = 1, previous: previousUuid }] of stored.entries.entries()) {
      const previous = previousUuid === undefined ? null : (byUuid.get(previousUuid) ?? null)
      const entry: Entry = {
        entryUuid,
        // One string for both while they are the same.
        logicalId: logicalId === entryUuid ? entryUuid : logicalId,
        version,
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
        isMasked: classified(object, 'confidentiality').some((one) => one.code === 'MASQUE_PS'),
        lot,
        position,
        previous,
        replacedBy: previous?.replacedBy ?? null,
        supersededBy: null,
        statusChanges: previous?.statusChanges ?? noChanges,
      }
      if (copy === 1) byUniqueId.set(entry.uniqueId, entry)
      else if (previous) repeats.set(entry.uniqueId, (repeats.get(entry.uniqueId) ?? []).map((one) => (one === previous ? entry : one)))
      else push(repeats, entry.uniqueId, entry)
      if (previous) {
        previous.supersededBy = lot
        lastVersions.set(logicalId, entry)
      }
      byUuid.set(entryUuid, entry)
      push(byPatient, patientId, entry)
    }
    for (const { entryUuid, status } of stored.statusChanges ?? []) {
      const changed = byUuid.get(entryUuid)
      if (changed) changed.statusChanges = [...changed.statusChanges, { lot, status }]
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
      if (!known || known.isSignature || statusOf(known) !== 'approved' || known.patientId !== identifier(lot.set, 'setPatientId') || targets.filter((one) => one === target).length > 1) {
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

  const byLogicalId = (logicalId: string): Entry | undefined => lastVersions.get(logicalId) ?? byUuid.get(logicalId)

  /** Why metadata cannot be updated as things stand. */
  function updateConflicts(update: MetadataUpdate): RegistryError[] {
    const errors: RegistryError[] = []
    const setUniqueId = identifier(update.set, 'setUniqueId') ?? ''
    if (lots.has(setUniqueId)) errors.push({ code: 'XDSDuplicateUniqueIdInRegistry', context: `lot ${setUniqueId} déjà enregistré` })
    for (const { logicalId, from } of update.versions) {
      const last = byLogicalId(logicalId)
      const stale = last && staleVersion(last, from)
      if (stale) errors.push(stale)
    }
    for (const { entryUuid, from } of update.statusChanges) {
      const entry = byUuid.get(entryUuid)
      if (!entry) continue
      if (entry.supersededBy) errors.push({ code: 'XDSMetadataVersionError', context: "cette version n'est plus en vigueur", location: entryUuid })
      else if (statuses[statusOf(entry)] !== from) errors.push({ code: 'XDSMetadataUpdateError', context: `OriginalStatus ${from} donné, ${statuses[statusOf(entry)]} en vigueur`, location: entryUuid })
    }
    return errors
  }

  async function storeUpdate(update: MetadataUpdate, registeredAt: Date): Promise<void> {
    const uuids = new Map<string, string>([[update.set.id, `urn:uuid:${randomUUID()}`]])
    const uuid = (id: string): string => uuids.get(id) ?? id
    const entries = update.versions.flatMap(({ logicalId, object }) => {
      const last = byLogicalId(logicalId)
      const kept = last && stored(last.lot).entries[last.position]
      if (!kept) return []
      uuids.set(object.id, `urn:uuid:${randomUUID()}`)
      return [{ ...kept, entryUuid: uuid(object.id), version: last.version + 1, previous: last.entryUuid, object }]
    })
    const line: StoredLot = {
      registeredAt: registeredAt.toISOString(),
      setUuid: uuid(update.set.id),
      set: update.set,
      entries,
      statusChanges: update.statusChanges.map(({ entryUuid, to }) => ({ entryUuid, status: to })),
      associations: update.associations.map((one) => ({ ...one, id: `urn:uuid:${randomUUID()}`, source: uuid(one.source), target: uuid(one.target) })),
    }
    index(line, await journal.append(line))
  }

  /** Judges and stores once nobody else is at work on what `keys` name. */
  async function inTurn(keys: readonly string[], judge: () => readonly RegistryError[], work: () => Promise<void>): Promise<readonly RegistryError[]> {
    for (let other = keys.map((key) => busy.get(key)).find(Boolean); other; other = keys.map((key) => busy.get(key)).find(Boolean)) await other.catch(() => {})
    const errors = judge()
    if (errors.length > 0) return errors
    const underWay = work()
    for (const key of keys) busy.set(key, underWay)
    try {
      await underWay
    } finally {
      for (const key of keys) busy.delete(key)
    }
    return []
  }

  return {
    byLogicalId,
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
        object: found.object,
        entryUuid: found.entryUuid,
        logicalId: found.logicalId,
        status: statusOf(entry),
        version: entry.version,
        slots: [
          { name: 'hash', values: [found.hash] },
          { name: 'size', values: [String(found.size)] },
          { name: 'repositoryUniqueId', values: [repositoryUniqueId] },
        ],
      }
    },
    fullSet: (lot) => ({ object: stored(lot).set, entryUuid: lot.setUuid, logicalId: lot.setUuid, status: 'approved', version: 1, slots: [] }),
    associationsOf: (lot) => stored(lot).associations,
    bytesOf: (entry) => readFile(fileOf(entry)),
    async register(lot, registeredAt, repeated = 'refuse') {
      const replaced = replacedBy(lot)
      // A replacement and a change of the same document wait for each other.
      const keys = [identifier(lot.set, 'setUniqueId') ?? '', ...[...lot.documents, lot.signature].map(({ object }) => identifier(object, 'uniqueId') ?? ''), ...replaced.map((uuid) => byUuid.get(uuid)?.logicalId ?? uuid)]
      return inTurn(keys, () => conflicts(lot, repeated), () => store(lot, registeredAt))
    },
    async update(update, registeredAt) {
      const keys = [identifier(update.set, 'setUniqueId') ?? '', ...update.versions.map(({ logicalId }) => logicalId), ...update.statusChanges.map(({ entryUuid }) => byUuid.get(entryUuid)?.logicalId ?? entryUuid)]
      return inTurn(keys, () => updateConflicts(update), () => storeUpdate(update, registeredAt))
    },
    close: () => journal.close(),
  }
}

/** The error of a change made from another version than the one in force; `null` when it was made from that one. */
export function staleVersion(last: Entry, from: string): RegistryError | null {
  return String(last.version) === from ? null : { code: 'XDSMetadataVersionError', context: `version ${from} donnée, ${last.version} en vigueur`, location: last.logicalId }
}

function replacedBy(lot: Submission): string[] {
  return lot.associations.filter((one) => one.type === associationTypes.replaces).map((one) => one.target)
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

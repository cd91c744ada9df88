import { createHash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { failure, type ReasonCode } from '#shared/contract/index.ts'
import type { DocumentHints } from '../../documents/index.ts'
import type { ApplyIdentity } from '../hl7/handle-message.ts'
import { isPassing, milestone } from '../../store/index.ts'
import type { Hold } from '../../outbox/index.ts'
import type { Arrival, IntakeLedger, IntakeLog, TakenFile } from '../ledger.ts'
import { burstWindowMs, holdReasonOf } from './burst.ts'
import { comparable, isForbidden, stemOf } from './file-name.ts'
import { indexOf, type FolderIndex } from './folder-index.ts'
import { readHl7File } from './hl7-file.ts'
import { fileNameOf, keyOf, type Look } from './look.ts'
import type { WatchPace } from './pace.ts'
import { continues } from './continues.ts'
import { createFindSidecar } from './find-sidecar.ts'
import { goesWith, pairDocument } from './pair-files.ts'
import type { SourceProfile } from './profile.ts'
import { readEnds, readHead, readWhole, type ReadOutcome } from './read-file.ts'
import { readFileName } from './read-file-name.ts'
import { readSidecar } from './read-sidecar.ts'
import { endOf, recogniseFile } from './recognise-file.ts'

export interface TakerOptions {
  /** The watched folder, absolute. */
  readonly root: string
  /** Its name as shown. */
  readonly name: string
  readonly profile: SourceProfile
  readonly ledger: IntakeLedger
  readonly applyIdentity: ApplyIdentity
  readonly now: () => number
  readonly log: IntakeLog
  readonly pace: WatchPace
  readonly environment?: 'training' | 'production' | undefined
  readonly freeUntil?: (() => number) | undefined
  readonly hasRoom?: (() => boolean) | undefined
  /** Every file of the folder as last looked at; kept by the watch. */
  readonly looks: ReadonlyMap<string, Look>
  readonly stopped: () => boolean
  /** Lists the folder anew, and looks at what is not taken. */
  readonly lookAgain: () => Promise<void>
  /** Looks at one file, taken or not. */
  readonly lookAt: (relative: string) => Promise<void>
}

/** Its place among files read at the same time. */
interface Turn {
  readonly before: Promise<void>
  pass: () => void
}

export interface Taker {
  /** Takes what the last looks allow: ripens files, pairs them, stores them. */
  advance(): Promise<void>
  /** What a look saw, and nobody took, was written over by what is there now. What is to be told of it, is told by the next `advance`. */
  overwritten(look: Look, next: Look): void
  /** What a look saw, and nobody took, is there no more; under another name, when that file is still there. */
  vanished(look: Look, renamed: Look | undefined): void
  /** How many contents that are there no more are still to be told. */
  untold(): number
  identityOf(look: Look): TakenFile
  /** Milliseconds since the epoch; null before the first. */
  lastTakenAt(): number | null
}

const retryDelays = [1000, 2000, 5000, 10_000, 30_000]
/** Names a sidecar may have. */
const sidecarNames = /\.(?:xml|json|csv)$/i
/** Files read and stored at the same time. */
const togetherFiles = 6
const maxSidecarBytes = 2 * 1024 * 1024

/** What is done with looked-at files: from stable to ready, from ready to stored. It reads files and never writes to the folder. */
export function createTaker({ root, name, profile, ledger, applyIdentity, now, log, pace, environment, freeUntil, hasRoom = () => true, looks, stopped, lookAgain, lookAt }: TakerOptions): Taker {
  let lastTakenAt: number | null = null
  let keptBytes = 0
  let isRoomy = true
  let portionEnd = 0
  let lookCost = 0
  let areIndexesRead = false
  const untold = new Map<Look, () => Promise<Arrival[]>>()
  const waitMs = profile.sidecar.waitSeconds * 1000
  const absolute = (relative: string) => path.join(root, ...relative.split('/'))
  const identityOf = (look: Look): TakenFile => ({ path: absolute(look.path), size: look.size, mtimeMs: look.mtimeMs })
  const isSidecarKind = (look: Look) =>
    (look.kind === 'xml' || look.kind === 'json' || look.kind === 'csv') && (profile.sidecar.formats as readonly string[]).includes(look.kind)

  const findSidecar = createFindSidecar({ ledger, looks, identityOf, profile, now })

  let held: (look: Look) => Exclude<Hold, 'user'> | null = () => null
  const holdOf = (look: Look) => {
    const hold = held(look)
    return hold ? { hold } : {}
  }

  /** Decided once for each pass: how many new documents the folder has given lately, taken or not. */
  async function countBurst(): Promise<void> {
    const at = now()
    if (at < (freeUntil?.() ?? 0)) {
      held = () => null
      return
    }
    const coming = [...looks.values()].filter((known) => !known.settled && known.kind !== null && !isSidecarKind(known)).length
    const lately = coming + (await ledger.recentFromFolder(name, at - burstWindowMs))
    held = (look) => holdReasonOf({ lately, modifiedAt: look.mtimeMs, now: at })
  }

  /** An index read in an earlier run still speaks for documents to come; a JSON file beside its own document is none. */
  async function readIndexes(): Promise<void> {
    const stems = Map.groupBy(looks.keys(), (relative) => comparable(stemOf(relative)))
    const isBeside = (relative: string) => [stemOf(relative), stemOf(stemOf(relative))].some((stem) => stems.get(comparable(stem))?.some((other) => other !== relative))
    for (const known of looks.values()) {
      if (known.settled && (/\.csv$/i.test(known.path) || (/\.json$/i.test(known.path) && !isBeside(known.path)))) await alone(known, () => readAgain(known))
    }
  }

  async function advance(): Promise<void> {
    // Low on disk, everything is followed and read as far as memory goes, and nothing is taken.
    isRoomy = hasRoom()
    if (!areIndexesRead) {
      areIndexesRead = true
      await readIndexes()
    }
    let pending = false
    beginPortion()
    for (const known of looks.values()) {
      if (stopped()) return
      if (!known.settled) {
        pending = true
        await alone(known, () => ripen(known))
      }
      if (isPortionOver()) await lookBetween()
    }
    // What came first is handed over first.
    await tellUntold()
    if (!pending) return
    if (isRoomy) await countBurst()
    let index = indexOf(looks.values(), isSidecarKind)
    const ready = [...looks.values()].filter(isDue)
    const documents = inOrder(ready.filter((known) => !isSidecarKind(known)))
    for (let from = 0; from < documents.length; from += togetherFiles) {
      if (stopped()) return
      if (isPortionOver()) index = await lookBetween()
      await takeTogether(documents.slice(from, from + togetherFiles).filter(isDue), index)
    }
    for (const known of ready.filter((other) => isSidecarKind(other) && isDue(other))) {
      if (stopped()) return
      await alone(known, () => settleSidecar(known, index))
    }
  }

  /** Still there as it was looked at, ready, and not put off. */
  const isDue = (known: Look) => !known.settled && known.readySince !== null && known.retryAt <= now() && looks.get(known.path) === known
  const inOrder = (documents: readonly Look[]) => documents.toSorted((one, other) => one.mtimeMs - other.mtimeMs || (one.path < other.path ? -1 : 1))

  /** Some at once, so that they share the syncs of the disk; handed over in order all the same: the later one may replace the earlier. */
  async function takeTogether(documents: readonly Look[], index: FolderIndex): Promise<void> {
    let before: Promise<void> = Promise.resolve()
    const together = documents.map((known) => {
      const turn: Turn = { before, pass: () => undefined }
      before = new Promise((resolve) => {
        turn.pass = resolve
      })
      return alone(known, () => settleDocument(known, index, turn)).finally(() => turn.pass())
    })
    await Promise.all(together)
  }

  /** A backlog is taken in portions; a slow listing between them is to cost a part of the time alone. */
  const beginPortion = () => {
    portionEnd = performance.now() + Math.max(pace.portionMs, pace.portionPerListing * lookCost)
  }
  const isPortionOver = () => performance.now() >= portionEnd

  /** Between two portions: a name that is used for one document after another does not wait for the backlog, or its contents would be gone before their turn. */
  async function lookBetween(): Promise<FolderIndex> {
    const started = performance.now()
    await lookAgain()
    lookCost = performance.now() - started
    const urgent = [...looks.values()].filter((known) => !known.settled && known.isNameUsed)
    for (const known of urgent) await alone(known, () => ripen(known))
    await tellUntold()
    const index = indexOf(looks.values(), isSidecarKind)
    const documents = inOrder(urgent.filter((known) => isDue(known) && !isSidecarKind(known)))
    for (let from = 0; from < documents.length; from += togetherFiles) await takeTogether(documents.slice(from, from + togetherFiles), index)
    beginPortion()
    return index
  }

  /**
   * One file that makes the program fail twice is set aside with that reason, its bytes kept; the others of the folder go on. What the system
   * refused for now says nothing of the file: it stays where it is and is tried again.
   */
  async function alone(known: Look, work: () => Promise<void>): Promise<void> {
    try {
      await work()
      return
    } catch (error) {
      log.warn({ error: nameOf(error) }, 'a file of the export folder made the program fail')
      if (!isPassing(error)) known.crashes += 1
      if (known.crashes < 2) {
        postpone(known, nameOf(error))
        return
      }
    }
    try {
      await takeAsItIs(known, { refusal: { code: 'crashed-twice', outcome: 'parked' } })
    } catch (error) {
      postpone(known, nameOf(error))
    }
  }

  /** Brings a file to `ready`, or settles it when there is nothing to wait for. */
  async function ripen(known: Look): Promise<void> {
    const at = now()
    if (known.retryAt > at) return
    if (known.link) {
      await refuse(known, 'file-link-refused', 'ignored', 'a link or a special file')
      return
    }
    if (isForbidden(fileNameOf(known))) {
      await refuse(known, 'file-name-forbidden', 'parked')
      return
    }
    const stableFor = at - known.since
    if (known.looks === 0 || stableFor < pace.stabilityMs) {
      if (at - known.firstSeen >= pace.growingMs && !known.reported) {
        known.reported = true
        await reportUntaken(known, 'file-still-growing')
      }
      return
    }
    if (known.readySince !== null) return
    if (known.size === 0) {
      if (stableFor >= pace.patienceMs) await refuse(known, 'file-empty', 'parked')
      return
    }
    if (known.hardLink) {
      if (stableFor >= pace.patienceMs) await refuse(known, 'file-link-refused', 'parked', 'the file has several names (hard link)')
      return
    }
    if (known.size > pace.maxFileBytes) {
      if (isRoomy) await refuseTooLarge(known)
      return
    }
    if (known.end === null) {
      const ends = await readEnds(root, absolute(known.path), known)
      if (!(await readable(known, ends))) return
      if (ends.kind !== 'read') return
      known.kind = recogniseFile(fileNameOf(known), ends.value.head)
      known.end = endOf(known.kind, ends.value, known.size)
      known.named = readFileName(fileNameOf(known), profile)
    }
    if (known.formers.length > 0 || (known.end !== 'complete' && !known.wasRead)) {
      const bytes = await readAll(known)
      if (!bytes) return
      settleFormers(known, bytes)
      keepCopy(known, bytes)
    }
    const patience = known.end === 'complete' ? 0 : known.end === 'unmarked' ? pace.unmarkedPatienceMs : pace.patienceMs
    if (stableFor < patience) return
    if (known.end !== 'complete' && known.copy) {
      const bytes = await readAll(known)
      if (!bytes) return
      // A copy into reserved room may go on for minutes before size or time tell.
      if (!bytes.equals(known.copy)) {
        letGo(known)
        lookAnew(known)
        return
      }
    }
    if (isSidecarKind(known) && !(await parseSidecar(known))) return
    if (known.end === 'unmarked' && known.sidecar?.entries.ok === false && stableFor < pace.patienceMs) {
      // A row that is not whole may still be written.
      known.sidecar = null
      return
    }
    known.readySince = at
    known.wasWhole = true
  }

  async function parseSidecar(known: Look): Promise<boolean> {
    const format = known.kind
    if (format !== 'xml' && format !== 'json' && format !== 'csv') return false
    const oversized = failure('sidecar-invalid', { detail: 'larger than a sidecar can be' })
    if (known.size > maxSidecarBytes) {
      known.sidecar = { path: known.path, sha256: null, entries: oversized }
      return true
    }
    const read = await readWhole(root, absolute(known.path), known)
    if (!(await readable(known, read)) || read.kind !== 'read') return false
    known.sidecar = { path: known.path, sha256: createHash('sha256').update(read.value).digest('hex'), entries: await readSidecar(format, read.value, profile) }
    return true
  }

  /** A sidecar taken in an earlier run, read for a document that came later. */
  async function readAgain(known: Look): Promise<void> {
    known.kind ??= recogniseFile(fileNameOf(known), Buffer.alloc(0))
    const ends = await readEnds(root, absolute(known.path), known)
    if (ends.kind === 'read') known.kind = recogniseFile(fileNameOf(known), ends.value.head)
    if (ends.kind !== 'read' || !isSidecarKind(known) || !(await parseSidecar(known))) known.failures += 1
  }

  async function settleDocument(known: Look, index: FolderIndex, turn: Turn): Promise<void> {
    if (known.kind === 'hl7') {
      known.final = true
      await takeHl7(known, turn)
      return
    }
    const companions = index.companionsOf(known)
    for (const companion of companions) {
      if (!companion.settled || companion.sidecar !== null || companion.failures > 0) continue
      await readAgain(companion)
      // No event told of it, and an earlier run had taken what stood there: what it says now is waited for.
      if (companion.sidecar === null && (await standing(companion)) === 'replaced') return await lookAt(companion.path)
    }
    if (!(await readOnce(known)) || !isRoomy) return
    const about = [...index.naming(known.path), ...companions.flatMap((other) => (other.sidecar ? [other.sidecar] : []))]
    const sidecarComing = companions.some((other) => !other.settled && !other.reported && other.sidecar === null && (other.readySince === null || isSidecarKind(other)))
    const pairing = await findSidecar(known, [...new Map(about.map((sidecar) => [sidecar.path, sidecar])).values()], sidecarComing)
    if (pairing.kind === 'wait') return
    const partners = pairing.sidecars.flatMap((relative) => looks.get(relative) ?? [])
    const said = createHash('sha256').update(JSON.stringify({ ...pairing.hints, identity: { ...pairing.hints.identity, unconfirmed: undefined } })).digest('base64')
    const { againFor } = known
    if (againFor && said === known.said) {
      settle(known)
      known.takenWith = new Set([...(known.takenWith ?? []), ...partners.map(keyOf)])
      return
    }
    const bytes = known.copy ?? (await readAll(known))
    await turn.before
    // What a sidecar said counts for as long as it says it.
    for (const one of [known, ...partners]) if (!(await isAsLooked(one))) return
    if (!bytes) return
    const receiving = receive(known, [{ ...arrivalOf(known, bytes, pairing.hints), ...(partners.length > 0 ? { alongside: partners.map(identityOf) } : {}) }])
    turn.pass()
    if (!(await receiving)) return
    known.takenWith = new Set(partners.map(keyOf))
    known.said = said
    known.againFor = null
  }

  /** Reads a document once, and keeps it until it is taken, as far as there is room: what waits for its sidecar may be written over meanwhile. */
  async function readOnce(known: Look): Promise<boolean> {
    if (known.digest !== null) return true
    const bytes = known.copy ?? (await readAll(known))
    if (!bytes) return false
    const digest = createHash('sha256').update(bytes).digest('hex')
    for (const relative of [known.path, ...known.formerPaths]) known.isUsedAgain ||= await ledger.heldOther(absolute(relative), digest)
    known.digest = digest
    keepCopy(known, bytes)
    return true
  }

  function keepCopy(known: Look, bytes: Buffer): void {
    letGo(known)
    known.wasRead = true
    if (keptBytes + bytes.byteLength > pace.keptBytes) return
    known.copy = bytes
    keptBytes += bytes.byteLength
  }

  function letGo(known: Look): void {
    keptBytes -= known.copy?.byteLength ?? 0
    known.copy = null
    known.wasRead = false
  }

  async function readAll(known: Look): Promise<Buffer | null> {
    const read = await readWhole(root, absolute(known.path), known)
    return (await readable(known, read)) && read.kind === 'read' ? read.value : null
  }

  /** What stands now where the last look saw this. */
  async function standing(look: Look): Promise<'as looked' | 'replaced' | 'gone'> {
    const stats = await lstat(absolute(look.path)).catch(() => null)
    if (!stats) return 'gone'
    return stats.size === look.size && stats.mtimeMs === look.mtimeMs ? 'as looked' : 'replaced'
  }

  /** Whether a file is as its last look saw it; otherwise it is looked at anew before anything is made of it. */
  async function isAsLooked(look: Look): Promise<boolean> {
    if ((await standing(look)) === 'as looked') return true
    lookAnew(look)
    look.settled = false
    return false
  }

  /** What stood under this name before, not whole, was the beginning of this one, or another content, which is told. Of one nobody read, its size and its file speak. */
  function settleFormers(known: Look, bytes: Buffer): void {
    for (const former of known.formers) {
      const isBeginning = former.copy ? continues(bytes, former.copy) : !former.wasRead && former.size <= known.size && former.inode === known.inode
      if (isBeginning) letGo(former)
      else {
        known.isOverwritten = true
        tellOf(former)
      }
    }
    known.formers = []
  }

  /** What follows was not read, or was taken before: nothing says that they were its beginning. */
  function leaveFormers(known: Look): void {
    for (const former of known.formers) tellOf(former)
    known.formers = []
  }

  function vanished(known: Look, renamed: Look | undefined): void {
    leaveFormers(known)
    if (renamed) {
      // The same file waits under its new name; what was doubtful of it stays so.
      renamed.formerPaths = [...renamed.formerPaths, ...known.formerPaths, known.path]
      renamed.isOverwritten ||= known.isOverwritten
      letGo(known)
    } else if (known.wasWhole || known.kind === 'hl7') tellOf(known)
    // Cut, and taken away again: its name is told.
    else if (known.wasRead && known.kind !== 'other') tellNameOf(known)
    else letGo(known)
  }

  /**
   * What waited is there no more, or was written over: it is taken as it was, by its name or for nobody, and stays with a person where a sidecar stood
   * beside what would go by itself. Of what was not kept its name is told, and not as taken: it may come back as it was, as the files of a share do
   * that was away. A sidecar alone is nothing to tell.
   */
  function tellOf(known: Look): void {
    const bytes = known.copy
    if (isSidecarLike(known)) letGo(known)
    else if (!bytes) tellNameOf(known)
    else if (known.kind === 'hl7') untold.set(known, () => hl7Arrivals(known, bytes))
    else {
      const arrival = asItWas(known, bytes)
      untold.set(known, async () => [arrival])
    }
  }

  function tellNameOf(known: Look): void {
    letGo(known)
    if (!isSidecarLike(known)) untold.set(known, async () => [nameOnly(known, 'file-vanished', 'ignored', 'gone before it was read')])
  }

  const isSidecarLike = (known: Look) => (known.kind === null ? sidecarNames.test(known.path) : isSidecarKind(known))

  function asItWas(known: Look, bytes: Buffer): Arrival {
    const document = { path: known.path, needsSidecar: known.kind === 'pdf', readySince: 0, named: known.named }
    const pairing = pairDocument(document, [], { sidecarComing: false, now: Number.POSITIVE_INFINITY, profile })
    if (pairing.kind === 'wait') throw new Error('nothing is waited for any more')
    // It would go by itself, and what stands beside it may have asked for less.
    const isAnnounced = (known.kind !== 'pdf' || known.named !== null) && [...looks.values()].some((other) => other !== known && sidecarNames.test(other.path) && goesWith(other.path, known.path))
    const refusal = isAnnounced ? { refusal: { code: 'sidecar-invalid', detail: 'its document was written over or removed before it was read', outcome: 'parked' as const } } : {}
    return arrivalOf(known, bytes, { ...pairing.hints, ...refusal })
  }

  async function tellUntold(): Promise<void> {
    if (!isRoomy) return
    for (const [known, arrivals] of untold) {
      if (stopped() || known.retryAt > now()) continue
      try {
        if (await receive(known, await arrivals())) untold.delete(known)
      } catch (error) {
        postpone(known, nameOf(error))
      }
    }
  }

  const hasWaited = (sidecar: Look) => sidecar.readySince !== null && now() - sidecar.readySince >= waitMs

  async function takeHl7(known: Look, turn: Turn): Promise<void> {
    if (!(await readOnce(known)) || !isRoomy) return
    const bytes = known.copy ?? (await readAll(known))
    if (!bytes) return
    await turn.before
    let arrivals: Arrival[]
    try {
      arrivals = await hl7Arrivals(known, bytes)
    } catch (error) {
      postpone(known, nameOf(error))
      return
    }
    await receive(known, arrivals)
  }

  async function hl7Arrivals(known: Look, bytes: Buffer): Promise<Arrival[]> {
    const fileName = fileNameOf(known)
    const arrivals = await readHl7File(bytes, { source: { kind: 'folder', name, reference: fileName }, fileName, applyIdentity, environment })
    return arrivals.map((arrival) => ({ ...arrival, file: identityOf(known), ...holdOf(known) }))
  }

  /** A sidecar is done when every document it speaks of is; one that speaks of nothing that comes is reported. */
  async function settleSidecar(known: Look, index: FolderIndex): Promise<void> {
    const sidecar = known.sidecar
    if (!sidecar) return
    const documents = index.documentsOf(sidecar)
    for (const document of documents.found) {
      // The document went without it, or with an older version of it: it goes again, once, with what is now said.
      if (!document.settled || !mayGoAgain(document, known)) continue
      // It may announce the next content of a name that is used again: that one is given the time to come.
      if (!hasWaited(known)) return
      known.sentAgain.add(keyOf(document))
      document.againFor = known
      document.settled = false
      document.readySince = null
      document.end = null
    }
    if (documents.found.some((document) => !document.settled)) return
    // It is not alone while the documents of its batch come.
    if (known.missing !== null && documents.missing < known.missing) known.readySince = now()
    known.missing = documents.missing
    if (documents.missing === 0 && documents.found.length > 0) {
      settle(known)
      return
    }
    if (!hasWaited(known)) return
    if (sidecar.entries.ok && sidecar.entries.value.length === 0 && documents.found.length === 0 && known.kind === 'xml') {
      // XML that says nothing a sidecar says is whatever it is: the documents room answers.
      await takeAsItIs(known, {})
      return
    }
    const detail = sidecar.entries.ok ? 'a document it describes has not come' : (sidecar.entries.failure.detail ?? 'unreadable')
    await takeAsItIs(known, { refusal: { code: 'sidecar-invalid', detail, outcome: 'parked' } })
  }

  function mayGoAgain(document: Look, sidecar: Look): boolean {
    if (document.final || document.link || document.hardLink || document.size === 0 || document.size > pace.maxFileBytes) return false
    return !document.takenWith?.has(keyOf(sidecar)) && !sidecar.sentAgain.has(keyOf(document))
  }

  async function takeAsItIs(known: Look, hints: DocumentHints): Promise<void> {
    const bytes = isRoomy ? await readAll(known) : null
    if (bytes) await receive(known, [arrivalOf(known, bytes, hints)])
  }

  function arrivalOf(known: Look, bytes: Uint8Array, hints: DocumentHints): Arrival {
    const fileName = fileNameOf(known)
    return { source: { kind: 'folder', name, reference: fileName }, bytes, fileName, hints: { ...hints, fileName }, file: identityOf(known), ...holdOf(known) }
  }

  /** Nothing of the file is read; the item's content is its name, so that a person can find it. */
  async function refuse(known: Look, code: ReasonCode, outcome: 'parked' | 'ignored', detail?: string): Promise<void> {
    known.final = true
    await receive(known, [{ ...nameOnly(known, code, outcome, detail), file: identityOf(known) }])
  }

  function nameOnly(known: Look, code: ReasonCode, outcome: 'parked' | 'ignored', detail?: string): Arrival {
    const fileName = fileNameOf(known)
    const bytes = Buffer.from(`${known.path}\n${known.size}\n${new Date(known.mtimeMs).toISOString()}\n`)
    return { source: { kind: 'folder', name, reference: fileName }, bytes, fileName, hints: { fileName, refusal: { code, outcome, ...(detail ? { detail } : {}) } } }
  }

  async function refuseTooLarge(known: Look): Promise<void> {
    const head = await readHead(root, absolute(known.path), known)
    if (!(await readable(known, head)) || head.kind !== 'read') return
    const fileName = fileNameOf(known)
    const detail = `${known.size} bytes, limit ${pace.maxFileBytes}`
    await receive(known, [
      { source: { kind: 'folder', name, reference: fileName }, bytes: head.value, fileName, hints: { fileName, refusal: { code: 'file-too-large', detail, outcome: 'parked' } }, file: identityOf(known) },
    ])
  }

  /** Said once, and the file is still followed: it is not marked as taken. */
  async function reportUntaken(known: Look, code: ReasonCode, detail?: string): Promise<void> {
    try {
      if (isRoomy) await ledger.receive([nameOnly(known, code, 'parked', detail)])
      else known.reported = false
    } catch {
      known.reported = false
    }
  }

  /** True when the read succeeded; otherwise what follows is arranged. */
  async function readable(known: Look, outcome: ReadOutcome<unknown>): Promise<boolean> {
    switch (outcome.kind) {
      case 'read':
        known.failures = 0
        known.failingSince = null
        return true
      case 'changed':
        lookAnew(known)
        return false
      case 'gone':
        return false
      case 'outside':
        await refuse(known, 'file-link-refused', 'ignored', 'its real place is outside the folder')
        return false
      case 'locked':
        postpone(known, outcome.code)
        if (now() - known.failingSince! >= pace.unreadableMs && !known.reported) {
          known.reported = true
          await reportUntaken(known, 'file-unreadable', outcome.code)
        }
        return false
    }
  }

  function lookAnew(known: Look): void {
    known.since = now()
    known.looks = 0
    known.end = null
    known.readySince = null
  }

  function postpone(known: Look, code: string): void {
    known.failingSince ??= now()
    const delay = retryDelays[Math.min(known.failures, retryDelays.length - 1)]!
    known.retryAt = now() + Math.min(delay, Math.max(pace.stabilityMs, pace.unreadableMs / 4))
    known.failures += 1
    log.warn({ error: code, tries: known.failures }, 'a file of the export folder cannot be taken yet')
  }

  /** Stores, and only then counts the file as taken. A storage that fails leaves the file where it is, to be tried again. */
  async function receive(known: Look, arrivals: readonly Arrival[]): Promise<Awaited<ReturnType<IntakeLedger['receive']>> | null> {
    if (!isRoomy) return null
    let received
    try {
      received = await ledger.receive(arrivals)
    } catch (error) {
      postpone(known, nameOf(error))
      return null
    }
    milestone('intake:before-taken')
    settle(known)
    milestone('intake:after-taken')
    known.failures = 0
    known.failingSince = null
    lastTakenAt = now()
    return received
  }

  function settle(known: Look): void {
    known.settled = true
    letGo(known)
    leaveFormers(known)
  }

  return {
    advance,
    overwritten(known, next) {
      known.formers = []
      if (known.wasWhole) tellOf(known)
      if (next.settled) leaveFormers(next)
    },
    vanished,
    untold: () => untold.size,
    identityOf,
    lastTakenAt: () => lastTakenAt,
  }
}

/** Of an exception its name alone: its message may quote a document. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}

import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { StoredFact, WireFact } from './check-invariants.ts'

/** What the training record's folder says of what it received and keeps: counted from its files, not from what the program says. */
export interface RecordFolder {
  read(): { stored: StoredFact[]; wire: WireFact[] }
  /** Does it hold this document? */
  holds(uniqueId: string): boolean
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Opens the folder of a training record. What was read of the wire is remembered: a second look reads only what is new. */
export function openRecordFolder(dir: string): RecordFolder {
  const wire = new Map<string, WireFact | null>()
  const documents = new Map<string, Pick<StoredFact, 'sha256' | 'embedded' | 'patients'>>()

  function documentOf(uniqueId: string): Pick<StoredFact, 'sha256' | 'embedded' | 'patients'> {
    const known = documents.get(uniqueId)
    if (known) return known
    const bytes = fs.readFileSync(path.join(dir, 'documents', `${uniqueId}.xml`))
    const text = bytes.toString('utf8')
    const pdf = /<text\b[^>]*mediaType="application\/pdf"[^>]*>([^<]*)</.exec(text)?.[1]
    const target = /<recordTarget\b[\s\S]*?<\/patientRole>/.exec(text)?.[0] ?? ''
    const patients = [...target.matchAll(/<id\b[^>]*root="1\.2\.250\.1\.213\.1\.4\.[^"]*"[^>]*>/g)].flatMap(([tag]) => /extension="([^"]*)"/.exec(tag)?.[1] ?? [])
    const document = { sha256: sha256(bytes), embedded: pdf === undefined ? null : sha256(Buffer.from(pdf, 'base64')), patients }
    documents.set(uniqueId, document)
    return document
  }

  function readStored(): StoredFact[] {
    const file = path.join(dir, 'registry/journal.jsonl')
    const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
    const uniqueIdOfEntry = new Map<string, string>()
    return lines.flatMap((line): StoredFact[] => {
      const lot = JSON.parse(line) as JournalLine
      const setId = identifier(lot.set, 'XDSSubmissionSet.uniqueId')
      const signs = new Set(lot.associations.filter(({ type }) => type.endsWith(':signs')).map(({ source }) => source))
      const replaced = lot.associations.find(({ type }) => type.endsWith(':RPLC'))
      return lot.entries.flatMap(({ entryUuid, object }) => {
        const uniqueId = identifier(object, 'XDSDocumentEntry.uniqueId')
        uniqueIdOfEntry.set(entryUuid, uniqueId)
        if (signs.has(entryUuid)) return []
        const { patients, ...document } = documentOf(uniqueId)
        const registeredFor = identifier(object, 'XDSDocumentEntry.patientId').split('^')[0] ?? ''
        return [{ ...document, uniqueId, setId, patients: [...patients, registeredFor], replaces: replaced === undefined ? null : (uniqueIdOfEntry.get(replaced.target) ?? replaced.target) }]
      })
    })
  }

  function readWire(): WireFact[] {
    const folder = path.join(dir, 'wire')
    const names = fs.existsSync(folder) ? fs.readdirSync(folder) : []
    const answered = new Set(names.filter((name) => name.endsWith('.response')))
    const facts: WireFact[] = []
    for (const name of names) {
      const [, number, transaction] = /^(\d+)-(TD2\.1|TD3\.1)\.request$/.exec(name) ?? []
      if (number === undefined) continue
      const known = wire.get(name)
      if (known) facts.push(known)
      if (known !== undefined) continue
      const answer = `${number}-${transaction}.response`
      const request = fs.readFileSync(path.join(folder, name))
      const fact = transaction === 'TD2.1' ? depositOf(Number(number), request, answered.has(answer) ? fs.readFileSync(path.join(folder, answer), 'utf8') : null) : questionOf(Number(number), request)
      // Without its answer it is looked at again the next time: it may still be being written.
      if (answered.has(answer)) wire.set(name, fact)
      if (fact) facts.push(fact)
    }
    return facts
  }

  return {
    read: () => ({ stored: readStored(), wire: readWire() }),
    holds: (uniqueId) => fs.existsSync(path.join(dir, 'documents', `${uniqueId}.xml`)),
  }
}

interface JournalLine {
  readonly set: JournalObject
  readonly entries: readonly { readonly entryUuid: string; readonly object: JournalObject }[]
  readonly associations: readonly { readonly type: string; readonly source: string; readonly target: string }[]
}

interface JournalObject {
  readonly identifiers: readonly { readonly name: string; readonly value: string }[]
}

const identifier = ({ identifiers }: JournalObject, name: string): string => identifiers.find((one) => one.name === name)?.value ?? ''

/** The document of one TD2.1 request, from its exact bytes. Null when the request is not what we write: it was refused anyway. */
function depositOf(number: number, request: Buffer, answer: string | null): WireFact | null {
  const head = request.toString('latin1', 0, request.indexOf('\r\n\r\n'))
  const boundary = /boundary="([^"]+)"/.exec(head)?.[1]
  if (boundary === undefined) return null
  const parts = partsOf(request, boundary)
  const envelope = parts[0]?.bytes.toString('utf8') ?? ''
  const attribute = (tag: string, name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
  const identifiers = [...envelope.matchAll(/<[\w:]*ExternalIdentifier\b[^>]*>/g)].map(([tag]) => ({ object: attribute(tag, 'registryObject'), scheme: attribute(tag, 'identificationScheme'), value: attribute(tag, 'value') }))
  const setId = identifiers.find(({ scheme }) => scheme === 'urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8')?.value
  const signature = [...envelope.matchAll(/<[\w:]*Association\b[^>]*>/g)].map(([tag]) => tag).find((tag) => attribute(tag, 'associationType').endsWith(':signs'))
  const document = identifiers.find(({ scheme, object }) => scheme === 'urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab' && object !== (signature ? attribute(signature, 'sourceObject') : ''))
  const part = document && new RegExp(`<[\\w:]*Document\\b[^>]*\\bid="${document.object}"[^>]*>\\s*<[^>]*href="cid:([^"]+)"`).exec(envelope)?.[1]
  const bytes = parts.find(({ id }) => id === part)?.bytes
  if (setId === undefined || document === undefined || bytes === undefined) return null
  return { kind: 'deposit', number, sentAt: sentAtOf(envelope), uniqueId: document.value, setId, sha256: sha256(bytes), answer: answerOf(answer) }
}

/** A repeat the record recognised is as good as stored: it has the document. */
function answerOf(answer: string | null): 'stored' | 'refused' | 'none' {
  if (answer === null) return 'none'
  return /ResponseStatusType:Success|XDSDuplicateUniqueIdInRegistry/.test(answer) ? 'stored' : 'refused'
}

function questionOf(number: number, request: Buffer): WireFact | null {
  const text = request.toString('utf8')
  const uniqueId = /\$XDSDocumentEntryUniqueId"[^>]*>[\s\S]*?<[\w:]*Value>[^<]*?(\d+(?:\.\d+)+)/.exec(text)?.[1]
  return uniqueId === undefined ? null : { kind: 'question', number, sentAt: sentAtOf(text), uniqueId }
}

/** Each try carries a VIHF of its own, which says when it was made. */
function sentAtOf(envelope: string): string {
  return /\bIssueInstant="([^"]+)"/.exec(envelope)?.[1] ?? ''
}

function partsOf(request: Buffer, boundary: string): { id: string; bytes: Buffer }[] {
  const mark = Buffer.from(`--${boundary}`)
  const parts: { id: string; bytes: Buffer }[] = []
  let start = request.indexOf(mark)
  for (;;) {
    const end = start < 0 ? -1 : request.indexOf(mark, start + mark.length)
    if (end < 0) return parts
    const part = request.subarray(start + mark.length + 2, end - 2)
    const headEnd = part.indexOf('\r\n\r\n')
    const id = /content-id:\s*<([^>]+)>/i.exec(part.toString('latin1', 0, headEnd))?.[1] ?? ''
    parts.push({ id, bytes: part.subarray(headEnd + 4) })
    start = end
  }
}

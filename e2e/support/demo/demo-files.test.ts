import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkCdaBody, metadataOf, patientOf, readCdaBody, readCdaHeader } from '#connector/documents/index.ts'
import { decideMessage, parseProfile, readFileName, readMessage, readSidecar } from '#connector/intake/index.ts'
import { visibilityCodes } from '#shared/terminology/index.ts'
import { demoPatients } from '../../../resources/demo/patients.ts'
import { demoPreload, preloadBytes } from '../../../resources/demo/preload.ts'
import { playFile, playList } from '../../../resources/demo/play-list.ts'
import { preload } from '../../../electron/sandbox/index.ts'
import { demoFiles } from './demo-files.ts'
import { newDocuments } from './new-documents.ts'

const demo = new URL('../../../resources/demo/', import.meta.url)
const now = Date.parse('2026-11-21T12:00:00Z')

describe('the generated files', () => {
  it('are those that are committed, byte for byte', async () => {
    const files = await demoFiles()
    const committed = ['preload', 'documents'].flatMap((folder) => readdirSync(new URL(folder, demo)).map((name) => `${folder}/${name}`))
    expect([...files.keys()].sort()).toEqual(committed.sort())
    for (const [name, bytes] of files) expect(Buffer.compare(bytes, readFileSync(new URL(name, demo))), name).toBe(0)
  })
})

describe('the pre-loaded documents as the connector reads them', () => {
  it.each(demoPreload())('$file gives the metadata of the manifest and a body to show', (entry) => {
    const bytes = preloadBytes(entry)
    const header = readCdaHeader(bytes)
    if (!header.ok) throw new Error(header.failure.code)
    const codes = entry.metadata.confidentiality.map(({ code }) => code)
    const visibility = {
      masked: codes.includes(visibilityCodes.masked.code),
      hiddenFromPatient: codes.includes(visibilityCodes.hiddenFromPatient.code),
      hiddenFromRepresentatives: codes.includes(visibilityCodes.hiddenFromRepresentatives.code),
    }
    expect(metadataOf(header.value, { visibility, now })).toEqual({ ok: true, value: entry.metadata })
    expect(header.value.faults).toEqual([])
    expect(checkCdaBody(bytes).ok).toBe(true)
    expect(readCdaBody(bytes).ok).toBe(true)
  })
})

describe('the new CDA documents', () => {
  const documents = playList()
    .flatMap(({ files, via, patient }) => files.map((name) => ({ name, via, patient })))
    .filter(({ name, via }) => via === 'hl7' || name.endsWith('.xml'))
    .map(({ name, via, patient }) => ({ name, patient, bytes: via === 'hl7' ? carried(playFile(name)) : playFile(name) }))
    .filter(({ bytes }) => Buffer.from(bytes).includes('<ClinicalDocument'))

  it('are eight', () => {
    expect(documents).toHaveLength(8)
  })

  it.each(documents)('$name names its patient with the INS and the local number', ({ bytes, patient }) => {
    const header = readCdaHeader(bytes)
    if (!header.ok) throw new Error(header.failure.code)
    const found = patientOf(header.value)
    if (!found.ok) throw new Error(found.failure.code)
    expect(found.value.ins?.extension).toBe(demoPatients().patients.find(({ localId }) => localId === patient)?.ins)
    expect(checkCdaBody(bytes).ok).toBe(true)
    expect(header.value.faults).toEqual([])
    expect(metadataOf(header.value, { visibility: { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false }, now }).ok).toBe(true)
  })
})

describe('the sidecars and names as the default profile reads them', () => {
  const profile = parseProfile(readFileSync(new URL('../profiles/default.json', demo), 'utf8'))
  if (!profile.ok) throw new Error(profile.failure.detail)
  const withSidecar = newDocuments.flatMap((document) =>
    document.delivery === 'json' || document.delivery === 'xml' || document.delivery === 'csv' ? [{ document, name: document.name, format: document.delivery }] : [],
  )

  it.each(withSidecar)('$format beside $name says whose it is, what it is, when and by whom', async ({ document, name, format }) => {
    const entries = await readSidecar(format, playFile(`${name}.${format}`), profile.value)
    if (!entries.ok) throw new Error(entries.failure.detail)
    const { patient, author } = document
    expect(entries.value).toHaveLength(1)
    expect(entries.value[0]?.hints).toMatchObject({
      identity: {
        ins: patient.ins, birthName: patient.birthName, givenName: patient.givenNames.split(' ')[0], birthDate: patient.birthDate, sex: patient.sex,
        birthPlace: patient.birthPlace.code, localId: patient.localId,
      },
      typeCode: document.type,
      title: document.title,
      documentDate: document.at.slice(0, 10),
      authorId: author === 'patient' ? '' : author.id,
    })
    expect(entries.value[0]?.hints.refusal).toBeUndefined()
  })

  it.each(newDocuments.filter(({ delivery }) => delivery === 'pattern'))('the PDF $name is read by its name', ({ name, type, patient }) => {
    const hints = readFileName(`${name}.pdf`, profile.value)
    expect(hints?.typeCode).toBe(type)
    expect(hints?.identity?.localId === patient.localId || hints?.identity?.birthDate === patient.birthDate).toBe(true)
  })
})

describe('the messages as the feed decides them', () => {
  it.each(newDocuments.filter(({ delivery }) => delivery === 'oru' || delivery === 'mdm'))('the message $name is accepted with its document and its visibility', ({ name, patient, visibility }) => {
    const bytes = playFile(`${name}.hl7`)
    const message = readMessage(bytes)
    if (message === null) throw new Error('not a message')
    const decision = decideMessage(message)
    expect(decision.ack).toEqual({ code: 'AA' })
    expect(decision.arrivals).toHaveLength(1)
    const [arrival] = decision.arrivals
    expect(Buffer.compare(arrival?.bytes ?? new Uint8Array(), carried(bytes))).toBe(0)
    expect(arrival?.hints.identity).toMatchObject({ ins: patient.ins, birthName: patient.birthName, birthPlace: patient.birthPlace.code, localId: patient.localId, qualified: true })
    expect(arrival?.hints.visibility).toEqual({ masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false, ...visibility })
  })
})

describe('the training record', () => {
  it('takes every pre-loaded document, once', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'relais-preload-'))
    try {
      const documents = demoPreload().map((entry) => ({ bytes: preloadBytes(entry), metadata: entry.metadata, submittedAt: new Date(entry.submittedAt) }))
      expect(await preload(folder, documents)).toBe(documents.length)
      expect(await preload(folder, documents)).toBe(0)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

/** The CDA in the ED field of a message. */
function carried(message: Uint8Array): Uint8Array {
  const data = /\^XML\^Base64\^([^|]+)\|/.exec(Buffer.from(message).toString('latin1'))?.[1]
  if (data === undefined) throw new Error('no document in the message')
  return Buffer.from(data, 'base64')
}

import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { PDFDocument } from 'pdf-lib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { documentExample } from '../record-example.ts'
import { cdaExample, pdfExample } from '../search/text-example.ts'
import { copiedFiles } from './copied-files.ts'
import { checkCopyFolder, writeCopy } from './write-copy.ts'

const patient = { ins: '284069999999968', insOid: '1.2.250.1.213.1.4.10', birthName: 'D’ŒUVRE-LE GOFF', givenName: 'Zoé Anne', usedName: null, birthDate: '1984-06-12', sex: 'F' as const }
const document = documentExample('1.2.3', { typeLabel: 'CR d’imagerie : ../../etc', serviceStartTime: '2026-11-10T08:00:00Z' })
const copy = (bytes: Uint8Array, of = patient) => {
  const files = copiedFiles({ document, bytes, patient: of, copiedAt: '2026-11-29T12:00:00Z' })
  if (!files.ok) throw new Error(files.failure.code)
  return files.value
}

describe('what is copied', () => {
  it('is the PDF a document holds, under a name any system takes, with what is to be known beside it', async () => {
    const pdf = await pdfExample('Page')
    const { name, bytes, sha256, sidecar } = copy(cdaExample('Texte', pdf))
    expect(Buffer.from(bytes).equals(Buffer.from(pdf))).toBe(true)
    expect(name).toBe(`D-OEUVRE-LE-GOFF_Zoe-Anne_19840612_20261110_CR-d-imagerie-etc_${sha256.slice(0, 8)}.pdf`)
    expect(sidecar.name).toBe(name.replace('.pdf', '.json'))
    expect(JSON.parse(sidecar.text)).toMatchObject({ origin: 'dmp', file: name, sha256, mediaType: 'application/pdf', copiedAt: '2026-11-29T12:00:00Z', patient, document: { uniqueId: '1.2.3' } })
  })

  it('is the document as it is where it holds no PDF, or several', async () => {
    const bare = cdaExample('Texte')
    expect(copy(bare)).toMatchObject({ bytes: bare, name: expect.stringMatching(/\.xml$/) })
    const [one, other] = [await pdfExample('Un'), await pdfExample('Deux')].map((pdf) => Buffer.from(cdaExample('Texte', pdf)).toString())
    const entry = /<entry>.*<\/entry>/s.exec(other!)![0]
    const both = Buffer.from(one!.replace('</entry>', `</entry>${entry}`))
    expect(copy(both)).toMatchObject({ bytes: both, name: expect.stringMatching(/\.xml$/) })
  })

  it('is never a PDF that would do something once opened elsewhere', async () => {
    const active = await PDFDocument.create()
    active.addPage()
    active.addJavaScript('main', 'app.alert(1)')
    const bytes = cdaExample('Texte', await active.save({ useObjectStreams: false }))
    expect(copiedFiles({ document, bytes, patient, copiedAt: '' })).toMatchObject({ ok: false, failure: { code: 'pdf-active-content' } })
  })

  it('is named by number where the patient is known by nothing else', () => {
    expect(copy(cdaExample('Texte'), { ...patient, birthName: '', givenName: '', birthDate: null as never }).name).toMatch(/^INS-284069999999968_20261110_/)
  })
})

describe('the folder of copies', () => {
  let folder: string
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-copies-'))
  })
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

  it('is one the practice set, that is there, and that is not watched, be it by another name', async () => {
    expect(await checkCopyFolder(undefined, [])).toMatchObject({ failure: { code: 'copy-folder-not-set' } })
    expect(await checkCopyFolder(path.join(folder, 'gone'), [])).toMatchObject({ failure: { code: 'copy-folder-unwritable' } })
    const [watched, beside] = [path.join(folder, 'export'), path.join(folder, 'export-copies')]
    for (const one of [watched, beside, path.join(watched, 'in')]) fs.mkdirSync(one)
    fs.symlinkSync(watched, path.join(folder, 'link'))
    for (const one of [watched, path.join(watched, 'in'), path.join(folder, 'link')]) expect(await checkCopyFolder(one, [watched])).toMatchObject({ failure: { code: 'copy-folder-watched' } })
    expect(await checkCopyFolder(beside, [watched, path.join(folder, 'gone')])).toEqual({ ok: true, value: beside })
  })

  it('holds whole files alone: the same copy again takes its place, one that fails leaves nothing', async () => {
    const files = copy(cdaExample('Texte'))
    expect(await writeCopy(folder, files)).toMatchObject({ ok: true })
    expect(await writeCopy(folder, files)).toMatchObject({ ok: true })
    expect(fs.readdirSync(folder).sort()).toEqual([files.sidecar.name, files.name].sort())
    expect(fs.readFileSync(path.join(folder, files.name)).equals(Buffer.from(files.bytes))).toBe(true)
    const taken = { ...files, sidecar: { name: 'taken.json', text: '{}' } }
    fs.mkdirSync(path.join(folder, 'taken.json', 'x'), { recursive: true })
    expect(await writeCopy(folder, taken)).toMatchObject({ ok: false, failure: { code: 'copy-folder-unwritable' } })
    expect(await writeCopy(path.join(folder, 'gone'), files)).toMatchObject({ ok: false, failure: { code: 'copy-folder-unwritable', detail: 'ENOENT' } })
    expect(fs.readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })
})

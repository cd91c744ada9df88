import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { PDFDocument, PDFName, PDFRawStream } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { readPdfText } from '#connector/documents/index.ts'
import { textSays } from '#connector/patients/index.ts'
import { demoPatients, firstGivenName } from './patients.ts'
import { demoPractice } from './practice.ts'
import { demoPreload, preloadBytes } from './preload.ts'
import { playFile, playList } from './play-list.ts'

const steps = playList()
const names = steps.flatMap(({ files }) => files)
const cut = steps.filter(({ expected }) => expected.includes('cut')).flatMap(({ files }) => files)
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('the pre-loaded documents', () => {
  const entries = demoPreload()

  it.each(entries)('$file has the bytes its manifest says', (entry) => {
    const bytes = preloadBytes(entry)
    expect(sha256(bytes)).toBe(entry.sha256)
    expect(bytes.length).toBe(entry.size)
  })

  it('are of the twelve patients, all different, and the folder holds nothing else', () => {
    const known = new Set(demoPatients().patients.map(({ ins }) => ins))
    expect(new Set(entries.map(({ metadata }) => metadata.ins.value))).toEqual(known)
    expect(new Set(entries.map(({ metadata }) => metadata.uniqueId)).size).toBe(entries.length)
    expect(readdirSync(new URL('preload/', import.meta.url)).sort()).toEqual([...entries.map(({ file }) => file), 'manifest.json'].sort())
  })

  it('hold hidden documents, one from a patient, ours and others', () => {
    const codes = entries.flatMap(({ metadata }) => metadata.confidentiality.slice(1).map(({ code }) => code))
    expect(codes.sort()).toEqual(['INVISIBLE_PATIENT', 'INVISIBLE_REPRESENTANTS_LEGAUX', 'MASQUE_PS'])
    expect(entries.filter(({ metadata }) => metadata.authors[0]?.kind === 'patient')).toHaveLength(1)
    const ours = entries.filter(({ metadata }) => metadata.authors[0]?.institution?.id === demoPractice().structures[0]?.id)
    expect(ours.length).toBeGreaterThan(8)
    expect(entries.length - ours.length).toBeGreaterThan(20)
  })
})

describe('the new documents', () => {
  it('are all there and nothing else', () => {
    expect(readdirSync(new URL('documents/', import.meta.url)).sort()).toEqual([...names, 'play-list.json'].sort())
    expect(steps).toHaveLength(22)
  })

  it.each(names.filter((name) => name.endsWith('.pdf') && !cut.includes(name)))('%s is a PDF/A-1b as far as can be read', async (name) => {
    const bytes = playFile(name)
    expect(Buffer.from(bytes.subarray(0, 8)).toString('latin1')).toBe('%PDF-1.4')
    const pdf = await PDFDocument.load(bytes, { updateMetadata: false })
    expect(pdf.getPageCount()).toBeGreaterThan(0)
    const metadata = pdf.context.lookup(pdf.catalog.get(PDFName.of('Metadata')))
    if (!(metadata instanceof PDFRawStream)) throw new Error('no XMP')
    expect(metadata.dict.has(PDFName.of('Filter'))).toBe(false)
    const xmp = Buffer.from(metadata.contents).toString('utf8')
    expect(xmp).toContain('<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>')
    expect(xmp).toContain(pdf.getTitle()?.replace(/&/g, '&amp;'))
    expect(pdf.catalog.has(PDFName.of('OutputIntents'))).toBe(true)
    expect(pdf.context.trailerInfo.ID).toBeDefined()
  })

  const announced = demoPatients().patients
  const readable = steps.flatMap(({ files, patient }) => files.filter((name) => name.endsWith('.pdf') && !cut.includes(name)).map((name) => ({ name, patient: announced.find(({ localId }) => localId === patient) })))

  it.each(readable)('$name names its own patient, and nobody else’s', async ({ name, patient }) => {
    const text = (await readPdfText(playFile(name), { characters: 20_000 })).pages.join('\n')
    for (const other of announced) {
      const said = textSays(text, { ...other, givenName: firstGivenName(other) })
      if (other === patient) expect(said).toBe('confirms')
      else expect(said, other.localId).not.toBe('confirms')
    }
  })

  it('hold one PDF cut in the middle, without its end mark', () => {
    const pdfs = cut.filter((name) => name.endsWith('.pdf'))
    expect(pdfs).toHaveLength(1)
    const text = Buffer.from(playFile(pdfs[0] ?? '')).toString('latin1')
    expect(text.startsWith('%PDF-1.4')).toBe(true)
    expect(text).not.toContain('%%EOF')
  })

  it('hold one PDF of a patient who is never announced', () => {
    const announced = new Set(demoPatients().patients.map(({ localId }) => localId))
    const unknown = steps.filter(({ patient }) => !announced.has(patient))
    expect(unknown.map(({ expected }) => expected)).toEqual(['waits: the patient was never announced'])
    const sidecar = JSON.parse(Buffer.from(playFile(unknown[0]?.files.find((name) => name.endsWith('.json')) ?? '')).toString('utf8')) as { ins: string }
    expect(demoPatients().patients.map(({ ins }) => ins)).not.toContain(sidecar.ins)
  })

  it.each(names.filter((name) => name.endsWith('.hl7')))('%s is a message of profile 2.1 with every flag and a whole CDA', (name) => {
    const segments = Buffer.from(playFile(name)).toString('utf8').split('\r').filter(Boolean).map((line) => line.split('|'))
    const [msh] = segments
    expect(msh?.[8]).toMatch(/^(ORU\^R01\^ORU_R01|MDM\^T02\^MDM_T02)$/)
    expect(msh?.[20]).toBe('2.1^CISIS_CDA_HL7_V2')
    const pid = segments.find(([tag]) => tag === 'PID')
    expect(pid?.[32]).toBe('VALI')
    expect(pid?.[3]).toContain('&1.2.250.1.213.1.4.10&ISO^INS')
    const observations = segments.filter(([tag]) => tag === 'OBX')
    expect(observations.map((fields) => fields[1])).toEqual(observations.map((_, index) => String(index + 1)))
    const flags = new Map(observations.slice(1).map((fields) => [fields[3]?.split('^')[0], fields[5]?.split('^')[0]]))
    expect([...flags.keys()]).toEqual([
      'MASQUE_PS', 'INVISIBLE_PATIENT', 'INVISIBLE_REP_LEGAUX', 'CONNEXION_SECRETE', 'MODIF_CONF_CODE', 'DESTDMP', 'DESTMSSANTEPS', 'DESTMSSANTEPAT', 'ACK_RECEPTION', 'ACK_LECTURE_MSS',
    ])
    for (const value of flags.values()) expect(value).toMatch(/^[YN]$/)
    expect(flags.get('DESTDMP')).toBe('Y')
    const cda = Buffer.from(observations[0]?.[5]?.split('^')[4] ?? '', 'base64').toString('utf8').trimEnd()
    expect(cda.endsWith('</ClinicalDocument>')).toBe(true)
    expect(observations[0]?.[11]).toBe('F')
    expect(segments.find(([tag]) => tag === 'ORC')?.[1]).toBe('NW')
    const oid = /<id root="([^"]+)"\/>/.exec(cda)?.[1]
    const txa = segments.find(([tag]) => tag === 'TXA')
    if (txa) expect(txa[12]).toBe(oid)
    const sender = segments.find(([tag]) => tag === 'PRT')
    expect(sender?.[4]?.split('^')[0]).toBe('SB')
    expect(demoPractice().professionals.map(({ id }) => id)).toContain(sender?.[5]?.split('^')[0])
  })
})

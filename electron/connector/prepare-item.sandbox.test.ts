import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { PDFDocument } from 'pdf-lib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '../sandbox/index.ts'
import { practiceFile, recordConfig, type DocumentMetadata, type Failure, type Party, type Practice, type ReasonCode, type Result } from '#shared/contract/index.ts'
import { confidentialityCodes, visibilityCodes } from '#shared/terminology/index.ts'
import { ConsentRegister } from './consent/index.ts'
import { anyCda, words } from './documents/any-cda.test.data.ts'
import { cdaExample } from './documents/cda-example.ts'
import { checkDeposit, metadataOf, readCdaHeader, writeCda, type CdaHeader, type CdaToWrite } from './documents/index.ts'
import { frozenOf, openSqliteLedger, type ItemRow, type Ledger } from './outbox/index.ts'
import { temporaryStore } from './outbox/test-store.ts'
import { insKey, PatientRegistry } from './patients/index.ts'
import { choiceOf } from './choose-patient.ts'
import { typeChoiceOf } from './choose-type.ts'
import { prepareItem, type Preparation } from './prepare-item.ts'
import { openDmpRecord, type NationalRecord } from './record/index.ts'

const practice = practiceFile.parse({ structures: [cdaExample.structure], professionals: [cdaExample.professional] })
const asDoctor: Party = { kind: 'professional', professional: practice.professionals[0]!, structure: practice.structures[0]! }
const asStructure: Party = { kind: 'structure', structure: practice.structures[0]! }
const now = Date.UTC(2026, 10, 21, 12)

let dir = ''
let sandbox: Sandbox
let record: NationalRecord
let handle: Awaited<ReturnType<typeof temporaryStore>>
let ledger: Ledger
let preparation: Preparation
let last = 0
/** Ids no other document of this run has. */
const newOid = (kind: string) => `1.2.250.1.999.77.${kind === 'document' ? 8 : 9}.${(last += 1)}`

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'check-sandbox-'))
  sandbox = await startSandbox({ dir, port: 0, practice })
  const config = recordConfig.parse(JSON.parse(await readFile(sandbox.configPath, 'utf8')))
  record = await openDmpRecord({ config, baseDir: dir, now: Date.now, randomUuid: randomUUID, softwareVersion: '1.2.3' })
  handle = await temporaryStore()
  ledger = openSqliteLedger(handle.store, { now: () => now, newId: randomUUID })
  const rooms = { store: handle.store, ledger, registry: new PatientRegistry(handle.store, randomUUID), consent: new ConsentRegister(handle.store) }
  preparation = { ...rooms, practice, environment: 'training', maxDocumentBytes: 5_000_000, now: () => now, readText: async () => ({ text: '', isWhole: true }), onPatientLearnt: () => undefined, oidOf: newOid }
})
afterAll(async () => {
  await record.close()
  await sandbox.close()
  handle.remove()
  await rm(dir, { recursive: true })
})

/** The document's own words, kept through every defect; written for the practice that has the certificates. */
function cda(changes: Partial<CdaToWrite> = {}): string {
  const written = writeCda({ ...cdaExample, ...changes })
  if (!written.ok) throw new Error(written.failure.detail)
  return Buffer.from(written.value).toString()
}

/** A number nobody of this run has: the same one with other traits is another matter. */
function newIns(): string {
  const first = `2840699${String((last += 1)).padStart(6, '0')}`
  return `${first}${insKey(first)}`
}

/** The fields a document of this practice may have, with an id and a patient of its own. */
const ourCda = fc
  .record({ any: anyCda, createdAt: fc.integer({ min: Date.UTC(2026, 0, 2), max: now }).map((at) => Math.floor(at / 1000) * 1000) })
  .map(({ any, createdAt }): CdaToWrite => {
    const { id, profession, specialty, structure } = cdaExample.professional
    return {
      ...any,
      createdAt,
      serviceStart: createdAt - 3_600_000,
      serviceStop: any.serviceStop === null ? null : createdAt,
      replaces: null,
      // A letter at least: a name of dashes is none.
      patient: { ...any.patient, ins: newIns(), insOid: cdaExample.patient.insOid, birthName: `É${any.patient.birthName}`, givenName: `A${any.patient.givenName}` },
      professional: { ...any.professional, id, profession, structure, ...(specialty && { specialty }) },
      structure: { ...any.structure, id: cdaExample.structure.id },
    }
  })
const visibilities = fc.record({ masked: fc.boolean(), hiddenFromPatient: fc.boolean(), hiddenFromRepresentatives: fc.boolean() })

async function prepared(bytes: Uint8Array, visibility = { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false }): Promise<ItemRow> {
  const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: 'a.xml' }, bytes, fileName: 'a.xml', hints: { visibility } }])
  await prepareItem((await ledger.byId(items[0]!.id))!, preparation)
  return (await ledger.byId(items[0]!.id))!
}

async function send(party: Party, document: DocumentMetadata, bytes: Uint8Array): Promise<Failure | null> {
  const lot = await record.prepare({ party, submissionSetId: newOid('set'), submittedAt: now, documents: [{ metadata: document, replacesEntryUuid: null }] }, [bytes])
  if (!lot.ok) return lot.failure
  const sent = await record.send(party, document.ins, lot.value, [bytes])
  return sent.ok ? null : sent.failure
}

/** Sends what the walk made ready; the record's refusal, null when it took it. */
async function sendPrepared(row: ItemRow): Promise<Failure | null> {
  const { party, metadata, documentSha256 } = frozenOf(row)
  return send(party, metadata, handle.store.spool.get(documentSha256))
}

/** What the check says of a defect alone, and what the record answers when it is sent all the same: `taken` where the check asks for more. */
type CdaDefect = readonly [name: string, check: ReasonCode | 'passes', record: ReasonCode | 'taken' | 'nothing to send', spoil: (text: string) => string]

/** Replaces every one, and says so when there is nothing to spoil. */
const all = (found: RegExp | string, instead: string) => (text: string) => {
  const spoilt = text.replaceAll(found, instead)
  if (spoilt === text) throw new Error(`nothing to spoil: ${String(found)}`)
  return spoilt
}
const one = (found: RegExp | string, instead: string) => (text: string) => text.replace(found, instead)
const oneOf = (found: RegExp, instead: string) => all(new RegExp(found, 'g'), instead)

const cdaDefects: readonly CdaDefect[] = [
  ['id with an extension', 'cda-id-invalid', 'nothing to send', one(/<id root="([^"]+)"\/>/, '<id root="$1" extension="1"/>')],
  ['id that is no OID', 'cda-id-invalid', 'nothing to send', one(/<id root="[^"]+"\/>/, '<id root="1.2.250.01"/>')],
  ['id of 65 characters', 'cda-id-invalid', 'nothing to send', one(/<id root="[^"]+"\/>/, `<id root="1.2.${'9'.repeat(61)}"/>`)],
  ['id with a blank', 'cda-id-invalid', 'nothing to send', one(/<id root="([^"]+)"\/>/, '<id root="$1 "/>')],
  ['type with a blank', 'type-not-accepted', 'nothing to send', one(/<code code="([^"]+)"/, '<code code=" $1"')],
  ['INS with a blank', 'ins-invalid', 'nothing to send', one(/(<patientRole>\s*<id root="[^"]+" extension="\d[^"]+)"/, '$1 "')],
  ['local number with a blank', 'passes', 'taken', one(/(<patientRole>\s*<id [^>]+>)/, '$1<id root="1.2.250.1.999.77.2" extension=" P000482"/>')],
  ['setId that is no OID', 'cda-id-invalid', 'taken', oneOf(/<setId root="[^"]+"/, '<setId root="une version"')],
  ['type outside the list', 'type-not-accepted', 'nothing to send', oneOf(/<code code="[^"]+" displayName="[^"]*" codeSystem="(2\.16\.840\.1\.113883\.6\.1|1\.2\.250\.1\.213\.1\.1\.4\.12)"/, '<code code="00000-0" codeSystem="2.16.840.1.113883.6.1"')],
  ['type of another system', 'type-not-accepted', 'nothing to send', oneOf(/(<code code="[^"]+" displayName="[^"]*" codeSystem=")(2\.16\.840\.1\.113883\.6\.1|1\.2\.250\.1\.213\.1\.1\.4\.12)"/, '$19.9.9"')],
  ['title of 300 characters', 'cda-header-invalid', 'record-document-refused', oneOf(/<title>[^<]*</, `<title>${'😀é'.repeat(150)}<`)],
  ['title of blanks', 'cda-header-incomplete', 'nothing to send', oneOf(/<title>[^<]*</, '<title>  <')],
  ['restricted', 'cda-restricted', 'nothing to send', all('<confidentialityCode code="N"', '<confidentialityCode code="R"')],
  ['language in capitals', 'cda-header-invalid', 'record-metadata-refused', all('<languageCode code="fr-FR"', '<languageCode code="FR"')],
  ['no realm', 'cda-header-incomplete', 'record-document-refused', one(/<realmCode.*\/>/, '')],
  ['no standard', 'cda-header-incomplete', 'record-document-refused', one(/<typeId.*\/>/, '')],
  ['no CI-SIS', 'cda-header-incomplete', 'record-document-refused', one('<templateId root="1.2.250.1.213.1.1.1.1"/>', '')],
  ['no set', 'cda-header-incomplete', 'record-document-refused', one(/<setId.*\/>/, '')],
  ['version 0', 'cda-header-invalid', 'record-document-refused', one(/<versionNumber.*\/>/, '<versionNumber value="0"/>')],
  ['no language', 'cda-header-incomplete', 'record-document-refused', one(/<languageCode.*\/>/, '')],
  ['language of elsewhere', 'cda-header-invalid', 'record-document-refused', one('fr-FR', 'en-US')],
  ['no custodian', 'cda-header-incomplete', 'record-document-refused', one(/<custodian>[\s\S]*<\/custodian>/, '')],
  ['not signed', 'cda-header-incomplete', 'record-document-refused', one(/<signatureCode.*\/>/, '')],
  ['no practice setting', 'cda-header-incomplete', 'nothing to send', one(/<standardIndustryClassCode.*\/>/, '')],
  ['a race', 'cda-header-invalid', 'record-document-refused', one('<birthplace>', '<raceCode code="1"/><birthplace>')],
  ['two legal authenticators', 'cda-header-invalid', 'record-document-refused', one(/(<legalAuthenticator>[\s\S]*<\/legalAuthenticator>)/, '$1$1')],
  ['author without profession', 'cda-header-incomplete', 'record-document-refused', one(/(<assignedAuthor>\s*<id [^>]*>)\s*<code [^>]*>/, '$1')],
  ['title after the time', 'cda-header-invalid', 'record-document-refused', one(/(<title>.*<\/title>)\s*(<effectiveTime [^>]*>)/, '$2$1')],
  ['an element of nowhere', 'cda-header-invalid', 'record-document-refused', one('<languageCode', '<foo/><languageCode')],
  ['written on a day', 'cda-header-invalid', 'record-document-refused', one(/<effectiveTime value="(\d{8})[^"]*"/, '<effectiveTime value="$1"')],
  ['an act of a day', 'passes', 'taken', one(/(<serviceEvent>\s*<effectiveTime><low value="\d{8})[^"]*"/, '$1"')],
  ['patient without all given names', 'cda-header-incomplete', 'record-document-refused', one(/<given>[^<]*<\/given>/, '')],
  ['author of no register', 'cda-header-invalid', 'record-document-refused', one(/(<assignedAuthor>\s*<id root=")[^"]*/, '$11.2.3.4.5')],
  ['author of a profession of another list', 'cda-header-invalid', 'record-document-refused', one(/(<assignedAuthor>\s*<id [^>]*>\s*<code [^>]*codeSystem=")[^"]*/, '$11.2.3')],
  ['author of no structure', 'cda-header-incomplete', 'record-document-refused', one(/(<author>[\s\S]*?)<representedOrganization>[\s\S]*?<\/representedOrganization>/, '$1')],
  ['authenticator without profession', 'cda-header-incomplete', 'record-document-refused', one(/(<legalAuthenticator>[\s\S]*?)<code [^>]*>/, '$1')],
  ['authenticated by a patient', 'passes', 'taken', one(/(<legalAuthenticator>[\s\S]*?)<id [^>]*>/, '$1<id root="1.2.250.1.213.1.4.10" extension="284069999999968"/>')],
  ['custodian of no address', 'cda-header-incomplete', 'record-document-refused', one(/(<representedCustodianOrganization>[\s\S]*?)<addr>.*?<\/addr>/, '$1')],
  ['performed by nobody in charge', 'cda-header-invalid', 'record-document-refused', one('typeCode="PRF"', 'typeCode="SPRF"')],
  ['a PDF that does not say it is in base64', 'cda-header-invalid', 'record-document-refused', one(' representation="B64"', '')],
  ['date that does not exist', 'date-impossible', 'nothing to send', oneOf(/<effectiveTime value="\d{8}/, '<effectiveTime value="20260231')],
  ['date of tomorrow week', 'date-impossible', 'nothing to send', oneOf(/<effectiveTime value="\d{8}/, '<effectiveTime value="20261128')],
  ['act of tomorrow week', 'date-impossible', 'taken', one(/<serviceEvent>\s*<effectiveTime><low value="\d{8}/, '<serviceEvent>\n<effectiveTime><low value="20261128')],
  ['act that ends before it begins', 'date-impossible', 'taken', one(/<serviceEvent>\s*<effectiveTime>(<low [^>]*>).*?<\/effectiveTime>/, '<serviceEvent><effectiveTime>$1<high value="20010101"/></effectiveTime>')],
  ['act without a time', 'cda-header-incomplete', 'nothing to send', one(/<serviceEvent>\s*<effectiveTime>.*?<\/effectiveTime>/, '<serviceEvent>')],
  ['two patients', 'cda-patient-ambiguous', 'nothing to send', one(/(<recordTarget>[\s\S]*<\/recordTarget>)/, '$1$1')],
  ['INS with a wrong key', 'ins-invalid', 'record-refused', oneOf(/(extension="\d{5}(?:\d\d|2[AB])\d{6})\d\d"/, '$100"')],
  ['INS of production', 'ins-production-in-training', 'ins-production-in-training', all('root="1.2.250.1.213.1.4.10"', 'root="1.2.250.1.213.1.4.8"')],
  ['INS withdrawn', 'ins-missing', 'nothing to send', all('root="1.2.250.1.213.1.4.10"', 'root="1.2.250.1.213.1.4.2"')],
  ['no birth name', 'traits-incomplete', 'taken', oneOf(/<family qualifier="BR">[^<]*</, '<family qualifier="BR"><')],
  ['no birth date', 'traits-incomplete', 'taken', oneOf(/<birthTime value="[^"]*"\/>/, '<birthTime nullFlavor="UNK"/>')],
  ['no sex', 'traits-incomplete', 'taken', oneOf(/<administrativeGenderCode code="[^"]*"/, '<administrativeGenderCode nullFlavor="UNK"')],
  ['author of another practice', 'author-not-ours', 'record-author-refused', all(cdaExample.professional.id, '899999999999')],
  ['author and structure of another practice', 'author-not-ours', 'record-author-refused', (text) => text.replaceAll(cdaExample.professional.id, '899999999999').replaceAll(cdaExample.structure.id, '499999999999001')],
  ['author with a separator in the number', 'cda-header-invalid', 'record-metadata-refused', oneOf(/(<id root="1\.2\.250\.1\.71\.4\.2\.1" extension=")/, '$1^')],
  ['author of 300 letters', 'cda-header-invalid', 'record-metadata-refused', oneOf(/<family>[^<]*</, `<family>${'É'.repeat(300)}<`)],
  ['speciality with a separator', 'cda-header-invalid', 'record-metadata-refused', oneOf(/code="G15_10\/SM54"/, 'code="G15^10"')],
  ['speciality of 300 letters', 'cda-header-invalid', 'record-metadata-refused', oneOf(/(code="G15_10\/SM54" displayName=")[^"]*/, `$1${'x'.repeat(300)}`)],
  ['no legal authenticator', 'cda-header-incomplete', 'nothing to send', one(/<legalAuthenticator>[\s\S]*<\/legalAuthenticator>/, '')],
  ['legal authenticator without a number', 'cda-header-incomplete', 'nothing to send', one(/(<legalAuthenticator>[\s\S]*?)<id [^>]*>/, '$1<id nullFlavor="UNK"/>')],
  ['sector of another list', 'care-place-not-accepted', 'record-metadata-refused', oneOf(/codeSystem="1\.2\.250\.1\.71\.4\.2\.4"/, 'codeSystem="1.2.3"')],
  ['sector outside the list', 'care-place-not-accepted', 'taken', oneOf(/code="SA\d\d"/, 'code="SA98"')],
  ['setting of another list', 'care-place-not-accepted', 'record-metadata-refused', oneOf(/codeSystem="1\.2\.250\.1\.213\.1\.1\.4\.9"/, 'codeSystem="1.2.3"')],
  ['body that is not what it says', 'cda-body-unreadable', 'nothing to send', one('mediaType="application/pdf"', 'mediaType="image/png"')],
  ['body as plain text', 'cda-body-unreadable', 'taken', one('mediaType="application/pdf"', 'mediaType="text/plain"')],
  ['body of another kind', 'cda-body-unreadable', 'nothing to send', one('mediaType="application/pdf"', 'mediaType="video/mp4"')],
  ['no body', 'cda-body-unreadable', 'record-document-refused', one(/<component>[\s\S]*<\/component>/, '')],
  ['bare PDF in place of the CDA', 'pdf-unreadable', 'nothing to send', () => `%PDF-1.4\n% ${(last += 1)}\n%%EOF\n`],
  ['a DOCTYPE', 'xml-doctype', 'nothing to send', one('<ClinicalDocument', '<!DOCTYPE ClinicalDocument><ClinicalDocument')],
]

describe('the check before sending', { timeout: 240_000 }, () => {
  it('passes only what the training record takes, whatever is wrong with a CDA', async () => {
    const stopped = new Map<string, number>()
    let taken = 0
    await fc.assert(
      fc.asyncProperty(ourCda, visibilities, fc.subarray([...cdaDefects.keys()], { maxLength: 2 }), async (document, visibility, spoilt) => {
        const good = cda({ ...document, id: newOid('document'), setId: newOid('document') })
        const text = spoilt.reduce((before, index) => {
          try {
            return cdaDefects[index]![3](before)
          } catch {
            // The other defect, or the document itself, left nothing of that kind to spoil.
            return before
          }
        }, good)
        const row = await prepared(Buffer.from(text), visibility)
        if (row.state !== 'ready') {
          stopped.set(row.reason ?? row.state, (stopped.get(row.reason ?? row.state) ?? 0) + 1)
          return
        }
        const refused = await sendPrepared(row)
        expect(refused, JSON.stringify({ refused, defects: spoilt.map((index) => cdaDefects[index]![0]) })).toBeNull()
        taken += 1
      }),
      { numRuns: 150 },
    )
    // The proof is empty if nothing passed, or nothing was stopped.
    expect(taken).toBeGreaterThan(15)
    expect(stopped.size).toBeGreaterThan(6)
    expect(stopped.get('crashed-twice')).toBeUndefined()
  })

  it('takes every kind of document the practice can write', async () => {
    const untouched = ourCda.filter(({ structure, patient, createdAt }) => structure.sector !== 'SA99' && Date.parse(patient.birthDate) < createdAt)
    await fc.assert(
      fc.asyncProperty(untouched, async (document) => {
        const row = await prepared(Buffer.from(cda({ ...document, id: newOid('document'), setId: newOid('document') })))
        expect([row.state, row.reason, row.reason_detail]).toEqual(['ready', null, null])
        expect(await sendPrepared(row)).toBeNull()
      }),
      { numRuns: 80 },
    )
  })

  it.each(cdaDefects)('knows a CDA with this defect: %s (%s; the record: %s)', async (_, check, expected, spoil) => {
    const bytes = Buffer.from(spoil(cda({ id: newOid('document'), setId: newOid('document'), patient: { ...cdaExample.patient, ins: newIns(), localId: null } })))
    const row = await prepared(bytes)
    const header = readCdaHeader(bytes)
    const metadata = header.ok ? metadataOf(header.value, { visibility: { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false }, now }) : header
    const party = row.state === 'ready' ? frozenOf(row).party : asDoctor
    const answer = metadata.ok ? ((await send(party, metadata.value, bytes))?.code ?? 'taken') : 'nothing to send'
    expect([row.state === 'ready' ? 'passes' : row.reason, answer]).toEqual([check, expected])
  })
})

/** What a keyboard, a paste or an old database puts in a name: anything, up to the length a practice file takes. */
const anyText = fc.oneof(words, fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), fc.constantFrom('^'.repeat(100), 'É'.repeat(100), 'A\u0000B', ' ', '\ud83d'))

describe('a PDF wrapped here', { timeout: 240_000 }, () => {
  /** A PDF of a doctor who works at two places, which does not say at which; what becomes of it as they chose. */
  async function ofTwoPlaces() {
    const [cabinet] = practice.structures
    const [doctor] = practice.professionals
    const atBoth: Practice = { ...practice, structures: [{ ...cabinet!, id: '499900000012002', name: 'AUTRE CABINET' }, cabinet!], professionals: [{ ...doctor!, structure: '499900000012002' }, doctor!] }
    const ins = newIns()
    const traits = { birthName: 'ESSAI', givenName: 'CAMILLE', birthDate: '1984-06-12', sex: 'F' as const, birthPlace: '99999' }
    preparation.registry.upsert({ origin: 'message', ...traits, ins, insOid: cdaExample.patient.insOid }, { kind: 'identity-feed', name: 'LGC', at: now, qualified: true })
    const hints = { typeCode: '57833-6', identity: { ...traits, ins, insOid: cdaExample.patient.insOid, origin: 'sidecar' as const } }
    const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: 'a.pdf' }, bytes: Buffer.from(`%PDF-1.4\n1 0 obj\n<< /Type /Page >>\nendobj\n% ${ins}\n%%EOF\n`), fileName: 'a.pdf', hints }])
    const row = async () => (await ledger.byId(items[0]!.id))!
    return { place: cabinet!.id, row, walk: async (chosen: Pick<Preparation, 'chosenSituation'>) => prepareItem(await row(), { ...preparation, practice: atBoth, ...chosen }) }
  }

  it('waits for its author, who works at two places, to say where they wrote it, and goes for that place', async () => {
    const { place, row, walk } = await ofTwoPlaces()
    await walk({ chosenSituation: () => null })
    expect(await row()).toMatchObject({ state: 'waiting', waiting_for: 'session', reason: 'situation-to-choose' })
    await ledger.apply(await row(), { type: 'retry', rebuild: true })
    await walk({ chosenSituation: () => place })
    expect(await row()).toMatchObject({ state: 'ready', reason: null })
    expect(frozenOf(await row())).toMatchObject({ party: { structure: { id: place } }, metadata: { authors: [{ institution: { id: place } }] } })
    expect(await sendPrepared(await row())).toBeNull()
  })

  it('stands where nobody signs in to say it', async () => {
    const { row, walk } = await ofTwoPlaces()
    await walk({})
    expect(await row()).toMatchObject({ state: 'parked', reason: 'situation-unknown' })
  })

  it('is taken once it is ready, whatever the practice, its patients and the sidecar are called', async () => {
    const stopped = new Map<string, number>()
    let taken = 0
    const said = fc.record({ structure: anyText, family: anyText, given: anyText, birthName: anyText, givenName: anyText, localId: anyText, title: fc.option(anyText), birthDate: fc.constantFrom('1984-06-12', '2026-11-20', '1931-00-00'), documentDate: fc.constantFrom('2026-11-20', '2026-11-21T09:00:00+01:00', '1984-06-11', '2026-12-24', 'hier') })
    await fc.assert(
      fc.asyncProperty(said, async (text) => {
        const ins = newIns()
        const traits = { birthName: text.birthName, givenName: text.givenName, birthDate: text.birthDate, sex: 'F' as const, birthPlace: '99999' }
        const learnt = preparation.registry.upsert({ origin: 'message', ...traits, ins, insOid: cdaExample.patient.insOid, localId: `${last}${text.localId}`, localIdOid: '1.2.250.1.999.77.2' }, { kind: 'identity-feed', name: 'LGC', at: now, qualified: true })
        const named = { structures: practice.structures.map((one) => ({ ...one, name: text.structure })), professionals: practice.professionals.map((one) => ({ ...one, family: text.family, given: text.given })) }
        const hints = { typeCode: '57833-6', documentDate: text.documentDate, ...(text.title === null ? {} : { title: text.title }), identity: { ...traits, ins, insOid: cdaExample.patient.insOid, origin: 'sidecar' as const } }
        const bytes = Buffer.from(`%PDF-1.4\n1 0 obj\n<< /Type /Page >>\nendobj\n% ${ins}\n%%EOF\n`)
        const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: 'a.pdf' }, bytes, fileName: 'a.pdf', hints }])
        await prepareItem((await ledger.byId(items[0]!.id))!, { ...preparation, practice: named })
        const row = (await ledger.byId(items[0]!.id))!
        if (row.state !== 'ready') {
          stopped.set(`${learnt.ok} ${row.reason}`, (stopped.get(`${learnt.ok} ${row.reason}`) ?? 0) + 1)
          return
        }
        expect(await sendPrepared(row)).toBeNull()
        taken += 1
      }),
      { numRuns: 150 },
    )
    expect(taken).toBeGreaterThan(15)
    expect([...stopped.keys()].join()).toContain('date-impossible')
  })
})

type MetadataDefect = readonly [name: string, check: ReasonCode | 'passes', record: ReasonCode | 'taken', spoil: (metadata: DocumentMetadata, odd: string) => DocumentMetadata]
const someone = { id: '899999999999', family: 'AUTRE', given: 'Dominique' }
const withAuthor = (change: (author: DocumentMetadata['authors'][number]) => Partial<DocumentMetadata['authors'][number]>) => (metadata: DocumentMetadata) => ({
  ...metadata,
  authors: metadata.authors.map((author) => ({ ...author, ...change(author) })),
})

const metadataDefects: readonly MetadataDefect[] = [
  ['another author', 'author-not-ours', 'record-author-refused', (metadata) => ({ ...withAuthor(() => ({ person: someone }))(metadata), legalAuthenticator: someone })],
  ['another structure', 'passes', 'taken', withAuthor(() => ({ institution: { id: '499999999999001', name: 'Ailleurs' } }))],
  ['author without number nor structure', 'cda-header-incomplete', 'record-metadata-refused', withAuthor(() => ({ person: null, institution: null }))],
  ['odd name of the author', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => withAuthor(({ person }) => ({ person: person && { ...person, family: odd } }))(metadata)],
  ['odd name of the structure', 'passes', 'taken', (metadata, odd) => withAuthor(({ institution }) => ({ institution: institution && { ...institution, name: odd } }))(metadata)],
  ['odd role', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => withAuthor(() => ({ role: odd }))(metadata)],
  ['odd label of the speciality', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => withAuthor(({ specialty }) => ({ specialty: specialty && { ...specialty, label: odd } }))(metadata)],
  ['odd code of the speciality', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => withAuthor(({ specialty }) => ({ specialty: specialty && { ...specialty, code: odd } }))(metadata)],
  ['odd number of the authenticator', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => ({ ...metadata, legalAuthenticator: { ...metadata.legalAuthenticator, id: odd } })],
  ['odd name of the authenticator', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => ({ ...metadata, legalAuthenticator: { ...metadata.legalAuthenticator, given: odd } })],
  ['another class', 'type-not-accepted', 'record-metadata-refused', (metadata) => ({ ...metadata, classCode: { ...metadata.classCode, code: '99' } })],
  ['another type', 'type-not-accepted', 'record-metadata-refused', (metadata) => ({ ...metadata, typeCode: { ...metadata.typeCode, code: '11488-4' } })],
  ['another format', 'cda-body-unreadable', 'record-metadata-refused', (metadata) => ({ ...metadata, formatCode: { ...metadata.formatCode, code: 'urn:ihe:iti:xds-sd:text:2008' } })],
  ['facility of another list', 'care-place-not-accepted', 'record-metadata-refused', (metadata) => ({ ...metadata, healthcareFacilityType: { ...metadata.healthcareFacilityType, system: '1.2.3' } })],
  ['empty practice setting', 'care-place-not-accepted', 'record-metadata-refused', (metadata) => ({ ...metadata, practiceSetting: { ...metadata.practiceSetting, code: '' } })],
  ['masked and invisible', 'visibility-forbidden', 'record-metadata-refused', (metadata) => ({ ...metadata, confidentiality: confidentialityCodes({ masked: true, hiddenFromPatient: true, hiddenFromRepresentatives: false }) })],
  ['visibility without N', 'cda-header-invalid', 'record-metadata-refused', (metadata) => ({ ...metadata, confidentiality: [visibilityCodes.masked] })],
  ['visibility twice', 'cda-header-invalid', 'record-metadata-refused', (metadata) => ({ ...metadata, confidentiality: [...metadata.confidentiality, ...metadata.confidentiality] })],
  ['visibility of the HL7 feed', 'cda-header-invalid', 'record-metadata-refused', (metadata) => ({ ...metadata, confidentiality: [...metadata.confidentiality, { ...visibilityCodes.masked, code: 'INVISIBLE_REP_LEGAUX' }] })],
  ['another patient', 'patient-mismatch', 'record-patient-refused', (metadata) => ({ ...metadata, ins: { ...metadata.ins, value: '279035121518989' } })],
  ['wrong key', 'ins-invalid', 'record-refused', (metadata) => ({ ...metadata, ins: { ...metadata.ins, value: `${metadata.ins.value.slice(0, 13)}00` } })],
  ['number that begins with 5', 'ins-invalid', 'record-refused', (metadata) => ({ ...metadata, ins: { ...metadata.ins, value: '584069999999941' } })],
  ['another local number', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => ({ ...metadata, sourcePatientId: { value: odd, oid: '1.2.250.1.999.77.2' } })],
  ['local number of no domain', 'cda-header-invalid', 'record-metadata-refused', (metadata) => ({ ...metadata, sourcePatientId: { value: 'P000482', oid: 'cabinet' } })],
  ['odd name of the patient', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => ({ ...metadata, sourcePatientInfo: { ...metadata.sourcePatientInfo, birthName: odd } })],
  ['no birth date', 'traits-incomplete', 'taken', (metadata) => ({ ...metadata, sourcePatientInfo: { ...metadata.sourcePatientInfo, birthDate: '' } })],
  ['odd title', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => ({ ...metadata, title: odd })],
  ['no title', 'cda-header-invalid', 'record-metadata-refused', (metadata) => ({ ...metadata, title: '' })],
  ['odd language', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => ({ ...metadata, languageCode: odd })],
  ['odd event code', 'cda-header-invalid', 'record-metadata-refused', (metadata, odd) => ({ ...metadata, eventCodes: [{ code: odd, system: '1.2.3', label: odd }] })],
  ['another id', 'cda-id-invalid', 'record-document-refused', (metadata) => ({ ...metadata, uniqueId: `${metadata.uniqueId}.7` })],
  ['id with an extension', 'cda-id-invalid', 'record-metadata-refused', (metadata) => ({ ...metadata, uniqueId: `${metadata.uniqueId}^1` })],
  ['another media type', 'cda-body-unreadable', 'record-document-refused', (metadata) => ({ ...metadata, mimeType: 'application/xslt+xml' })],
  ['another time', 'date-impossible', 'record-metadata-refused', (metadata) => ({ ...metadata, creationTime: '20260101000000' })],
  ['end before start', 'date-impossible', 'taken', (metadata) => ({ ...metadata, serviceStopTime: '20010101000000' })],
]

describe('a PDF of which its source says nothing', () => {
  it('goes once a person has said whose it is, then what type, over a restart', async () => {
    const ins = newIns()
    const { birthName, givenName, birthDate, sex, insOid, birthPlace } = cdaExample.patient
    const learnt = preparation.registry.upsert({ origin: 'message', ins, insOid, birthName, givenName, birthDate, sex, birthPlace, localId: `T${last}`, localIdOid: '1.2.3' }, { kind: 'identity-feed', name: 'LGC', at: now, qualified: true })
    if (!learnt.ok) throw new Error(learnt.failure.code)
    const pdf = await PDFDocument.create()
    pdf.addPage()
    const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: 'scan.pdf' }, bytes: await pdf.save({ useObjectStreams: false }), fileName: 'scan.pdf', hints: {} }])
    const current = async () => (await ledger.byId(items[0]!.id))!
    const walked = async () => {
      await prepareItem(await current(), preparation)
      return current()
    }
    const unnamed = await walked()
    expect(unnamed).toMatchObject({ state: 'waiting', waiting_for: 'patient' })
    const patient = choiceOf(unnamed, learnt.value, preparation)
    expect(patient.ok && (await ledger.choosePatient(unnamed, learnt.value, patient.value))).toBe(true)
    const untyped = await walked()
    expect(untyped).toMatchObject({ state: 'parked', reason: 'type-unknown', ins, document_sha256: null })
    expect(typeChoiceOf(untyped, '18748-4', handle.store)).toEqual({ ok: true, value: '18748-4' })
    expect(await ledger.chooseType(untyped, '18748-4')).toBe(true)
    ledger = openSqliteLedger(handle.store, { now: () => now, newId: randomUUID })
    preparation = { ...preparation, ledger }
    const ready = await walked()
    expect(ready).toMatchObject({ state: 'ready', type_code: '18748-4' })
    expect(await sendPrepared(ready)).toBeNull()
    expect(await record.findByUniqueId(asDoctor, frozenOf(ready).metadata.ins, ready.unique_id!)).toMatchObject({ ok: true, value: { typeCode: '18748-4', classCode: '31', status: 'approved' } })
  })
})

/** From one letter to more than a slot holds, separators of HL7 v2 among them. */
const odd = fc.tuple(words, fc.constantFrom(1, 1, 5, 40)).map(([text, times]) => text.repeat(times))

describe('the check of what is said of a document', { timeout: 240_000 }, () => {
  function good(): { bytes: Buffer; header: CdaHeader; metadata: DocumentMetadata } {
    const bytes = Buffer.from(cda({ id: newOid('document'), setId: newOid('document') }))
    const header = readCdaHeader(bytes)
    if (!header.ok) throw new Error(header.failure.code)
    const metadata = metadataOf(header.value, { visibility: { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false }, now })
    if (!metadata.ok) throw new Error(metadata.failure.code)
    return { bytes, header: header.value, metadata: metadata.value }
  }
  const judge = (metadata: DocumentMetadata, header: CdaHeader, party: Party, size = 1): Result<void> =>
    checkDeposit(metadata, { party, practice, environment: 'training', prepared: { header, size, maxDocumentBytes: 5_000_000, now } })

  it('passes only what the training record takes', async () => {
    let taken = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.subarray([...metadataDefects.keys()], { maxLength: 2 }), odd, fc.constantFrom(asDoctor, asStructure), async (spoilt, text, party) => {
        const { bytes, header, metadata } = good()
        const said = spoilt.reduce((before, index) => metadataDefects[index]![3](before, text), metadata)
        const verdict = judge(said, header, party)
        const answer = await send(party, said, bytes)
        if (answer) refused += 1
        else taken += 1
        const story = JSON.stringify({ defects: spoilt.map((index) => metadataDefects[index]![0]), text, answer, verdict })
        if (verdict.ok) expect(answer, story).toBeNull()
      }),
      { numRuns: 150 },
    )
    expect([taken > 15, refused > 15]).toEqual([true, true])
  })

  it.each(metadataDefects)('knows %s (%s; the record: %s)', async (_, check, expected, spoil) => {
    const { bytes, header, metadata } = good()
    const said = spoil(metadata, 'x^'.repeat(200))
    const verdict = judge(said, header, asDoctor)
    const answer = await send(asDoctor, said, bytes)
    expect([verdict.ok ? 'passes' : verdict.failure.code, answer?.code ?? 'taken']).toEqual([check, expected])
  })
})

it('lets nothing pass that the record refuses, in the tables of this file', () => {
  for (const [name, check, record] of [...cdaDefects, ...metadataDefects]) if (check === 'passes') expect(record, name).toBe('taken')
})

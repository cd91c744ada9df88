import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from './index.ts'
import { startSandbox } from './index.ts'
import type { UpdateDraft } from './test-client.ts'
import { openTestClient, queryBody, retrieveBody, testPatientId, testPractice, updateBody, vihfDraft } from './test-client.ts'

const getDocuments = '5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4'
const statuses = {
  approved: 'urn:oasis:names:tc:ebxml-regrep:StatusType:Approved',
  deprecated: 'urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated',
  archived: 'urn:asip:ci-sis:2010:StatusType:Archived',
  deleted: 'urn:asip:ci-sis:2010:StatusType:Deleted',
}

let dir: string
let sandbox: Sandbox
let client: ReturnType<typeof openTestClient>

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'relais-sandbox-'))
  sandbox = await startSandbox({ dir, port: 0, practice: testPractice })
  client = openTestClient(sandbox.configPath)
})
afterAll(async () => {
  client.close()
  await sandbox.close()
  await rm(dir, { recursive: true })
})

/** A deposited document with its entry as GetDocuments gives it. */
async function deposited(extraConfidentiality: string[] = []) {
  const { draft } = await client.deposit({ extraConfidentiality })
  const { soap } = await client.post('TD3.1', vihfDraft(), queryBody(getDocuments, { $XDSDocumentEntryUniqueId: `('${draft.uniqueId}')` }))
  const entry = /<rim:ExtrinsicObject .*?<\/rim:ExtrinsicObject>/s.exec(soap)?.[0] ?? ''
  return { draft, entry, entryUuid: / id="([^"]*)"/.exec(entry)?.[1] ?? '' }
}

const unhide = (entry: string): string => entry.replace(/<rim:Classification(?:(?!<\/rim:Classification>).)*nodeRepresentation="INVISIBLE_PATIENT".*?<\/rim:Classification>/s, '')
const asNew = (entry: string, edit = unhide, previousVersion = '1'): UpdateDraft => ({ kind: 'version', entry, previousVersion, edit })
const change = async (draft: UpdateDraft, vihf = vihfDraft(), edit?: (body: string) => string) => client.post('TD3.3', vihf, updateBody(draft, vihf.patientId, edit, { author: vihf.nameId, institution: vihf.structure }))

describe('a new version of an entry', () => {
  it('is registered under a new entryUUID and the same logicalId, the former one deprecated', async () => {
    const { entry, entryUuid, draft } = await deposited(['INVISIBLE_PATIENT'])
    const answer = await change(asNew(entry))
    expect(answer.refusals).toEqual([])
    expect(answer.soap).toContain('urn:ihe:iti:2010:UpdateDocumentSet-Response')
    const { soap } = await client.post('TD3.1', vihfDraft(), queryBody(getDocuments, { $XDSDocumentEntryUniqueId: `('${draft.uniqueId}')` }))
    expect(soap.match(/<rim:ExtrinsicObject /g)).toHaveLength(1)
    expect(soap).toContain(`lid="${entryUuid}"`)
    expect(soap).not.toContain(` id="${entryUuid}"`)
    expect(soap).toContain('<rim:VersionInfo versionName="2"/>')
    expect(soap).not.toContain('INVISIBLE_PATIENT')
    const former = await client.post('TD3.1', vihfDraft(), queryBody(getDocuments, { $XDSDocumentEntryEntryUUID: `('${entryUuid}')` }))
    expect(former.soap).toContain(`id="${entryUuid}" lid="${entryUuid}" status="${statuses.deprecated}"`)
    expect(former.soap).toContain('INVISIBLE_PATIENT')
    expect((await change(asNew(entry))).refusals[0]).toMatch(/^XDSMetadataVersionError/)
    expect((await change({ kind: 'availability', entryUuid, from: statuses.approved, to: statuses.deleted })).refusals[0]).toMatch(/^XDSMetadataVersionError/)
  })

  it.each<[string, RegExp, (entry: string) => string]>([
    ['another title', /^XDSMetadataUpdateError: seule la confidentialité/, (entry) => entry.replace('Ordonnance du', 'Ordonnances du')],
    ['another type', /^XDSMetadataUpdateError: seule la confidentialité/, (entry) => entry.replace('57833-6', '57832-8')],
    ['another author', /^XDSMetadataUpdateError: seule la confidentialité/, (entry) => entry.replace('GENERIQUE', 'AUTRE')],
    ['another uniqueId', /^XDSMetadataUpdateError: seule la confidentialité/, (entry) => entry.replace(/value="1\.2\.250\.1\.999\.77\.3[^"]*"/, 'value="1.2.3"')],
    ['another patient', /^XDSPatientIDReconciliationError/, (entry) => entry.replace('284069999999968^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"', '184069999999921^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"')],
    ['no N', /^XDSRegistryMetadataError: .*confidentialityCode/, (entry) => entry.replace(/<rim:Classification(?:(?!<\/rim:Classification>).)*nodeRepresentation="N".*?<\/rim:Classification>/s, '')],
    ['what hides it from the patient', /^XDSMetadataUpdateError: INVISIBLE_PATIENT ne s'ajoute pas/, (entry) => entry.replace(/(<rim:Classification(?:(?!<\/rim:Classification>).)*nodeRepresentation=")N(".*?)2\.16\.840\.1\.113883\.5\.25(.*?<\/rim:Classification>)/s, (whole, before: string, middle: string, after: string) => whole + `${before}INVISIBLE_PATIENT${middle}1.2.250.1.213.1.1.4.13${after}`.replace(/ id="[^"]*"/, ' id="added"'))],
    ['an unknown lid', /^XDSMetadataUpdateError: document inconnu/, (entry) => entry.replace(/lid="[^"]*"/, 'lid="urn:uuid:00000000-0000-4000-8000-000000000000"')],
    ['no lid', /^XDSMetadataUpdateError: lid et identifiant/, (entry) => entry.replace(/ lid="[^"]*"/, '')],
    ['elements out of order', /^XDSRegistryMetadataError: schéma RIM/, (entry) => entry.replace(/(<rim:Name>.*?<\/rim:Name>)(<rim:VersionInfo[^>]*>)/s, '$2$1')],
  ])('is refused with %s', async (_, expected, edit) => {
    const { entry } = await deposited()
    expect((await change(asNew(entry, edit))).refusals[0]).toMatch(expected)
  })

  it('is refused without the version it was made from', async () => {
    const { entry } = await deposited(['INVISIBLE_PATIENT'])
    expect((await change(asNew(entry, unhide, '2'))).refusals[0]).toMatch(/^XDSMetadataVersionError/)
    expect((await change(asNew(entry), vihfDraft(), (body) => body.replace('PreviousVersion', 'Previous'))).refusals[0]).toMatch(/^XDSMetadataUpdateError: association HasMember avec PreviousVersion/)
  })
})

describe('another availability', () => {
  it.each([
    ['deprecated', statuses.approved, statuses.deprecated],
    ['what it is', statuses.approved, statuses.approved],
    ['no availability there is', statuses.approved, 'urn:x'],
  ])('is refused when it is %s', async (_, from, to) => {
    const { entryUuid } = await deposited()
    expect((await change({ kind: 'availability', entryUuid, from, to })).refusals[0]).toMatch(/^XDSMetadataUpdateError/)
  })

  it('starts from the one in force, and never from deleted', async () => {
    const { entryUuid } = await deposited()
    const become = async (from: string, to: string) => (await change({ kind: 'availability', entryUuid, from, to })).refusals
    expect((await become(statuses.archived, statuses.approved))[0]).toMatch(/^XDSMetadataUpdateError: OriginalStatus/)
    expect(await become(statuses.approved, statuses.archived)).toEqual([])
    expect((await become(statuses.approved, statuses.deleted))[0]).toMatch(/^XDSMetadataUpdateError: OriginalStatus/)
    expect(await become(statuses.archived, statuses.deleted)).toEqual([])
    expect((await become(statuses.deleted, statuses.approved))[0]).toMatch(/^XDSMetadataUpdateError/)
  })

  it('keeps an archived document from being replaced', async () => {
    const { entryUuid } = await deposited()
    expect((await change({ kind: 'availability', entryUuid, from: statuses.approved, to: statuses.archived })).refusals).toEqual([])
    expect((await client.deposit({ replaces: entryUuid })).refusals[0]).toMatch(/^XDSReplaceFailed/)
  })
})

describe('a lot of changes', () => {
  it.each<[string, RegExp, (body: string) => string]>([
    ['a sender that is not who speaks', /^XDSRepositoryError: Aucun AuthorPerson/, (body) => body.replace(/899900000012\^GENERIQUE/, '899900000099^GENERIQUE')],
    ['another patient', /^XDSPatientIdDoesNotMatch/, (body) => body.replace(testPatientId.replaceAll('&', '&amp;'), '184069999999921^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH')],
    ['an association of a deposit', /^XDSMetadataUpdateOperationError/, (body) => body.replace('urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus', 'urn:ihe:iti:2007:AssociationType:RPLC')],
    ['nothing', /^XDSMetadataUpdateOperationError: aucune/, (body) => body.replace(/<rim:Association.*<\/rim:Association>/s, '')],
  ])('is refused with %s', async (_, expected, edit) => {
    const { entryUuid } = await deposited()
    expect((await change({ kind: 'availability', entryUuid, from: statuses.approved, to: statuses.deleted }, vihfDraft(), edit)).refusals[0]).toMatch(expected)
  })

  it('is refused for a signature, and by whoever may not', async () => {
    const { draft, entryUuid } = await deposited()
    const { soap } = await client.post('TD3.1', vihfDraft(), queryBody(getDocuments, { $XDSDocumentEntryUniqueId: `('${draft.setId}.1')` }))
    const signatureUuid = / id="(urn:uuid:[^"]*)"/.exec(soap)?.[1] ?? 'none'
    expect(signatureUuid).toMatch(/^urn:uuid:/)
    const remove = (uuid: string): UpdateDraft => ({ kind: 'availability', entryUuid: uuid, from: statuses.approved, to: statuses.deleted })
    expect((await change(remove(signatureUuid))).refusals[0]).toMatch(/^XDSMetadataUpdateError: document inconnu/)
    const colleague = vihfDraft({ nameId: '899900000020', structure: '1750803447', sector: 'SA52', roles: vihfDraft().roles.map((role) => role.replace('SM54', 'SM26')) })
    expect((await change(remove(entryUuid), colleague)).refusals[0]).toMatch(/^DMPAccessDenied/)
    expect((await client.post('TD3.3', vihfDraft(), '<x xmlns="urn:x"/>')).refusals[0]).toMatch(/^DMPInvalidRequest/)
  })
})

describe('authorisations', () => {
  const act = (content: string) => `<setAuthorization xmlns="urn:si-dmp-habilitations">${content}</setAuthorization>`
  const list = (content: string) => `<patientList xmlns="urn:si-dmp-patients">${content}</patientList>`

  it.each([
    ['TD0.3', act('<action>MODIFICATION</action>')],
    ['TD0.3', act('<action>AJOUT</action><role>INFIRMIER</role>')],
    ['TD0.3', act('')],
    ['TD0.4', list('<startDate>20260101</startDate><dateType>LASTDOC</dateType>')],
    ['TD0.4', list('<startDate>31022026</startDate><dateType>LASTDOC</dateType>')],
    ['TD0.4', list('<startDate>01012026</startDate><dateType>LASTAUTHORIZATION</dateType>')],
  ] as const)('refuses %s out of form: %s', async (transaction, body) => {
    expect((await client.post(transaction, vihfDraft(), body)).refusals[0]).toMatch(/^DMPInvalidRequest/)
  })

  it('lists what was declared, with the day the caller last consulted it, whoever else did', async () => {
    const { uniqueId } = (await deposited()).draft
    await client.post('TD0.3', vihfDraft(), act('<action>AJOUT</action><role>MEDECIN_TRAITANT</role>'))
    const line = async () => /<patientlistData>.*<\/patientlistData>/s.exec((await client.post('TD0.4', vihfDraft(), list('<startDate>01012026</startDate><dateType>LASTDOC</dateType>'))).soap)?.[0]
    // The question by uniqueId consults nothing.
    await client.post('TD3.1', vihfDraft(), queryBody(getDocuments, { $XDSDocumentEntryUniqueId: `('${uniqueId}')` }))
    expect(await line()).toContain('<lastAddDate>')
    expect(await line()).not.toContain('lastAccessDate')
    await client.post('TD3.2', vihfDraft(), retrieveBody(uniqueId))
    const [year, month, day] = new Date().toISOString().slice(0, 10).split('-')
    expect(await line()).toContain(`<lastAccessDate>${day}${month}${year}</lastAccessDate>`)
  })

  it('takes none from a structure', async () => {
    expect((await client.post('TD0.3', vihfDraft({ mode: 'INDIRECTE', nameId: '499900000012001' }), act('<action>AJOUT</action>'))).refusals[0]).toMatch(/^DMPAccessDenied/)
  })
})

import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newDocument, openFhirClient, testBundle } from './fhir/test-fhir-client.ts'
import type { Sandbox } from './index.ts'
import { startSandbox } from './index.ts'
import type { DepositDraft, VihfDraft } from './test-client.ts'
import { existenceBody, openTestClient, queryBody, retrieveBody, testIns, testPatientId, testPractice, updateBody, vihfDraft } from './test-client.ts'

/** TD2.2 by the holder of a CPE, and what the rights sheet leaves them besides (dmp-interface.md 1.7). */
const [secretary] = testPractice.staff ?? []
if (!secretary) throw new Error('the practice of the tests has no staff')
const role = (code: string, codeSystem: string): string => `<Role xmlns="urn:hl7-org:v3" xsi:type="CE" code="${code}" codeSystem="${codeSystem}" displayName="x"/>`
const byCard: Partial<VihfDraft> = { nameId: secretary.id, roles: [role('SECRETARIAT_MEDICAL', '1.2.250.1.213.1.1.4.6')] }
const doctor = '899900000012'
const findDocuments = '14d4debf-8f97-4251-9a74-a90016b0af0d'
const getDocuments = '5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4'

let dir: string
let sandbox: Sandbox
let client: ReturnType<typeof openTestClient>
let fhir: ReturnType<typeof openFhirClient>

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'relais-staff-'))
  sandbox = await startSandbox({ dir, port: 0, practice: testPractice })
  client = openTestClient(sandbox.configPath)
  fhir = openFhirClient(sandbox.configPath)
})
afterAll(async () => {
  client.close()
  fhir.close()
  await sandbox.close()
  await rm(dir, { recursive: true })
})

/** The document stays its doctor's; the lot is sent by somebody else. */
const sentBy = (person: string, structure = '499900000012001') => (body: string) =>
  body.replace(/<rim:RegistryPackage.*?<\/rim:RegistryPackage>/s, (set) => set.replaceAll(`${doctor}^`, `${person}^`).replaceAll('499900000012001', structure))
const deposit = (draft: Partial<DepositDraft> = {}, vihf: Partial<VihfDraft> = {}) => client.deposit({ edit: sentBy(secretary.id), ...draft }, { ...byCard, ...vihf })

it('issues them certificates that say what card they are of, and whose', async () => {
  for (const use of ['tls', 'signature']) {
    const certificate = new X509Certificate(await readFile(path.join(dir, 'authority', `staff-${encodeURIComponent(secretary.id)}-${use}.pem`)))
    expect(certificate.subject.split('\n')).toEqual(expect.arrayContaining([`CN=${secretary.id}`, 'SN=MODÈLE', 'GN=Nadia']))
  }
})

describe('over XDS.b', () => {
  it('they deposit what a doctor of their structure wrote', async () => {
    const { draft, refusals } = await deposit()
    expect(refusals).toEqual([])
    const found = await client.post('TD3.1', vihfDraft(), queryBody(getDocuments, { $XDSDocumentEntryUniqueId: `('${draft.uniqueId}')` }))
    expect(found.soap).toContain(`${doctor}^GENERIQUE`)
  })

  it.each<[string, RegExp, Partial<DepositDraft>, Partial<VihfDraft>]>([
    ['what was written in another structure', /^XDSRepositoryError: Aucun AuthorInstitution .* VIHF$/, { edit: (body) => sentBy(secretary.id, '499900000012001')(body).replaceAll(/(<rim:ExtrinsicObject.*<\/rim:ExtrinsicObject>)/gs, (entries) => entries.replaceAll('499900000012001', '1750803447')) }, {}],
    ['a lot sent in the doctor’s name', /^XDSRepositoryError: .*lot de soumission/, { edit: (body) => body }, {}],
    ['a lot sent for another structure', /^XDSRepositoryError: .*lot de soumission/, { edit: sentBy(secretary.id, '1750803447') }, {}],
    ['a lot the doctor signed', /^DMPInvalidCertificate/, { lotSigner: { party: doctor, use: 'signature' } }, {}],
    ['a structure that is not theirs', /^DMPInvalidStructure: PS et Structure non liés$/, {}, { structure: '1750803447', sector: 'SA52' }],
    ['the role of a doctor', /^DMPInvalidVIHF: Le rôle du vihf/, {}, { roles: vihfDraft().roles }],
    ['the doctor’s name with their card', /^DMPInvalidCertificate/, {}, { nameId: doctor, signWith: { party: secretary.id, use: 'signature' } }],
    ['their name with the doctor’s card', /^DMPInvalidCertificate/, {}, { signWith: { party: doctor, use: 'signature' } }],
  ])('are refused %s', async (_, refusal, draft, vihf) => {
    expect((await deposit(draft, vihf)).refusals[0]).toMatch(refusal)
  })

  it('a professional’s card does not pass for one of staff', async () => {
    expect((await client.deposit({}, { roles: byCard.roles! })).refusals[0]).toMatch(/^DMPInvalidVIHF: La profession/)
  })

  it('they ask whether a record or a document is there, and read nothing', async () => {
    const { draft } = await deposit()
    const vihf = vihfDraft(byCard)
    expect((await client.post('TD0.2', vihf, existenceBody())).soap).toContain('<queryResponseCode code="OK"/>')
    expect((await client.post('TD3.1', vihf, queryBody(getDocuments, { $XDSDocumentEntryUniqueId: `('${draft.uniqueId}')` }))).soap).toContain('totalResultCount="1"')
    const list = await client.post('TD3.1', vihf, queryBody(findDocuments, { $XDSDocumentEntryPatientId: `'${testPatientId}'`, $XDSDocumentEntryStatus: "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')" }))
    expect(list.refusals).toEqual(['DMPAccessDenied: Consultation refusée : une carte CPE ne permet pas de consulter un dossier'])
    expect((await client.post('TD3.2', vihf, retrieveBody(draft.uniqueId))).refusals[0]).toMatch(/^DMPAccessDenied: Consultation refusée : une carte CPE/)
    const declares = '<setAuthorization xmlns="urn:si-dmp-habilitations"><action>AJOUT</action></setAuthorization>'
    expect((await client.post('TD0.3', vihf, declares)).refusals[0]).toMatch(/^DMPAccessDenied: Une carte CPE/)
  })

  it('they delete what their structure wrote, and change nothing else of it (footnote 9)', async () => {
    const { draft } = await deposit({ extraConfidentiality: ['INVISIBLE_PATIENT'] })
    const vihf = vihfDraft(byCard)
    const found = await client.post('TD3.1', vihf, queryBody(getDocuments, { $XDSDocumentEntryUniqueId: `('${draft.uniqueId}')` }))
    const entry = /<rim:ExtrinsicObject .*?<\/rim:ExtrinsicObject>/s.exec(found.soap)?.[0] ?? ''
    const entryUuid = / id="([^"]*)"/.exec(entry)?.[1] ?? ''
    const sender = { author: secretary.id, institution: secretary.structure }
    const shown = (text: string): string => text.replace(/<rim:Classification(?:(?!<\/rim:Classification>).)*nodeRepresentation="INVISIBLE_PATIENT".*?<\/rim:Classification>/s, '')
    const change = (to: string) => client.post('TD3.3', vihf, updateBody({ kind: 'availability', entryUuid, from: 'urn:oasis:names:tc:ebxml-regrep:StatusType:Approved', to }, testPatientId, undefined, sender))
    expect((await client.post('TD3.3', vihf, updateBody({ kind: 'version', entry, previousVersion: '1', edit: shown }, testPatientId, undefined, sender))).refusals[0]).toMatch(/^DMPAccessDenied: une carte CPE/)
    expect((await change('urn:asip:ci-sis:2010:StatusType:Archived')).refusals[0]).toMatch(/^DMPAccessDenied: une carte CPE/)
    expect((await change('urn:asip:ci-sis:2010:StatusType:Deleted')).refusals).toEqual([])
  })

  it('they do not delete what another structure wrote', async () => {
    const colleague = { nameId: '899900000020', structure: '1750803447', sector: 'SA52', roles: [role('10', '1.2.250.1.71.1.2.7'), role('SM26', '1.2.250.1.71.4.2.5')] }
    const { draft, refusals } = await client.deposit({ author: colleague.nameId, institution: colleague.structure }, colleague)
    expect(refusals).toEqual([])
    const vihf = vihfDraft(byCard)
    const found = await client.post('TD3.1', vihf, queryBody(getDocuments, { $XDSDocumentEntryUniqueId: `('${draft.uniqueId}')` }, 'ObjectRef'))
    const entryUuid = /<rim:ObjectRef id="([^"]*)"/.exec(found.soap)?.[1] ?? ''
    const change = { kind: 'availability', entryUuid, from: 'urn:oasis:names:tc:ebxml-regrep:StatusType:Approved', to: 'urn:asip:ci-sis:2010:StatusType:Deleted' } as const
    expect((await client.post('TD3.3', vihf, updateBody(change, testPatientId, undefined, { author: secretary.id, institution: secretary.structure }))).refusals[0]).toMatch(/^DMPAccessDenied: ce document n'est pas de la structure/)
  })
})

describe('over FHIR', () => {
  const card = { party: secretary.id }
  const patient = `urn:oid:1.2.250.1.213.1.4.10|${testIns}`
  const patch = (uniqueId: string, operations: object[]) => fhir.send('PATCH', `/DocumentReference?identifier=urn:ietf:rfc:3986|urn:oid:${uniqueId}`, operations, card)

  /** The lot is the secretary's, its document the doctor's. */
  async function put(sender = secretary!.id) {
    const document = newDocument()
    const bundle = testBundle(document)
    bundle.entry[0]!.resource = JSON.parse(JSON.stringify(bundle.entry[0]!.resource).replaceAll(doctor, sender)) as Record<string, unknown>
    return { ...document, answer: await fhir.send('POST', '', bundle, card) }
  }

  it('they deposit, ask for a document by name, delete it, and no more', async () => {
    const { uniqueId, answer } = await put()
    expect(answer.issues).toEqual([])
    expect(answer.status).toBe(200)
    expect((await fhir.send('GET', `/Patient?identifier=${patient}`, undefined, card)).json.total).toBe(1)
    expect((await fhir.send('GET', `/DocumentReference?patient.identifier=${patient}&identifier=urn:ietf:rfc:3986|urn:oid:${uniqueId}`, undefined, card)).json.total).toBe(1)
    for (const target of [`/DocumentReference?patient.identifier=${patient}`, `/List?code=https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes|submissionset&patient.identifier=${patient}`, `/Binary/${uniqueId}`]) {
      const refused = await fhir.send('GET', target, undefined, card)
      expect([target, refused.status, refused.issues]).toEqual([target, 403, ['forbidden DMPAccessDenied Consultation refusée : une carte CPE ne permet pas de consulter un dossier']])
    }
    const masked = { coding: [{ system: 'https://mos.esante.gouv.fr/NOS/TRE_A07-StatutVisibiliteDocument/FHIR/TRE-A07-StatutVisibiliteDocument', code: 'MASQUE_PS' }] }
    expect((await patch(uniqueId, [{ op: 'add', path: '/securityLabel/-', value: masked }])).status).toBe(403)
    expect((await patch(uniqueId, [{ op: 'replace', path: '/status', value: 'entered-in-error' }])).status).toBe(200)
  })

  it('a lot sent in the doctor’s name is refused', async () => {
    expect((await put(doctor)).answer).toMatchObject({ status: 403 })
  })
})

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { headerDetail } from '#shared/contract/header-facts.ts'
import { createTexts } from '../strings/index.ts'
import { knownPhrases, knownTemplates, readTemplate } from './known-details.ts'
import { reasonDetail } from './reason-detail.ts'

const [fr, en] = [createTexts('fr'), createTexts('en')]

describe('the technical line of a failure', () => {
  it('names in a sentence what a header lacks', () => {
    const detail = headerDetail([{ element: 'languageCode' }, { element: 'custodian' }])
    expect(reasonDetail('cda-header-incomplete', detail, 'fr', fr.t)).toBe('Il manque\u00a0: la langue (languageCode, fr-FR) et la structure qui conserve le document (custodian).')
    expect(reasonDetail('cda-header-incomplete', detail, 'en', en.t)).toBe('Missing: the language (languageCode, fr-FR) and the structure that keeps the document (custodian).')
  })

  it('names what is wrong in it, and what no text names by its own name', () => {
    const detail = headerDetail([{ element: 'title', remark: 'misplaced' }, { element: 'foo', remark: 'unknown' }, { element: 'versionNumber' }])
    expect(reasonDetail('cda-header-invalid', detail, 'fr', fr.t)).toBe(
      'À corriger\u00a0: le titre (title, 128 caractères au plus) (mal placé), foo (élément inconnu) et le numéro de version (versionNumber, à partir de 1).',
    )
  })

  it('is left as it is where it says something else', () => {
    expect(reasonDetail('cda-header-invalid', 'languageCode xx-YY', 'fr', fr.t)).toBe('languageCode xx-YY')
    expect(reasonDetail('cda-header-invalid', 'confidentialityCode without N', 'fr', fr.t)).toBe('confidentialityCode sans N')
    expect(reasonDetail('cda-header-incomplete', 'author/toString', 'fr', fr.t)).toBe('author/toString')
    expect(reasonDetail('cda-id-invalid', 'id', 'fr', fr.t)).toBe('id')
  })

  it('says a phrase of the connector in the reader’s language, whatever the reason', () => {
    expect(reasonDetail('format-unsupported', 'picture (PNG)', 'fr', fr.t)).toBe('image (PNG)')
    expect(reasonDetail('format-unsupported', 'picture (PNG)', 'en', en.t)).toBe('picture (PNG)')
    expect(reasonDetail(null, 'visibility chosen by a person', 'fr', fr.t)).toBe('Visibilité choisie par une personne')
    expect(reasonDetail(null, 'received again, announced otherwise: patient, visibility', 'fr', fr.t)).toBe('Reçu à nouveau, annoncé autrement\u00a0: patient, visibilité')
    expect(reasonDetail(null, 'received again, announced otherwise', 'en', en.t)).toBe('Received again, announced otherwise')
    expect(reasonDetail('traits-incomplete', 'givenName, birthDate', 'fr', fr.t)).toBe('prénoms, date de naissance')
  })

  it('names the type and the author a person chose, as the connector writes them', () => {
    const source = readFileSync(path.join(import.meta.dirname, '../../electron/connector/outbox/item.ts'), 'utf8')
    const [phrase = '', ofAuthor = ''] = ['typeChosen', 'authorChosen'].map((name) => new RegExp(`${name} = [^\`]*\`([^$\`]+)\\$\\{`).exec(source)?.[1])
    expect(reasonDetail(null, `${ofAuthor}GENERIQUE Alix`, 'fr', fr.t)).toBe('Auteur choisi par une personne\u00a0: GENERIQUE Alix')
    expect(reasonDetail(null, `${ofAuthor}GENERIQUE Alix`, 'en', en.t)).toBe('Author chosen by a person: GENERIQUE Alix')
    expect(reasonDetail(null, `${phrase}Certificat, déclaration`, 'fr', fr.t)).toBe('Type choisi par une personne\u00a0: Certificat, déclaration')
    expect(reasonDetail(null, `${phrase}CR opératoire`, 'en', en.t)).toBe('Type chosen by a person: CR opératoire')
  })

  it('leaves as it is what is not known, and what a person wrote', () => {
    expect(reasonDetail('format-unsupported', 'application/x-7z-compressed', 'fr', fr.t)).toBe('application/x-7z-compressed')
    expect(reasonDetail('author-not-ours', '10009999999', 'fr', fr.t)).toBe('10009999999')
    expect(reasonDetail('situation-unknown', 'DEUX Bo (810000000002) / Maison de santé (1750000002)', 'en', fr.t)).toBe('DEUX Bo (810000000002) / Maison de santé (1750000002)')
    expect(reasonDetail('traits-incomplete', 'toString', 'fr', fr.t)).toBe('toString')
    expect(reasonDetail('type-forbidden', 'toString', 'fr', fr.t)).toBe('toString')
    expect(reasonDetail('dismissed-by-user', 'program', 'fr', fr.t)).toBe('program')
    expect(reasonDetail('dismissed-by-user', 'sent by hand already', 'fr', fr.t)).toBe('sent by hand already')
    for (const written of ['HTTP 503', 'ECONNRESET', '1.2.250.1.213.1.1.9', 'confidentialityCode R', '10009999999 / 1750803447', 'type-1/CR d.pdf']) expect(reasonDetail('record-fault', written, 'fr', fr.t), written).toBe(written)
  })

  it('says a phrase with parts of its own in the reader’s language too, sizes and days as it writes them', () => {
    const said = (detail: string) => [fr, en].map(({ t }, at) => reasonDetail('file-too-large', detail, at === 0 ? 'fr' : 'en', t))
    expect(said('120000000 bytes, limit 100000000')).toEqual(['120 Mo, pour 100 Mo au plus', '120 MB, for 100 MB at most'])
    expect(said('row 3 has fewer columns than the header')[0]).toBe('la ligne 3 a moins de colonnes que l’en-tête')
    expect(said('cannot read birthDate, sex')[0]).toBe('champs illisibles\u00a0: birthDate, sex')
    expect(said('the body is not application/pdf')[0]).toBe('le corps n’est pas de type application/pdf')
    expect(said('MSH-18 "KLINGON" is not supported')[0]).toBe('MSH-18 «\u00a0KLINGON\u00a0» n’est pas pris en charge')
    expect(said('tls: Nov 30 08:00:00 2024 GMT - Nov 30 08:00:00 2026 GMT')).toEqual(['certificat tls valable du 30/11/2024 au 30/11/2026', 'certificate tls valid from 30/11/2024 to 30/11/2026'])
  })

  it('tells words that are nobody’s of ours to be in their own', () => {
    expect(reasonDetail('record-fault', 'The record is closed for maintenance', 'fr', fr.t)).toBe('texte d’origine\u00a0: «\u00a0The record is closed for maintenance\u00a0»')
    expect(reasonDetail('record-refused', 'Identité du patient inconnue', 'en', en.t)).toBe('original text: “Identité du patient inconnue”')
    expect(reasonDetail(null, 'received again, announced otherwise: patient, colour', 'fr', fr.t)).toContain('texte d’origine')
  })
})

describe('the phrases that are known', () => {
  /** Where phrases are written that end up beside an item; what is a name in any language, and what no item ever carries. */
  const writers = ['documents/recognise.ts', 'documents/check-pdf.ts', 'documents/cda-metadata.ts', 'documents/check-agreement.ts', 'documents/check-deposit.ts', 'documents/read-cda-body.ts', 'documents/xml-document.ts', 'intake/hl7/embedded-document.ts', 'outbox/sqlite-ledger.ts', 'outbox/announced.ts', 'intake/folder/take.ts', 'intake/folder/pair-files.ts', 'intake/folder/read-sidecar.ts', 'intake/folder/sidecar-leaves.ts', 'intake/hl7/decide-message.ts', 'patients/ins.ts', 'patients/patient-registry.ts', 'prepare-item.ts']
  const names = new Set(['HPRIM Santé', 'HPRIM Médecin', 'GDT (xDT)', 'EDIFACT'])

  it.each(writers)('are all those of %s', (file) => {
    const source = readFileSync(path.join(import.meta.dirname, '../../electron/connector', file), 'utf8')
    const written = [...source.matchAll(/(?:\bdetail(?: =|:)[^'`\n]*|\btext: |'[a-z]+\/[a-z-]+': |return )'([^']+)'/g)].map(([, phrase = '']) => phrase).filter((phrase) => /[a-z] |^[a-z]+ \(/.test(phrase) && !names.has(phrase))
    expect(written.length, file).toBeGreaterThan(0)
    for (const phrase of written) expect(Object.keys(knownPhrases), `${file}: ${phrase}`).toContain(phrase)
  })

  it('are all those with parts of their own that these files and the names of certificates write', () => {
    const blank = (template: string) => template.replace(/\$?\{(?:[^{}]|\{[^{}]*\})*\}/g, '{}')
    const templates = new Set([...Object.keys(knownTemplates), ...Object.keys(knownPhrases)].map(blank))
    // Names of elements and codes alone, and what is put together of phrases that are known.
    const alike = new Set(['{}', '{} {}', 'HTTP {}', 'confidentialityCode {}', 'languageCode {}', 'code {}', '{}: {}', 'the body {}', 'an attachment {}', 'no certificate for this {}', 'row {} has {} columns than the header'])
    const found = [...writers, 'patients/gate.ts', 'intake/hl7/charset.ts', 'sign-in/open-credentials.ts', 'sign-in/expired-certificate.ts'].flatMap((file) => {
      const source = readFileSync(path.join(import.meta.dirname, '../../electron/connector', file), 'utf8')
      return [...source.matchAll(/(?:\bdetail(?: =|:)|\btext: |problem: |const text = [^`\n]*|problems\.push\(|malformed\(|changed\(|wrong\(|return )\s*`((?:[^`$]|\$\{[^}]*\})+)`/g)].map(([, template = '']) => blank(template)).filter((template) => /[a-z]{2}/.test(template) && !alike.has(template) && !template.startsWith('received again'))
    })
    expect(found.length).toBeGreaterThan(10)
    for (const template of found) expect(templates, template).toContain(template)
  })

  it('are each read again as what they are', () => {
    for (const [template, key] of Object.entries(knownTemplates)) {
      const parts = { size: '7', limit: '9', number: '7', row: '3', version: '2', known: '3', counted: '9', given: '7', use: 'tls' } as Record<string, string>
      const written = template.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? 'x')
      expect(readTemplate(written)?.key, template).toBe(key)
    }
  })
})

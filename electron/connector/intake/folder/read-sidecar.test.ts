import { readFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { readDate, readMoment, readType, readYesNo } from './field-values.ts'
import { loadProfiles } from './load-profiles.ts'
import { parseProfile, sourceProfile } from './profile.ts'
import { readFileName } from './read-file-name.ts'
import { readSidecar } from './read-sidecar.ts'

const loaded = await loadProfiles([path.resolve(import.meta.dirname, '../../../../resources/profiles')])
const profile = loaded.profiles.get('default')!
const read = async (format: 'xml' | 'json' | 'csv', text: string | Buffer) => {
  const result = await readSidecar(format, Buffer.from(text), profile)
  return result.ok ? result.value : result.failure
}

const full = {
  identity: { ins: '290017512345678', insOid: '1.2.250.1.213.1.4.10', birthName: "D'HÉRAULT", givenName: 'Amélie', birthDate: '1990-01-15', sex: 'F', birthPlace: '69381', localId: '42', origin: 'sidecar' },
  typeCode: '11488-4',
  title: 'Consultation du 10 janvier',
  documentDate: '2026-01-10',
  authorId: '801234567897',
  visibility: { masked: false, hiddenFromPatient: true, hiddenFromRepresentatives: false },
}

describe('a sidecar', () => {
  it('is read as flat JSON', async () => {
    const json = {
      matriculeIns: '2 90 01 75 123 456 78',
      ins_oid: '1.2.250.1.213.1.4.10',
      'Nom de naissance': "D'HÉRAULT",
      prenom: 'Amélie',
      date_naissance: '15/01/1990',
      sexe: 'Féminin',
      cog: 69381,
      ipp: 42,
      typeDocument: 'Compte-rendu de consultation',
      titre: 'Consultation du 10 janvier',
      date: '10/01/2026',
      auteur: '801234567897',
      invisiblePatient: true,
    }
    expect(await read('json', JSON.stringify(json))).toEqual([{ file: null, hints: full }])
  })

  it('is read as nested JSON, where a name in the author is not the patient', async () => {
    const json = {
      auteur: { nom: 'DURAND', prenom: 'Luc', rpps: '801234567897' },
      patient: {
        ins: { valeur: '290017512345678', oid: '1.2.250.1.213.1.4.10' },
        nom: "D'HÉRAULT",
        prenom: 'Amélie',
        naissance: { date: '1990-01-15', lieu: '69381' },
        sexe: 'F',
        ipp: '42',
      },
      document: { type: '11488-4', titre: 'Consultation du 10 janvier', date: '2026-01-10' },
      visibilite: { invisiblePatient: 'oui' },
    }
    expect(await read('json', JSON.stringify(json))).toEqual([{ file: null, hints: full }])
  })

  it.each(['utf-8', 'iso-8859-15'])('is read as XML in %s, elements and attributes', async (encoding) => {
    const xml = `<?xml version="1.0" encoding="${encoding}"?>
<!-- synthétique -->
<export xmlns="urn:un:logiciel">
  <patient sexe="F"><ins oid="1.2.250.1.213.1.4.10">290017512345678</ins><nom><![CDATA[D'HÉRAULT]]></nom><prenom>Amélie</prenom><dateNaissance>19900115</dateNaissance><lieuNaissance>69381</lieuNaissance><ipp>42</ipp></patient>
  <document type="CR consultation"><titre>Consultation du 10 janvier</titre><date>10.01.2026</date></document>
  <auteur><nom>DURAND</nom><rpps>801234567897</rpps></auteur>
  <visibilite><invisiblePatient>O</invisiblePatient></visibilite>
</export>`
    expect(await read('xml', iconv.encode(xml, encoding))).toEqual([{ file: null, hints: full }])
  })

  it.each([';', ',', '\t'])('is read as CSV with %j, in windows-1252 or UTF-8 with BOM', async (delimiter) => {
    const rows = [
      ['Matricule INS', 'INS OID', 'Nom de naissance', 'Prénom', 'Né(e) le', 'Date de naissance', 'Sexe', 'COG', 'IPP', 'Type', 'Titre', 'Date', 'RPPS', 'Invisible patient'],
      ['290017512345678', '1.2.250.1.213.1.4.10', "D'HÉRAULT", 'Amélie', '', '15/01/1990', '2', '69381', '42', 'CR consultation', '"Consultation du 10 janvier"', '10/01/2026', '801234567897', 'oui'],
    ]
    const csv = rows.map((row) => row.join(delimiter)).join('\r\n')
    for (const bytes of [iconv.encode(csv, 'win1252'), Buffer.from(`\ufeff${csv}`), iconv.encode(csv, 'utf16le', { addBOM: true })]) {
      expect(await read('csv', bytes)).toEqual([{ file: null, hints: full }])
    }
  })

  it.each([
    ['csv', 'fichier;ins;nom\na.pdf;1;UN\n"b ""x"".pdf";2;DEUX\n'],
    ['json', JSON.stringify([{ fichier: 'a.pdf', ins: '1', nom: 'UN' }, { fichier: 'b "x".pdf', patient: { ins: '2', nom: 'DEUX' } }])],
    ['json', JSON.stringify({ documents: [{ fichier: 'a.pdf', patient: { ins: '1', nom: 'UN' } }, { fichier: 'b "x".pdf', patient: { ins: '2', nom: 'DEUX' } }] })],
    ['xml', '<export><document><fichier>a.pdf</fichier><patient><ins>1</ins><nom>UN</nom></patient></document><document><patient><ins>2</ins><nom>DEUX</nom></patient><fichier>b "x".pdf</fichier></document></export>'],
  ] as const)('describes several files in one %s index', async (format, text) => {
    expect(await read(format, text)).toMatchObject([
      { file: 'a.pdf', hints: { identity: { ins: '1', birthName: 'UN' } } },
      { file: 'b "x".pdf', hints: { identity: { ins: '2', birthName: 'DEUX' } } },
    ])
  })

  it('gives a patient written once to every document of the index', async () => {
    const xml = '<export><patient><ins>1</ins></patient><documents><document><fichier>a.pdf</fichier><type>Courrier</type></document><document><fichier>b.pdf</fichier></document></documents></export>'
    expect(await read('xml', xml)).toEqual([
      { file: 'a.pdf', hints: { identity: { ins: '1', origin: 'sidecar' }, typeCode: '96349-6', title: 'Courrier' } },
      { file: 'b.pdf', hints: { identity: { ins: '1', origin: 'sidecar' } } },
    ])
  })

  it.each([
    ['json', '{', 'not JSON'],
    ['json', '3', 'JSON without fields'],
    ['xml', '<a><b></a>', 'not well-formed XML'],
    ['xml', '<?xml version="1.0"?><!DOCTYPE a><a><ins>1</ins></a>', 'DOCTYPE refused'],
    ['csv', 'ins;nom\n', 'CSV without a header and a row'],
    ['csv', 'ins;nom\n1;"x', 'a quote is never closed'],
    ['csv', 'ins\n1;2;3\n', 'row 2 has more columns than the header'],
    ['csv', 'ins;titre;masque\n1;Annonce;oui\n1;Annonce\n', 'row 3 has fewer columns than the header'],
    ['csv', 'ins;nom\n1;UN\n2;DEUX\n', 'several documents are described and not all are named'],
  ] as const)('is refused as a whole: %s %j', async (format, text, detail) => {
    expect(await read(format, text)).toMatchObject({ code: 'sidecar-invalid', detail })
  })

  it.each([
    [{ dateNaissance: '15/01/90' }, 'sidecar-invalid', 'cannot read birthDate'],
    [{ sexe: 'peut-être', ins: '1' }, 'sidecar-invalid', 'cannot read sex'],
    [{ masque: 'peut-être' }, 'sidecar-invalid', 'cannot read masked'],
    [{ masque: 'oui', invisiblePatient: 'oui' }, 'visibility-forbidden', 'masked and hidden from the patient'],
    [{ patient: { dateNaissance: '15/01/1990' }, usager: { dateNaissance: '1991-01-15' } }, 'sidecar-two-patients', undefined],
    [{ patient: { nomNaissance: 'GARNIER' }, usager: { nomNaissance: 'AUTRE' } }, 'sidecar-two-patients', undefined],
  ])('parks its document rather than guess: %j', async (json, code, detail) => {
    expect(await read('json', JSON.stringify(json))).toMatchObject([{ hints: { refusal: { code, ...(detail === undefined ? {} : { detail }), outcome: 'parked' } } }])
  })

  it('says that a document goes by a secret connection', async () => {
    expect(await read('json', JSON.stringify({ connexionSecrete: 'oui' }))).toMatchObject([{ hints: { visibility: { hiddenFromRepresentatives: false, secretConnection: true } } }])
    expect(JSON.stringify(await read('json', JSON.stringify({ connexionSecrete: 'non', masque: 'oui' })))).not.toContain('secretConnection')
  })

  it('parks its document when it says two INS', async () => {
    expect(await read('xml', '<a><patient><ins>1</ins></patient><usager><ins>2</ins></usager></a>')).toMatchObject([{ hints: { refusal: { code: 'sidecar-two-patients' } } }])
  })

  const two = (name: string, one: string, other: string) => `<export><patient><${name}>${one}</${name}></patient><usager><${name}>${other}</${name}></usager></export>`

  it.each([
    ['ins', '290017512345678', '190017512345612'],
    ['insOid', '1.2.250.1.213.1.4.8', '1.2.250.1.213.1.4.9'],
    ['nomNaissance', 'GARNIER', 'AUTRE'],
    ['prenom', 'LEA', 'TOM'],
    ['prenoms', 'LEA MARIE', 'TOM LOUIS'],
    ['nomUsage', 'DURAND', 'PETIT'],
    ['prenomUsage', 'ANNE', 'PAUL'],
    ['ddn', '15/01/1990', '16/01/1990'],
    ['sexe', 'M', 'F'],
    ['cog', '69381', '75056'],
    ['ipp', '11', '12'],
    ['ippOid', '1.2.3', '1.2.4'],
  ])('that says two values of %s names two patients, and neither', async (name, one, other) => {
    expect(await read('xml', two(name, one, other))).toEqual([{ file: null, hints: { refusal: { code: 'sidecar-two-patients', outcome: 'parked' } } }])
  })

  it.each([
    ['ins', '2 90 01 75 123 456 78', '290017512345678'],
    ['nomNaissance', "D'HÉRAULT", 'd’Herault'],
    ['prenom', 'Jean-Pierre', 'JEAN PIERRE'],
    ['ddn', '15/01/1990', '1990-01-15'],
    ['sexe', 'F', 'Féminin'],
    ['ipp', 'p11', 'P11'],
  ])('that says %s twice in two writings names one', async (name, one, other) => {
    expect(await read('xml', two(name, one, other))).toMatchObject([{ hints: { identity: { origin: 'sidecar' } } }])
    expect(JSON.stringify(await read('xml', two(name, one, other)))).not.toContain('refusal')
  })

  it('gives all the given names of a list, of one patient and not of two', async () => {
    expect(await read('json', JSON.stringify({ patient: { nom: 'MARTIN', prenoms: ['Léa', 'Marie', 'Rose'] }, type: 'Courrier' }))).toMatchObject([{ hints: { identity: { birthName: 'MARTIN', givenNames: 'Léa Marie Rose' }, typeCode: '96349-6' } }])
    expect(await read('json', JSON.stringify({ patient: [{ prenoms: ['Léa'] }, { prenoms: ['Tom'] }] }))).toMatchObject([{ hints: { refusal: { code: 'sidecar-two-patients' } } }])
  })

  it.each([
    ['one document names two patients', '{"documents":[{"fichier":"a.pdf","patient":{"prenom":"LEA"},"usager":{"prenom":"TOM"}},{"fichier":"b.pdf","patient":{"prenom":"ANNE"}}]}'],
    ['one names another than the patient of all', '{"patient":{"prenom":"LEA"},"documents":[{"fichier":"a.pdf","patient":{"prenom":"TOM"}},{"fichier":"b.pdf","patient":{"prenom":"Léa"}}]}'],
  ])('that is an index parks the document alone where %s', async (_what, text) => {
    expect(await read('json', text)).toMatchObject([{ file: 'a.pdf', hints: { refusal: { code: 'sidecar-two-patients' } } }, { file: 'b.pdf', hints: { identity: { origin: 'sidecar' } } }])
  })

  it('is read once through, however many documents an index describes', async () => {
    const asked = { names: 0 }
    const counted = new Proxy(profile, { get: (of, name) => ((asked.names += name === 'fields' ? 1 : 0), Reflect.get(of, name)) })
    const rows = Array.from({ length: 500 }, (_, row) => ({ fichier: `d${row}.pdf`, ipp: `P${row}`, nom: `NOM${row}`, prenom: 'LEA', ddn: '01/01/1980' }))
    const csv = [Object.keys(rows[0]!).join(';'), ...rows.map((row) => Object.values(row).join(';'))].join('\n')
    const xml = `<export><documents>${rows.map((row) => `<document>${Object.entries(row).map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</document>`).join('')}</documents></export>`
    const expected = rows.map((_, row) => ({ file: `d${row}.pdf`, hints: { identity: { birthName: `NOM${row}`, givenName: 'LEA', birthDate: '1980-01-01', localId: `P${row}`, origin: 'sidecar' } } }))
    for (const [format, text] of [['csv', csv], ['json', JSON.stringify({ documents: rows })], ['xml', xml]] as const) {
      expect(await readSidecar(format, Buffer.from(text), counted)).toEqual({ ok: true, value: expected })
    }
    expect(asked.names).toBe(1)
  })

  it('says nothing when nothing in it is known', async () => {
    expect(await read('xml', '<facture><montant>3</montant></facture>')).toEqual([])
  })

  it('never throws, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('xml', 'json', 'csv'), fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map((text) => Buffer.from(text)), fc.string().map((text) => Buffer.from(text))), async (format, bytes) => {
        const result = await readSidecar(format, bytes, profile)
        expect(result.ok || result.failure.code === 'sidecar-invalid').toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('gives back what a CSV writer wrote', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'É', '"', ';', ',', '\n', ' ', 'x') }).map((text) => text.trim()).filter((text) => text !== '')
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 4 }), async (titles) => {
        const csv = ['fichier;titre', ...titles.map((title, index) => `f${index}.pdf;"${title.replaceAll('"', '""')}"`)].join('\r\n')
        expect(await read('csv', csv)).toMatchObject(titles.map((title, index) => ({ file: `f${index}.pdf`, hints: { title: title.trim() } })))
      }),
    )
  })
})

describe('values', () => {
  it.each([
    ['15/01/1990', '1990-01-15'],
    ['1-2-1990', '1990-02-01'],
    ['1990-01-15', '1990-01-15'],
    ['1990-01-15T10:00:00+01:00', '1990-01-15'],
    ['19900115', '1990-01-15'],
    ['19900115103000', '1990-01-15'],
    ['00/00/1931', '1931-00-00'],
    ['15/01/90', undefined],
    ['15/13/1990', undefined],
    ['hier', undefined],
    ['', undefined],
  ])('date %j', (text, expected) => expect(readDate(text)).toBe(expected))

  it.each([
    ['10/01/2026', '2026-01-10'],
    ['10/01/2026 09:30', '2026-01-10T09:30:00+01:00'],
    ['10/07/2026 9h30', '2026-07-10T09:30:00+02:00'],
    ['20260710093000', '2026-07-10T09:30:00+02:00'],
    ['2026-01-10T09:30:15Z', '2026-01-10T09:30:15Z'],
    ['2026-01-10T09:30:15.123+0400', '2026-01-10T09:30:15+04:00'],
  ])('moment %j', (text, expected) => expect(readMoment(text, 'Europe/Paris')).toBe(expected))

  it.each([
    ['Ordonnance', '57833-6'],
    ['ORD', '57833-6'],
    ['ordonnance_biologie', 'PRESC-BIO'],
    ['Ordonnance de kinésithérapie', 'PRESC-KINE'],
    ["Demande d'imagerie", '55115-0'],
    ['CR imagerie', '18748-4'],
    ['Compte rendu de biologie', '11502-2'],
    ['Compte-rendu de consultation', '11488-4'],
    ['Courrier', '96349-6'],
    ['CERTIFICAT médical', '89601-9'],
    ['VSM', '60591-5'],
    ['PRESC-BIO', 'PRESC-BIO'],
    ['57833-6', '57833-6'],
    ['51851-4', '51851-4'],
    ['bio', undefined],
    ['compte rendu', undefined],
    ['99999-9', undefined],
    ['', undefined],
  ])('type %j', (text, expected) => expect(readType(text, profile)).toBe(expected))

  it.each([
    ['oui', true],
    ['O', true],
    ['true', true],
    ['1', true],
    ['Non', false],
    ['0', false],
    ['peut-être', undefined],
  ])('yes or no %j', (text, expected) => expect(readYesNo(text)).toBe(expected))
})

describe('a file name', () => {
  it.each([
    ['GARNIER_AMELIE_19900115_ORDONNANCE.pdf', { identity: { birthName: 'GARNIER', givenName: 'AMELIE', birthDate: '1990-01-15', origin: 'file-name' }, typeCode: '57833-6', title: 'ORDONNANCE' }],
    ["LE GOFF_JEAN-PIERRE_19900115_CR_CONSULTATION.pdf", { identity: { birthName: 'LE GOFF', givenName: 'JEAN-PIERRE', birthDate: '1990-01-15', origin: 'file-name' }, typeCode: '11488-4', title: 'CR CONSULTATION' }],
    ['HÉRAULT Zoé (15-01-1990) - Ordonnance.pdf', { identity: { birthName: 'HÉRAULT', givenName: 'Zoé', birthDate: '1990-01-15', origin: 'file-name' }, typeCode: '57833-6', title: 'Ordonnance' }],
    ['LE GOFF ANNE MARIE (15-01-1990) - Courrier.pdf', { identity: { birthDate: '1990-01-15', origin: 'file-name' }, typeCode: '96349-6', title: 'Courrier' }],
    ['P00042_20260110093000_certificat.pdf', { identity: { localId: 'P00042', origin: 'file-name' }, typeCode: '89601-9', title: 'certificat', documentDate: '2026-01-10T09:30:00+01:00' }],
    ['Document1 (2).pdf', null],
    ['GARNIER_AMELIE_19909999_ORD.pdf', null],
  ])('%s', (name, expected) => {
    expect(readFileName(name, profile)).toEqual(expected)
    expect(readFileName(name.normalize('NFD'), profile)).toEqual(expected)
  })
})

describe('a profile', () => {
  it('is shipped without a mistake', () => {
    expect(loaded.problems).toEqual([])
    expect(profile.name).not.toBe('')
  })

  it.each([
    ['{', /./],
    ['{}', /name/],
    ['{"name":"x","namePatterns":["(?<nom>.*)"]}', /group nom is not a field/],
    ['{"name":"x","namePatterns":["("]}', /namePatterns.0/],
    ['{"name":"x","namePatterns":["abc"]}', /at least one group/],
    ['{"name":"x","typeWords":[{"code":"nope","words":["a"]}]}', /not a type code/],
    ['{"name":"x","mystery":1}', /mystery/],
  ])('is refused with the place of its mistake: %s', (text, detail) => {
    const parsed = parseProfile(text)
    expect(parsed).toMatchObject({ ok: false, failure: { code: 'input-invalid' } })
    expect(parsed.ok ? '' : parsed.failure.detail).toMatch(detail)
  })

  it('gives its default author to documents that name nobody', async () => {
    const own = sourceProfile.parse({ ...profile, defaultAuthor: { authorId: '801234567897', structureId: '1750803447' } })
    expect(readFileName('GARNIER_AMELIE_19900115_ORD.pdf', own)).toMatchObject({ authorId: '801234567897', structureId: '1750803447' })
    expect(await readSidecar('json', Buffer.from('{"rpps":"10101234567"}'), own)).toMatchObject({ value: [{ hints: { authorId: '10101234567', structureId: '1750803447' } }] })
  })
})

describe('the examples of resources/profiles/README.md', async () => {
  const readme = await readFile(path.resolve(import.meta.dirname, '../../../../resources/profiles/README.md'), 'utf8')
  const blocks = [...readme.matchAll(/```(\w*)\n([\s\S]*?)```/g)].map((match) => ({ format: (match[1] || 'csv') as 'json' | 'xml' | 'csv', text: match[2]! }))

  it('are all there', () => expect(blocks.map(({ format }) => format)).toEqual(['json', 'xml', 'csv', 'csv', 'json']))

  it.each(blocks)('are read without a problem: $format', async ({ format, text }) => {
    const entries = await readSidecar(format, Buffer.from(text), profile)
    expect(entries).toMatchObject({ ok: true })
    for (const { hints } of entries.ok ? entries.value : []) {
      expect(hints.refusal).toBeUndefined()
      expect(hints.identity?.ins).toMatch(/^\d{15}$/)
      expect(hints.typeCode).toBeDefined()
    }
  })

  it('say the same in the three formats', async () => {
    const [json, xml, csv] = await Promise.all(blocks.slice(0, 3).map(async ({ format, text }) => {
      const entries = await readSidecar(format, Buffer.from(text), profile)
      const { insOid: _insOid, localId: _localId, ...identity } = (entries.ok ? entries.value[0]?.hints.identity : undefined) ?? {}
      return identity
    }))
    expect(xml).toEqual(json)
    expect(csv).toEqual(json)
  })
})

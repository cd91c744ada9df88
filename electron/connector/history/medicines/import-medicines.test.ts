import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importMedicines } from './import-medicines.ts'
import { codesExample } from './medicine-example.ts'
import { readCodes } from './medicine-codes.ts'
import { medicinesFolder } from './medicine-files.ts'
import { medicinesInstalled, medicinesStamp, openMedicineDatabase } from './open-medicine-database.ts'

let folder: string
let dataFolder: string
beforeEach(() => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-medicines-'))
  ;[folder, dataFolder] = [path.join(root, 'given'), path.join(root, 'data')]
  for (const one of [folder, dataFolder]) fs.mkdirSync(one)
})
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }))

const now = Date.parse('2026-11-29T10:00:00Z')
const lines = (...rows: readonly (readonly string[])[]) => rows.map((row) => row.join('\t')).join('\r\n')

/** Invented specialties in the columns of the public medicines database. */
const specialty = (cis: string, name: string) => [cis, name, 'comprimé', 'orale', 'Autorisation active', 'Procédure nationale', 'Commercialisée', '12/03/1998', '', '', ' LABORATOIRE INVENTÉ', 'Non']
const presentation = (cis: string, cip7: string, cip13: string) => [cis, cip7, 'plaquette(s) de 30 comprimé(s)', 'Présentation active', 'Déclaration de commercialisation', '16/03/2011', cip13, 'oui', '65%', '2,18', '3,20', '1,02', '<p>Une indication ; une autre</p>']
const part = (cis: string, code: string, name: string, nature: string, link: string) => [cis, 'comprimé', code, name, '5 mg', 'un comprimé', nature, link, '']
const files: Readonly<Record<string, string>> = {
  'CIS_bdpm.txt': lines(specialty('60000001', 'FLUIDINE 5 mg, comprimé sécable'), specialty('60000002', 'CALMIFÈNE 400 mg'), [''], specialty('60000003', 'FLUIDINE DU LABO 5 mg')),
  'CIS_CIP_bdpm.txt': lines(presentation('60000001', '3000001', '3400930000011'), presentation('60000002', '3000002', '3400930000028')),
  'CIS_COMPO_bdpm.txt': lines(part('60000001', '00102', 'WARFARINE SODIQUE', 'SA', '1'), part('60000002', '00203', 'IBUPROFÈNE LYSINE', 'SA', '1'), part('60000002', '00103', 'IBUPROFÈNE', 'FT', '1'), part('60000003', '00102', 'WARFARINE SODIQUE', 'SA', '1')),
  'CIS_GENER_bdpm.txt': lines(['11', 'WARFARINE 5 mg', '60000001', '0', '1', ''], ['11', 'WARFARINE 5 mg', '60000003', '1', '2', '']),
  'CIS_MITM.txt': lines(['60000001', 'B01AA03', 'FLUIDINE', 'https://exemple.fr']),
}
/** Invented interactions in the columns extracted thesauruses have. */
const interactions = ['"protagoniste1";"protagoniste2";"page";"CI";"AD";"PE";"PC";"couple"',
  '"ANTI-INFLAMMATOIRES NON STEROIDIENS";"ANTICOAGULANTS ORAUX";3;;"Association DECONSEILLEE Surveillance clinique étroite ; INR.";;;"x"',
  '"ANTICOAGULANTS ORAUX";"ANTI-INFLAMMATOIRES NON STEROIDIENS";9;;"Association DECONSEILLEE Surveillance clinique étroite ; INR.";;;"x"',
  '"PARACETAMOL";"ANTIVITAMINES K";4;;;"Precaution d\'emploi Contrôle de l\'INR.";;"x"'].join('\n')
const classes = ['"molecule"\t"famille"', '"warfarine"\t"anticoagulants oraux"', '"warfarine"\t"antivitamines K"', '"ibuprofene"\t"anti-inflammatoires non stéroïdiens"'].join('\n')

function give(given: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(given)) fs.writeFileSync(path.join(folder, name), content)
}
const bring = (paths: readonly string[] = [folder], date: string | null = '2026-09-15') => importMedicines({ paths, dataFolder, date, now })
async function withDatabase<T>(look: (database: Awaited<ReturnType<typeof openMedicineDatabase>>) => T): Promise<T> {
  const database = await openMedicineDatabase(dataFolder, now)
  try {
    return look(database)
  } finally {
    database.close()
  }
}
const productOf = (code: string) => withDatabase((database) => database.productsOf(readCodes(codesExample(code)))[0] ?? null)

describe('the public medicines database', () => {
  it('is imported with its day; a product is found by CIS, CIP13 and CIP7, with its active part, groups and classes', async () => {
    give(files)
    const imported = await bring()
    expect(imported).toMatchObject({ ok: true, value: { ignored: [], bases: [{ base: 'products', date: '2026-09-15', counts: { specialties: 3, presentations: 4, substances: 2, generics: 2, classes: 1 } }] } })
    expect(imported.ok && imported.value.bases[0]?.files.map(({ lines, kept, blank, bad }) => [lines, kept, blank, bad])).toEqual([[4, 3, 1, 0], [2, 2, 0, 0], [4, 4, 0, 0], [2, 2, 0, 0], [1, 1, 0, 0]])
    const fluidine = { cis: '60000001', name: 'FLUIDINE 5 mg, comprimé sécable', substances: [{ code: '102', name: 'WARFARINE SODIQUE' }], genericGroups: ['11'], atc: ['B01AA03'] }
    expect([await productOf('60000001'), await productOf('3400930000011')]).toEqual([fluidine, fluidine])
    expect(await withDatabase((database) => database.productsOf(readCodes([{ code: '3000001', system: '1.2.250.1.213.2.3.2' }])))).toEqual([fluidine])
    // The fraction thérapeutique names the substance, not its salt.
    expect((await productOf('60000002'))?.substances).toEqual([{ code: '103', name: 'IBUPROFÈNE' }])
    expect([await productOf('99999999'), (await withDatabase((database) => database.productsOf(readCodes(codesExample('60000001', '60000002', '3400930000011'))))).map(({ cis }) => cis)]).toEqual([null, ['60000001', '60000002']])
    expect(await medicinesInstalled(dataFolder, now)).toMatchObject({ products: { base: { state: 'installed', date: '2026-09-15', old: false }, about: { counts: { specialties: 3 } } }, interactions: { base: { state: 'absent' } } })
    expect(fs.readdirSync(medicinesFolder(dataFolder))).toEqual(['products.db'])
  })

  it('is read in either encoding, file by file', async () => {
    give({ ...files, 'CIS_bdpm.txt': Buffer.from(files['CIS_bdpm.txt']!, 'latin1') })
    const imported = await bring()
    expect(imported.ok && imported.value.bases[0]?.files.slice(0, 2).map(({ encoding }) => encoding)).toEqual(['windows-1252', 'utf-8'])
    expect((await productOf('60000002'))?.name).toBe('CALMIFÈNE 400 mg')
  })

  it('names every bad line and keeps the rest', async () => {
    const many = Array.from({ length: 200 }, (_, at) => specialty(String(61_000_000 + at), `INVENTÉ ${at}`))
    const presentations = Array.from({ length: 200 }, (_, at) => presentation(String(61_000_000 + at), String(3_100_000 + at), `34009${31_000_000 + at}`))
    give({ ...files, 'CIS_bdpm.txt': `${files['CIS_bdpm.txt']}\n${lines(...many, ['6000', 'TROP COURT'], ['60000009'], specialty('60000001', 'Redite'), [...specialty('60000010', 'DÉCALÉ'), 'de trop'])}`, 'CIS_CIP_bdpm.txt': lines(...presentations, presentation('60000003', '3000003', '3400930000011'), presentation('60000001', '3000001', '3400930000011'), presentation('60000001', '30', '3400930000035')) })
    const imported = await bring()
    const [names, boxes] = imported.ok ? imported.value.bases[0]!.files : []
    expect(names).toMatchObject({ kept: 203, again: 1, blank: 1, bad: 3, examples: [{ line: 205, why: 'CIS 6000' }, { line: 206, why: '1 columns' }, { line: 208, why: '13 columns' }] })
    expect(boxes).toMatchObject({ bad: 2, examples: [{ line: 202, why: 'presentation 3400930000011 is of specialty 60000003 already' }, { line: 203, why: 'CIP7 30' }] })
  })

  it('is refused where a file is missing, is another one, or cannot be believed; what was installed stays', async () => {
    give(files)
    await bring()
    const before = medicinesStamp(dataFolder)
    const refusals: [Readonly<Record<string, string>>, RegExp][] = [
      [{ 'CIS_COMPO_bdpm.txt': '' }, /CIS_COMPO_bdpm\.txt: no line could be read/],
      [{ 'CIS_CIP_bdpm.txt': `${files['CIS_CIP_bdpm.txt']}\n<html>` }, /1 lines of 3 cannot be read \(line 3: 1 columns\)/],
    ]
    for (const [changed, why] of refusals) {
      give({ ...files, ...changed })
      expect(await bring()).toMatchObject({ ok: false, failure: { code: 'medicine-files-invalid', detail: expect.stringMatching(why) as string } })
    }
    fs.rmSync(path.join(folder, 'CIS_CIP_bdpm.txt'))
    expect(await bring()).toMatchObject({ ok: false, failure: { detail: 'missing: CIS_CIP_bdpm.txt' } })
    expect([medicinesStamp(dataFolder), fs.readdirSync(medicinesFolder(dataFolder))]).toEqual([before, ['products.db']])
    expect((await productOf('60000001'))?.atc).toEqual(['B01AA03'])
  })

  it('is swapped whole: the new one alone is seen, by who looks next', async () => {
    give(files)
    await bring()
    const open = await openMedicineDatabase(dataFolder, now)
    const before = medicinesStamp(dataFolder)
    give({ 'CIS_bdpm.txt': lines(specialty('60000002', 'CALMIFÈNE NOUVEAU')) })
    await bring([folder], '2026-11-01')
    expect(medicinesStamp(dataFolder)).not.toBe(before)
    expect(open.productsOf(readCodes(codesExample('60000001')))[0]?.name).toBe('FLUIDINE 5 mg, comprimé sécable')
    open.close()
    expect([await productOf('60000001'), (await productOf('60000002'))?.name]).toEqual([null, 'CALMIFÈNE NOUVEAU'])
  })
})

describe('the thesaurus of interactions', () => {
  const among = (...substances: readonly string[]) => withDatabase((database) => database.interactionsAmong(substances.flatMap((one) => database.protagonistsOf(one))).map(({ levels, between }) => [levels, ...between]))

  it('is imported from its tables: mirrors once, classes by substance, levels by column', async () => {
    give({ 'thesaurus.csv': interactions, 'classes.csv': classes, 'thesaurus.pdf': '%PDF', 'lisez-moi.txt': 'Bonjour' })
    const imported = await bring()
    expect(imported).toMatchObject({ ok: true, value: { bases: [{ base: 'interactions', counts: { pairs: 2, substances: 2, classes: 3 }, files: [expect.anything(), { file: 'interactions', lines: 3, kept: 2, again: 1, bad: 0 }].reverse() }] } })
    expect(imported.ok && imported.value.ignored.map((file) => path.basename(file))).toEqual(['lisez-moi.txt', 'thesaurus.pdf'])
    expect(await among('WARFARINE SODIQUE', 'IBUPROFÈNE')).toEqual([[['discouraged'], 'ANTI-INFLAMMATOIRES NON STEROIDIENS', 'ANTICOAGULANTS ORAUX']])
    expect(await among('Paracétamol', 'warfarine')).toEqual([[['precaution'], 'ANTIVITAMINES K', 'PARACETAMOL']])
    expect([await among('IBUPROFÈNE', 'PARACÉTAMOL'), await withDatabase((database) => database.protagonistsOf('INCONNUE'))]).toEqual([[], []])
  })

  it('has the levels its words begin with, several where it says so, and no row without one', async () => {
    const rows = ['protagoniste1\tprotagoniste2\tdescription_interaction\tdescription_medoc\tmecanisme\tCI\tAD\tPE\tPC',
      "A\tB\tAssociation DECONSEILLEE Majoration.\t\tMajoration.\t\t\t\t", "A\tC\tPrecaution d'emploi Surveillance.\t\tDépression.\t\t\tSurveillance.\t",
      'A\tD\tCI - ASDEC - APEC Contre-indication avec : - des doses fortes\t\tRisque.\tx\tx\t\tx', 'A\tE\tA prendre en compte Addition.\t\t\t\t\t \t', 'A\tF\tCONTRE-INDICATION\t\t\t\t\t\t',
      ...Array.from({ length: 60 }, (_, at) => `A\tX${at}\tA prendre en compte\t\t\t\t\t\t`), 'A\tG\tVoir aussi : autre chose\t\t\t\t\t\t', '\tH\tA prendre en compte\t\t\t\t\t\t']
    give({ 'a.csv': rows.join('\n'), 'b.tsv': 'molecule;famille\na;familles' })
    const imported = await bring()
    expect(imported).toMatchObject({ ok: true })
    expect(imported.ok && imported.value.bases[0]!.files.find(({ file }) => file === 'interactions')).toMatchObject({ bad: 2, examples: [{ line: 67, why: 'no level' }, { line: 68, why: 'one protagonist is missing' }] })
    const levels = async (other: string) => (await among('A', other))[0]?.[0]
    expect([await levels('B'), await levels('C'), await levels('D'), await levels('E'), await levels('F'), await levels('G')]).toEqual([['discouraged'], ['precaution'], ['contraindicated', 'discouraged', 'consider'], ['consider'], ['contraindicated'], undefined])
  })

  it('is refused as a PDF, without its classes, or twice', async () => {
    give({ 'thesaurus.pdf': '%PDF-1.7' })
    expect(await bring()).toMatchObject({ ok: false, failure: { detail: expect.stringContaining('a PDF of the thesaurus is not') as string } })
    give({ 'thesaurus.csv': interactions })
    expect(await bring()).toMatchObject({ ok: false, failure: { detail: expect.stringContaining('a table with the columns molecule, famille') as string } })
    give({ 'classes.csv': classes, 'thesaurus 2.csv': interactions })
    expect(await bring()).toMatchObject({ ok: false, failure: { detail: expect.stringContaining('are both the interactions of a thesaurus') as string } })
    expect(fs.existsSync(medicinesFolder(dataFolder))).toBe(false)
  })

  it('leaves both bases as they were when one of the two cannot be believed', async () => {
    give({ ...files, 'thesaurus.csv': interactions, 'classes.csv': classes })
    await bring()
    const before = medicinesStamp(dataFolder)
    give({ 'thesaurus.csv': `${interactions}\n"open` })
    expect(await bring([folder], '2026-11-01')).toMatchObject({ ok: false, failure: { detail: expect.stringContaining('a quote is not closed') as string } })
    expect(medicinesStamp(dataFolder)).toBe(before)
  })
})

it('says what it cannot read rather than that nothing is there, and how old data is', async () => {
  give({ ...files, 'thesaurus.csv': interactions, 'classes.csv': classes })
  await bring([folder], '2025-01-01')
  fs.writeFileSync(path.join(medicinesFolder(dataFolder), 'interactions.db'), 'not a database at all')
  expect(await medicinesInstalled(dataFolder, now)).toMatchObject({ products: { base: { state: 'installed', old: true } }, interactions: { base: { state: 'unreadable' } } })
  expect(await withDatabase((database) => [database.interactions, database.protagonistsOf('WARFARINE')])).toEqual([{ state: 'unreadable' }, []])
})

it('takes the day of the newest file where none is given', async () => {
  give(files)
  for (const name of Object.keys(files)) fs.utimesSync(path.join(folder, name), new Date('2026-03-01T12:00:00Z'), new Date('2026-03-01T12:00:00Z'))
  fs.utimesSync(path.join(folder, 'CIS_MITM.txt'), new Date('2026-04-02T12:00:00Z'), new Date('2026-04-02T12:00:00Z'))
  expect(await bring([folder], null)).toMatchObject({ ok: true, value: { bases: [{ date: '2026-04-02' }] } })
})

import { codeSystems, isLoincCode } from '#shared/terminology/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, idIn, rootsOf, statementOf } from './elements.ts'
import type { Coded } from './values.ts'

const cisis = '1.2.250.1.213.1.1.2.'
const ihe = '1.3.6.1.4.1.19376.1.'
const pcc = `${ihe}5.3.1.`
const ccd = '2.16.840.1.113883.10.20.1.'

/** What readers ask of a section: what it lists, by its code. */
export const lists = {
  antecedents: '11348-0', family: '10157-6', allergies: '48765-2', vaccines: '11369-6', carePlan: '18776-5', vitalSigns: '8716-3', results: '30954-2',
  pregnancies: '10162-6', prenatal: '57078-8', delivery: '57074-7', newborn: '57075-4',
} as const

/**
 * The templates a section is known by, of the CI-SIS and of IHE PCC or CCD, with the code each stands for. The care plan of the VSM (FR2.32) only holds its
 * treatments and is not one of them.
 */
const known = ([
  { code: '11450-4', ours: ['132'], others: [`${pcc}3.6`, `${ccd}11`] },
  { code: lists.antecedents, ours: ['134', '2'], others: [`${pcc}3.8`] },
  { code: '46241-6', ours: ['129'], others: [`${pcc}3.3`] },
  { code: '11535-2', ours: ['133'], others: [`${pcc}3.7`] },
  { code: '47519-4', ours: ['136'], others: [`${pcc}3.11`, `${pcc}3.12`, `${ccd}12`] },
  { code: lists.allergies, ours: ['137'], others: [`${pcc}3.13`, `${ccd}2`] },
  { code: lists.family, ours: ['139'], others: [`${pcc}3.14`, `${pcc}3.15`, `${ccd}4`] },
  { code: lists.vaccines, ours: ['147'], others: [`${pcc}3.23`, `${ccd}6`] },
  { code: lists.carePlan, ours: ['120', '154', '158', '158.3'], others: [`${pcc}3.31`, `${pcc}3.36`, `${pcc}1.18.3.1`] },
  { code: lists.vitalSigns, ours: ['75'], others: [`${pcc}3.25`, `${pcc}1.5.3.2`, `${ccd}16`] },
  { code: lists.results, ours: ['150', '151', '244'], others: [`${pcc}3.27`, `${pcc}3.28`] },
  { code: lists.pregnancies, ours: ['77'], others: [`${pcc}1.5.3.4`] },
  { code: lists.prenatal, ours: ['173'], others: [`${pcc}1.21.2.5`, `${pcc}1.21.2.5.1`] },
  { code: lists.delivery, ours: ['123'], others: [`${pcc}1.21.2.3`] },
  { code: lists.newborn, ours: ['124'], others: [`${pcc}1.21.2.4`] },
] as const).map((one) => ({ ...one, ours: one.ours.map((number) => `${cisis}${number}`) }))

/** A chapter of a laboratory (FR2.70, FR2.71), and an entry of one (FR3.21), by the CI-SIS and by IHE. */
const chapters = [`${cisis}70`, `${cisis}71`, `${ihe}3.3.2.1`, `${ihe}3.3.2.2`]
const chapterEntries = ['1.2.250.1.213.1.1.3.21', `${ihe}3.1`]

const named = (element: CdaElement, roots: readonly string[]) => rootsOf(element).some((root) => roots.includes(root))

/** A code of another list than LOINC, or one LOINC may have. */
function isCode(coded: Coded | null): boolean {
  return coded?.code != null && ((coded.system !== null && coded.system !== codeSystems.loinc) || isLoincCode(coded.code))
}

/** Lists of what is there now, where an open line says that an illness is active: problems, diagnoses of an admission and of a discharge. */
export const current: ReadonlySet<string | null> = new Set(['11450-4', '46241-6', '11535-2'])

/** What its templates of the CI-SIS, its code and its templates of IHE each say that a section lists, as codes that stand for it; null where one says nothing. */
function sayingsOf(section: CdaElement, coded: Coded | null) {
  const isOfLoinc = coded !== null && (coded.system === null || coded.system === codeSystems.loinc)
  return {
    ours: known.find((one) => named(section, one.ours))?.code ?? null,
    code: isOfLoinc ? (known.find(({ code }) => code === coded.code)?.code ?? null) : null,
    theirs: known.find((one) => named(section, one.others))?.code ?? null,
  }
}

/**
 * What a section lists, as the code that stands for it: what its template of the CI-SIS says, else its own code where that is of a list known here, else its
 * template of IHE, else any code it has. Null where nothing plain says it: nothing is then made of the section.
 */
export function listOf(section: CdaElement, coded: Coded | null): string | null {
  const { ours, code, theirs } = sayingsOf(section, coded)
  return ours ?? code ?? theirs ?? (isCode(coded) ? (coded?.code ?? null) : null)
}

/** Whether a template of a section or its code says that it lists one of these, whatever the others say: what may be a relative's is not told as the patient's. */
export function mayList(section: CdaElement, coded: Coded | null, codes: readonly string[]): boolean {
  return Object.values(sayingsOf(section, coded)).some((said) => said !== null && codes.includes(said))
}

/** Whether a section plans: by what it lists, except where the VSM gives that code to what only holds its treatments. */
export function isCarePlan(section: CdaElement, list: string | null): boolean {
  return list === lists.carePlan && !idIn(section, `${cisis}32`)
}

/** Whether a section is a chapter of a laboratory, by its template. */
export function isLaboratory(section: CdaElement): boolean {
  return named(section, chapters)
}

/** Whether an entry is of a laboratory's chapter, wherever it stands. */
export function isOfLaboratory(entry: CdaElement): boolean {
  const statement = statementOf(entry)
  return named(entry, chapterEntries) || (statement !== null && at(statement, 'classCode') === 'ACT' && named(statement, chapterEntries))
}

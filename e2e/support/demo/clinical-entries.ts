import { codes, systems, type Code, type Day, type Meaning } from './meanings.ts'
import { routes, type Product } from './products.ts'
import { escaped, loincCode, reference, template, templateIds } from './entry-parts.ts'

/** Places in the narrative a statement may point at: its row, and the cells of it. */
export interface Row {
  readonly id: string
  readonly cell: (column: number) => string
}

const attributes = ({ code, label, system }: Code) => `code="${code}" displayName="${escaped(label)}" codeSystem="${system}"`
const cdaDay = (day: Day) => day.replace(/-/g, '')
const typed = (type: 'CD' | 'CE', code: Code) => `<value xsi:type="${type}" ${attributes(code)}/>`

/** A statement of its own on another one: its severity, its status. */
function detail(number: string, code: string, value: string, inversion = true): string {
  return `<entryRelationship typeCode="${inversion ? 'SUBJ' : 'REFR'}" inversionInd="${inversion}"><observation classCode="OBS" moodCode="EVN">${template(number)}${code}<statusCode code="completed"/>${value}</observation></entryRelationship>`
}

const severity = (value: Code) => detail('29', `<code code="SEV" displayName="Sévérité" codeSystem="${systems.actCode}"/>`, typed('CD', value))
const certainty = (value: Code) => detail('171', loincCode('66455-7', 'Certitude'), typed('CD', value))
const criticality = (value: Code) => detail('172', loincCode('82606-5', 'Criticité'), typed('CE', value))
const clinicalStatus = (isOver: boolean) =>
  detail('30', loincCode('33999-4', 'Statut'), typed('CE', isOver ? { code: 'inactive', label: 'Inactif', system: systems.clinicalStatus } : { code: 'active', label: 'Actif', system: systems.clinicalStatus }), false)

/** The act that follows a problem or an allergy; when it was noted is not said. */
function concern(number: string, id: string, isOver: boolean, observation: string): string {
  return `<entry><act classCode="ACT" moodCode="EVN">${template(number)}${templateIds('1.3.6.1.4.1.19376.1.5.3.1.4.5.1')}${id}<code nullFlavor="NA"/><statusCode code="${isOver ? 'completed' : 'active'}"/><effectiveTime><low nullFlavor="UNK"/></effectiveTime><entryRelationship typeCode="SUBJ" inversionInd="false">${observation}</entryRelationship></act></entry>`
}

function observation(models: string, id: string, row: Row, code: Code, since: Day | null, rest: string): string {
  const time = since === null ? '<effectiveTime><low nullFlavor="UNK"/></effectiveTime>' : `<effectiveTime><low value="${cdaDay(since)}"/></effectiveTime>`
  return `<observation classCode="OBS" moodCode="EVN" negationInd="false">${models}${id}<code ${attributes(code)}/><text>${reference(row.id)}</text><statusCode code="completed"/>${time}${rest}</observation>`
}

const diagnosis: Code = { code: '282291009', label: 'interprétation diagnostique', system: systems.snomed }
const symptom: Code = { code: '418799008', label: 'symptôme rapporté par le patient ou le répondant', system: systems.snomed }
const anyAllergy: Code = { code: '609328004', label: 'Allergie', system: systems.snomed }
const problemTemplates = `${templateIds('1.3.6.1.4.1.19376.1.5.3.1.4.5')}${template('37')}`
const allergyTemplates = `${templateIds('1.3.6.1.4.1.19376.1.5.3.1.4.6')}${template('41')}`

function product({ name, cis, cip, atc, className }: Product, cell: string, lot?: string): string {
  return `<consumable><manufacturedProduct>${templateIds('1.3.6.1.4.1.19376.1.5.3.1.4.7.2')}${template('43')}<manufacturedMaterial>` +
    `<code code="${cis}" displayName="${escaped(name)}" codeSystem="${systems.cis}" codeSystemName="CIS"><originalText>${reference(cell)}</originalText>` +
    `<translation code="${cip}" displayName="${escaped(name)}" codeSystem="${systems.cip}" codeSystemName="CIP"/><translation code="${atc}" displayName="${escaped(className)}" codeSystem="${systems.atc}" codeSystemName="ATC"/></code>` +
    `<name>${escaped(name)}</name>${lot === undefined ? '' : `<lotNumberText>${lot}</lotNumberText>`}</manufacturedMaterial></manufacturedProduct></consumable>`
}

const routeOf = (route: Product['route']) => `<routeCode code="${routes[route].code}" displayName="${routes[route].label}" codeSystem="${systems.edqm}" codeSystemName="EDQM"/>`

/** What is given, or is to be: `when` and what follows it are those of the one kind. */
function administration(mood: 'EVN' | 'INT', models: string, id: string, row: Row, code: string, status: 'completed' | 'active', when: string): string {
  return `<entry><substanceAdministration classCode="SBADM" moodCode="${mood}" negationInd="false">${models}${id}${code}<text>${reference(row.id)}</text><statusCode code="${status}"/>${when}</substanceAdministration></entry>`
}

const drug = `<code code="DRUG" displayName="Médicament" codeSystem="${systems.actCode}"/>`
const immunization = `<code code="IMMUNIZ" displayName="Vaccination sans autre précision" codeSystem="${systems.actCode}"/>`

function treatment(meaning: Extract<Meaning, { kind: 'treatment' }>, id: string, row: Row): string {
  const { dose, unit, every, since } = meaning
  const bound = (name: string) => `<${name} value="${dose}" unit="${unit}"/>`
  const words = `<translation><originalText>${reference(row.cell(2))}</originalText></translation>`
  const rhythm = every === null ? '' : `<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="${every[0]}" unit="${every[1]}">${words}</period></effectiveTime>`
  return administration('EVN', `${templateIds('1.3.6.1.4.1.19376.1.5.3.1.4.7', '1.3.6.1.4.1.19376.1.5.3.1.4.7.1')}${template('42')}`, id, row, drug, 'completed',
    `<effectiveTime xsi:type="IVL_TS"><low value="${cdaDay(since)}"/><high nullFlavor="UNK"/></effectiveTime>${rhythm}` +
    `${routeOf(meaning.product.route)}<doseQuantity>${bound('low')}${bound('high')}</doseQuantity>${product(meaning.product, row.cell(1))}`)
}

function vaccine(meaning: Extract<Meaning, { kind: 'vaccine' }>, id: string, row: Row): string {
  const rank = meaning.rank === null ? '' : detail('82', loincCode('30973-2', 'Rang de la vaccination'), `<value xsi:type="INT" value="${meaning.rank}"/>`)
  return administration('EVN', `${templateIds('1.3.6.1.4.1.19376.1.5.3.1.4.12')}${template('45')}`, id, row, immunization, 'completed',
    `<effectiveTime value="${cdaDay(meaning.date)}"/>${routeOf(meaning.product.route)}${product(meaning.product, row.cell(1), meaning.lot)}${rank}`)
}

/** The entry of a row, after the national models of content, with `id` as its own number. It says what the row says and points at it. */
export function clinicalEntry(meaning: Meaning, id: string, row: Row): string {
  switch (meaning.kind) {
    case 'allergy': {
      const { type, agent, reaction, since, isCritical } = meaning
      const manifestation = `<entryRelationship typeCode="MFST" inversionInd="true">${observation(problemTemplates, '', { ...row, id: row.cell(2) }, symptom, null, `${typed('CD', reaction)}${severity(meaning.severity)}`)}</entryRelationship>`
      const responsible = `<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT"><code ${attributes(agent)}><originalText>${reference(row.cell(1))}</originalText></code><name>${escaped(agent.label)}</name></playingEntity></participantRole></participant>`
      return concern('40', id, false, observation(allergyTemplates, id, row, type, since, `<value xsi:type="CD" nullFlavor="UNK"/>${responsible}${manifestation}${isCritical ? criticality(codes.highCriticality) : ''}${certainty(meaning.certainty)}${clinicalStatus(false)}`))
    }
    case 'noKnownAllergy':
      return concern('40', id, false, observation(allergyTemplates, id, row, anyAllergy, null, typed('CD', codes.noKnownAllergy)))
    case 'problem':
      return concern('39', id, meaning.isOver, observation(problemTemplates, id, row, diagnosis, meaning.since, `${typed('CD', meaning.problem)}${clinicalStatus(meaning.isOver)}`))
    case 'treatment':
      return treatment(meaning, id, row)
    case 'vaccine':
      return vaccine(meaning, id, row)
    case 'plannedVaccine':
      return administration('INT', `${templateIds('1.3.6.1.4.1.19376.1.5.3.1.4.12.2')}${template('47')}`, id, row, immunization, 'active',
        `<effectiveTime value="${cdaDay(meaning.date)}"/>${product(meaning.product, row.cell(1))}`)
  }
}

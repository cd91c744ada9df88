import { analytes, type Analyte } from './analytes.ts'
import type { LaboratoryRow } from './document-model.ts'
import { escaped, loincCode, reference, template, templateIds } from './entry-parts.ts'
import { systems } from './meanings.ts'
import { cdaTime } from './paris-time.ts'

/** A row of a report with what it measures. */
interface Measured {
  readonly row: LaboratoryRow
  readonly analyte: Analyte
}

/** Every row with its analyte; null when one has none: a panel is coded whole or not at all, so that no row is left out of what is read. */
export function measuredIn(rows: readonly LaboratoryRow[]): readonly Measured[] | null {
  const found = rows.flatMap((row) => {
    const analyte = analytes.get(row.name)
    return analyte === undefined ? [] : [{ row, analyte }]
  })
  return found.length === rows.length ? found : null
}

export const chapters = { biochemistry: { code: '18719-5', label: 'Biochimie' }, haematology: { code: '18723-7', label: 'Hématologie' } } as const
const specimens = { blood: { code: 'BLD', label: 'Sang' }, urine: { code: 'UR', label: 'Urine' } } as const
const flags = { H: 'Anormalement haut', L: 'Anormalement bas', N: 'Normal' } as const

const number = (written: string) => written.replace(',', '.')

/** `14/10/2025 à 8 h 10` as a local time. */
export function sampledAt(written: string): string {
  const [, day, month, year, hour = '', minute] = /^(\d\d)\/(\d\d)\/(\d{4}) à (\d{1,2}) h (\d\d)$/.exec(written) ?? []
  if (minute === undefined) throw new Error(`not a time of sampling: ${written}`)
  return `${year}-${month}-${day}T${hour.padStart(2, '0')}:${minute}`
}

/** `91 (04/2025)`: the former value and its month. */
export function previousOf({ previous }: LaboratoryRow): { value: string; month: string } | null {
  if (previous === undefined) return null
  const [, value, month, year] = /^([\d,]+) \((\d\d)\/(\d{4})\)$/.exec(previous) ?? []
  if (value === undefined) throw new Error(`not a former value: ${previous}`)
  return { value: number(value), month: `${year}-${month}` }
}

/** Bounds of usual values as printed; null for words. */
export function boundsOf(written: string): { low?: string; high?: string; open: boolean } | null {
  const [, low, high] = /^([\d,]+) à ([\d,]+)$/.exec(written) ?? []
  if (low !== undefined && high !== undefined) return { low: number(low), high: number(high), open: false }
  const [, sign, bound] = /^([<>]) ([\d,]+)(?: \(.+\))?$/.exec(written) ?? []
  return bound === undefined ? null : { [sign === '<' ? 'high' : 'low']: number(bound), open: true }
}

function usualValues({ reference: written }: LaboratoryRow, unit: string): string {
  const bounds = boundsOf(written)
  const bound = (name: 'low' | 'high') => (bounds?.[name] === undefined ? '' : `<${name} value="${bounds[name]}" unit="${unit}"${bounds.open ? ' inclusive="false"' : ''}/>`)
  const said = bounds === null ? `<text>${escaped(written)}</text>` : `<value xsi:type="IVL_PQ">${bound('low')}${bound('high')}</value>`
  return `<referenceRange typeCode="REFV"><observationRange classCode="OBS" moodCode="EVN.CRT">${said}</observationRange></referenceRange>`
}

/** What the laboratory says of a result: out of range as printed, usual where there are usual values. */
export function flagOf(row: LaboratoryRow): keyof typeof flags | null {
  return row.outside ?? (boundsOf(row.reference) === null ? null : 'N')
}

function result({ row, analyte }: Measured, at: string, id: string): string {
  const { loinc, label, unit } = analyte
  const code = loincCode(loinc, label, `<originalText>${reference(id)}</originalText>`)
  const quantity = (value: string) => `<value xsi:type="PQ" value="${value}" unit="${unit}"/>`
  const flag = flagOf(row)
  const previous = previousOf(row)
  const former = previous === null ? '' :
    `<entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN">${code}<statusCode code="completed"/><effectiveTime value="${previous.month.replace('-', '')}"/>${quantity(previous.value)}</observation></entryRelationship>`
  return `<entryRelationship typeCode="COMP"><observation classCode="OBS" moodCode="EVN">${templateIds('1.3.6.1.4.1.19376.1.3.1.6')}${template('80')}${code}<statusCode code="completed"/><effectiveTime value="${cdaTime(at)}"/>${quantity(number(row.value))}` +
    `${flag === null ? '' : `<interpretationCode code="${flag}" displayName="${flags[flag]}" codeSystem="${systems.interpretation}"/>`}${former}${usualValues(row, unit)}</observation></entryRelationship>`
}

function specimenTaken(specimen: Analyte['specimen'], at: string): string {
  const { code, label } = specimens[specimen]
  return `<entryRelationship typeCode="COMP"><procedure classCode="PROC" moodCode="EVN">${templateIds('1.3.6.1.4.1.19376.1.3.1.2')}${template('77')}<effectiveTime value="${cdaTime(at)}"/>` +
    `<participant typeCode="PRD"><participantRole classCode="SPEC"><playingEntity><code code="${code}" displayName="${label}" codeSystem="${systems.specimen}"/></playingEntity></participantRole></participant></procedure></entryRelationship>`
}

/** The entry of a panel: what was taken, then a result a row, each with the former one that is printed beside it. Rows are named `prefix-1`… */
export function laboratoryEntry(measured: readonly Measured[], at: string, prefix: string): string {
  const [first] = measured
  if (first === undefined) throw new Error('a panel without a row')
  const chapter = chapters[first.analyte.chapter]
  return `<entry typeCode="DRIV">${templateIds('1.3.6.1.4.1.19376.1.3.1')}${template('21')}<act classCode="ACT" moodCode="EVN">${loincCode(chapter.code, chapter.label)}<statusCode code="completed"/>` +
    `${specimenTaken(first.analyte.specimen, at)}${measured.map((one, index) => result(one, at, `${prefix}-${index + 1}`)).join('\n')}</act></entry>`
}

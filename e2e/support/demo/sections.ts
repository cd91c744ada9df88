import { clinicalEntry } from './clinical-entries.ts'
import type { DocumentBody, NarrativeTable } from './document-model.ts'
import { escaped, loincCode, sectionTemplate, templateIds } from './entry-parts.ts'
import { chapters, laboratoryEntry, measuredIn, sampledAt } from './laboratory-entries.ts'

const paragraph = (text: string): string => text.split('\n').map((line) => `<paragraph>${escaped(line)}</paragraph>`).join('')

/** A table whose rows are named `prefix-1`…; with `namesCells`, their cells `prefix-1-1`… too, for entries to point at. */
function table(columns: readonly string[], rows: ReadonlyArray<readonly string[]>, prefix: string, namesCells = false): string {
  const head = columns.map((column) => `<th>${escaped(column)}</th>`).join('')
  const cell = (text: string, row: number, column: number) => `<td${namesCells && text !== '' ? ` ID="${prefix}-${row + 1}-${column + 1}"` : ''}>${escaped(text)}</td>`
  const body = rows.map((row, index) => `<tr ID="${prefix}-${index + 1}">${row.map((text, column) => cell(text, index, column)).join('')}</tr>`).join('\n')
  return `<table border="1"><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`
}

const loincLabels: Readonly<Record<string, string>> = {
  '26436-6': 'Examens de biologie médicale', '55110-1': 'Conclusions', '55112-7': 'Commentaire', '48765-2': 'Allergies et intolérances', '11450-4': 'Liste des problèmes actifs',
  '11348-0': 'Antécédents', '10160-0': 'Historique des traitements', '11369-6': 'Historique des vaccinations', '29762-2': 'Mode de vie et facteurs de risque', '8716-3': 'Signes vitaux',
  '18776-5': 'Plan de soins', '46239-0': 'Motif de consultation',
}

/** Models of the sections that have entries (CI-SIS), by their code. */
const sectionModels: Readonly<Record<string, string>> = { '48765-2': '137', '11450-4': '132', '11348-0': '134', '10160-0': '143', '11369-6': '147', '18776-5': '158' }

function section(code: string, title: string, text: string, models = '', entries = ''): string {
  return `<component><section>${models}${loincCode(code, loincLabels[code] ?? title)}<title>${escaped(title)}</title><text>${text}</text>${entries}</section></component>`
}

function codedTable({ code, title, columns, rows, means = [] }: NarrativeTable, prefix: string, document: string): string {
  if (means.length !== rows.length) throw new Error(`${title}: ${means.length} meanings for ${rows.length} rows`)
  const entries = means.map((meaning, index) => {
    const row = `${prefix}-${index + 1}`
    return clinicalEntry(meaning, `<id root="${document}" extension="${row}"/>`, { id: row, cell: (column) => `${row}-${column}` })
  })
  const model = sectionModels[code]
  if (model === undefined) throw new Error(`no model for section ${code}`)
  return section(code, title, table(columns, rows, prefix, true), sectionTemplate(model), `\n${entries.join('\n')}\n`)
}

type Laboratory = Extract<DocumentBody, { kind: 'laboratory' }>

function panel({ title, method, rows }: Laboratory['panels'][number], sampled: string, prefix: string, isCoded: boolean): string {
  const printed = rows.map((row) => [row.name, `${row.value}${row.outside ? ` (${row.outside === 'H' ? 'haut' : 'bas'})` : ''}`, row.unit, row.reference, row.previous ?? ''])
  const text = `${method ? paragraph(method) : ''}${table(['Analyse', 'Résultat', 'Unité', 'Valeurs de référence', 'Antériorité'], printed, prefix)}`
  const measured = isCoded ? measuredIn(rows) : null
  const [first] = measured ?? []
  if (measured === null || first === undefined) return section('26436-6', title, text)
  return section(chapters[first.analyte.chapter].code, title, text, `${templateIds('1.3.6.1.4.1.19376.1.3.3.2.1')}${sectionTemplate('70')}`, `\n${laboratoryEntry(measured, sampledAt(sampled), prefix)}\n`)
}

/** Sections of a body; with the id of its `document`, those that can have coded entries have them. */
export function sections(body: DocumentBody, document: string | null): string[] {
  switch (body.kind) {
    case 'laboratory':
      return [
        ...body.panels.map((each, index) => panel(each, body.sampled, `bio-${index + 1}`, document !== null)),
        ...(body.conclusion ? [section('55110-1', 'Conclusion', paragraph(body.conclusion))] : []),
        section('55112-7', 'Prélèvement', paragraph(`Prescripteur : ${body.prescriber}\nPrélevé le ${body.sampled}`)),
      ]
    case 'tables':
      return body.tables.flatMap((each, index) => {
        const introduction = index === 0 && body.introduction ? paragraph(body.introduction) : ''
        // Words on the whole patient are no words on their allergies, which come first.
        if (document !== null && each.means) return [...(introduction ? [section('55112-7', 'Contexte', introduction)] : []), codedTable(each, `t${index + 1}`, document)]
        return [section(each.code, each.title, `${introduction}${table(each.columns, each.rows, `t${index + 1}`)}`)]
      })
    case 'report':
      return body.sections.map(({ title, text }) => section('55112-7', title, paragraph(text)))
    case 'letter':
    case 'certificate':
      return [section('55112-7', 'Texte', body.paragraphs.map(paragraph).join(''))]
    case 'prescription': {
      const rows = [...(body.longTermIllness ?? []), ...body.lines].map(({ what, how }) => [what, how])
      return [section('10160-0', body.heading, `${table(['Prescription', 'Posologie et durée'], rows, 'p')}${body.note ? paragraph(body.note) : ''}`)]
    }
  }
}

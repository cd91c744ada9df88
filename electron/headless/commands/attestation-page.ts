import type { Attestation } from '#shared/contract/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import type { TraceTexts } from '../trace-texts.ts'

const style = `
@page { size: A4; margin: 18mm 16mm; }
body { font: 10.5pt/1.45 "Liberation Sans", Arial, sans-serif; color: #111; max-width: 178mm; margin: 0 auto; padding: 8mm 0; }
h1 { font-size: 17pt; margin: 0 0 2mm; }
h2 { font-size: 12pt; margin: 7mm 0 2mm; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 5mm; margin: 0; }
dt { color: #555; }
dd { margin: 0; }
table { width: 100%; border-collapse: collapse; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border-bottom: 0.3mm solid #bbb; padding: 1.2mm 2mm 1.2mm 0; text-align: left; vertical-align: top; overflow-wrap: break-word; }
td { font-size: 9.5pt; }
.exact { white-space: nowrap; font-variant-numeric: tabular-nums; }
.break { overflow-wrap: anywhere; }
.hash { font: 7.5pt/1.4 "Liberation Mono", monospace; overflow-wrap: anywhere; }
.warning { border: 0.5mm solid #111; padding: 2mm 3mm; font-weight: bold; }
@media print { body { padding: 0; } }
`

/** The attestation as one HTML page that needs nothing else: no script, no link, every value escaped; printed on A4. */
export function attestationPage(attestation: Attestation, texts: TraceTexts): string {
  const { patient, lines, verdict } = attestation
  const { translate: say } = texts
  const name = [patient.birthName.toUpperCase(), patient.givenName].filter(Boolean).join(' ')
  const page = xml`<html lang="${texts.language}"><head><meta charset="utf-8"/><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/><title>${say('trace.attestation.title')}</title><style>${{ markup: style }}</style></head><body>
<h1>${say('trace.attestation.title')}</h1>
<p>${say('trace.attestation.statement', { practice: attestation.practiceName, date: texts.date(attestation.from) })}</p>
<h2>${say('trace.attestation.patient')}</h2>
<dl>${[
    entry(say('trace.attestation.name'), name || say('trace.attestation.unknownHere')),
    entry(say('trace.attestation.usedName'), patient.usedName),
    entry(say('trace.attestation.birthDate'), patient.birthDate),
    entry(say('trace.attestation.ins'), `${patient.ins ?? ''} (OID ${patient.insOid ?? ''})`),
    entry(say('trace.attestation.reference'), attestation.reference),
  ]}</dl>
<h2>${say('trace.attestation.consultations', { count: lines.length })}</h2>
${lines.length === 0 ? null : table(attestation, texts)}
<h2>${say('trace.attestation.proof')}</h2>
${verdict.problem === null ? xml`<p class="break">${say('trace.verdict.intact', { count: verdict.lines, hash: verdict.last?.hash ?? '-' })}</p>` : xml`<p class="warning">${say(`trace.verdict.${verdict.problem.code}`, { seq: verdict.problem.seq })}</p>`}
${verdict.gaps.map(({ from, to }) => xml`<p class="warning">${say('trace.verdict.gap', { from, to })}</p>`)}
<p>${say('trace.attestation.how')}</p>
<ul class="hash">${lines.map(({ seq, hash }) => xml`<li>${seq}: ${hash}</li>`)}</ul>
<p>${say('trace.attestation.madeAt', { date: texts.date(attestation.madeAt), time: texts.time(attestation.madeAt), zone: texts.timeZone })}</p>
</body></html>
`
  return `<!doctype html>\n${page.markup}`
}

function entry(term: string, value: string | null): Markup | null {
  return value === null ? null : xml`<dt>${term}</dt><dd>${value}</dd>`
}

function table({ lines }: Attestation, texts: TraceTexts): Markup {
  const { translate: say, named } = texts
  const columns = ['number', 'time', 'who', 'what', 'mode', 'outcome'] as const
  const who = ({ professional, structure, role }: Attestation['lines'][number]) =>
    [professional, structure].flatMap((party) => (party ? xml`<div>${party.name ?? ''} (${party.id})</div>` : [])).concat(role ? xml`<div>${named(`trace.role.${role}`, role)}</div>` : [])
  return xml`<table><thead><tr>${columns.map((column) => xml`<th>${say(`trace.attestation.${column}`)}</th>`)}</tr></thead><tbody>${lines.map(
    (line) => xml`<tr><td class="exact">${line.seq}</td><td class="exact">${texts.time(line.at)}</td><td class="break">${who(line)}</td><td><div>${named(`trace.act.${line.act}`, line.act)}</div>${line.object === null ? null : xml`<div class="hash">${line.object}</div>`}</td><td>${
      line.mode === null ? '' : named(`trace.mode.${line.mode}`, line.mode)
    }</td><td><div>${say(`trace.outcome.${line.outcome}`)}</div>${line.code === null ? null : xml`<div>${named(`reasons.${line.code}.title`, line.code)}</div>`}</td></tr>\n`,
  )}</tbody></table>`
}

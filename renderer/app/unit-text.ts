/** Units as a clinician writes them, where UCUM or another list writes them otherwise. Anything else is shown as the document has it. */
const written: Readonly<Record<string, string>> = {
  Cel: '°C', '10*9/L': 'G/L', '10*12/L': 'T/L', '10*6/L': '10⁶/L', '[IU]/L': 'UI/L', '[iU]/L': 'UI/L', 'm[IU]/L': 'mUI/L', 'u[IU]/mL': 'µUI/mL', 'mm[Hg]': 'mmHg', '{tablet}': 'cp', '{tbl}': 'cp', '{Tablet}': 'cp', '30009000': 'boîte',
  'mL/min/{1.73_m2}': 'mL/min/1.73\u00a0m²', '{ratio}': '', '{score}': '', '{count}': '', '{INR}': '', '1': '',
}

/** The text of a unit beside its value; empty when there is none to say. */
export function unitText(unit: string | null): string {
  if (unit === null) return ''
  return written[unit] ?? unit.replace(/^u(?=[A-Za-z[])/, 'µ').replace(/\{([^}]*)\}/g, '$1').replaceAll('[IU]', 'UI')
}

const bounds: Readonly<Record<string, string>> = { '<': '<', '<=': '≤', '>': '>', '>=': '≥' }

/** From two on, what is counted is several, in French as in English. */
const isSeveral = (value: string) => Number(value.replace(',', '.')) >= 2

/** A value as it was written, with its unit; the decimal point of coded values is the language's comma. */
export function valueText(value: string | null, unit: string | null, decimalComma: boolean): string {
  if (value === null) return ''
  const said = decimalComma && /^[<>]?=?\s?[+-]?\d+\.\d+$/.test(value) ? value.replace('.', ',') : value
  const bounded = said.replace(/^([<>]=?)\s*/, (_, sign: string) => `${bounds[sign]}\u00a0`)
  return [bounded, isSeveral(value) && /^\{[a-z]+[^szx}]\}$/.test(unit ?? '') && written[unit ?? ''] === undefined ? `${unitText(unit)}s` : unitText(unit)].filter(Boolean).join('\u00a0')
}

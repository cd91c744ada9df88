import { folded } from './fact-names.ts'

/** Specimens a result is of unless it says otherwise. */
const blood = /^(sang|serum|plasma|serum\/plasma|erythrocytes|leucocytes|plaquettes|sang veineux|sang capillaire|plasma pauvre en plaquettes)\b/

/**
 * The short name of an analyte whose label is LOINC's French one ("Sodium [Moles/Volume] Urine ; Numérique" is "Sodium, Urine"): what is
 * measured, and in what, but for blood. Any other label is its own name.
 */
export function analyteName(label: string): string {
  const [, component, , rest] = /^(.+?)\s*\[([^\]]+)\]\s*(.*)$/.exec(label) ?? []
  if (component === undefined) return label
  const specimen = rest?.split(';')[0]?.trim() ?? ''
  return specimen === '' || blood.test(folded(specimen)) ? component : `${component}, ${specimen}`
}

/** What a laboratory measures, as its report codes it. */
export interface Analyte {
  readonly loinc: string
  /** The French name LOINC gives it. */
  readonly label: string
  /** In UCUM. */
  readonly unit: string
  /** Chapter of the report (LOINC). */
  readonly chapter: 'biochemistry' | 'haematology'
  readonly specimen: 'blood' | 'urine'
}

const blood = (loinc: string, label: string, unit: string, chapter: Analyte['chapter'] = 'biochemistry'): Analyte => ({ loinc, label: `${label} ; Numérique`, unit, chapter, specimen: 'blood' })

/** By the name our laboratory prints. A panel with a name that is not here has no entry. */
export const analytes: ReadonlyMap<string, Analyte> = new Map([
  ['Créatinine', blood('14682-9', 'Créatinine [Moles/Volume] Sérum/Plasma', 'umol/L')],
  ['DFG estimé (CKD-EPI)', blood('62238-1', 'DFG estimé (CKD-EPI) [Volume surfacique/Temps] Sérum/Plasma/Sang', 'mL/min/{1.73_m2}')],
  ['Potassium', blood('2823-3', 'Potassium [Moles/Volume] Sérum/Plasma', 'mmol/L')],
  ['Sodium', blood('2951-2', 'Sodium [Moles/Volume] Sérum/Plasma', 'mmol/L')],
  ['Hémoglobine', blood('718-7', 'Hémoglobine [Masse/Volume] Sang', 'g/dL', 'haematology')],
  ['VGM', blood('787-2', 'Volume globulaire moyen [Volume] Érythrocytes', 'fL', 'haematology')],
  ['Leucocytes', blood('6690-2', 'Leucocytes [Nombre/Volume] Sang', '10*9/L', 'haematology')],
  ['Plaquettes', blood('777-3', 'Plaquettes [Nombre/Volume] Sang', '10*9/L', 'haematology')],
  ['Hémoglobine A1c', blood('4548-4', 'Hémoglobine A1c/Hémoglobine totale [Fraction massique] Sang', '%')],
  ['Glycémie à jeun', blood('14771-0', 'Glucose à jeun [Moles/Volume] Sérum/Plasma', 'mmol/L')],
  ['Cholestérol total', blood('14647-2', 'Cholestérol [Moles/Volume] Sérum/Plasma', 'mmol/L')],
  ['HDL-cholestérol', blood('14646-4', 'Cholestérol HDL [Moles/Volume] Sérum/Plasma', 'mmol/L')],
  ['LDL-cholestérol calculé', blood('39469-2', 'Cholestérol LDL calculé [Moles/Volume] Sérum/Plasma', 'mmol/L')],
  ['Triglycérides', blood('14927-8', 'Triglycérides [Moles/Volume] Sérum/Plasma', 'mmol/L')],
  ['Albuminurie / créatininurie', { ...blood('14959-1', 'Albumine/Créatinine [Rapport] Urine', 'mg/mmol'), specimen: 'urine' }],
  ['ALAT', blood('1742-6', 'Alanine aminotransférase [Activité enzymatique/Volume] Sérum/Plasma', 'U/L')],
  ['ASAT', blood('1920-8', 'Aspartate aminotransférase [Activité enzymatique/Volume] Sérum/Plasma', 'U/L')],
  ['Gamma-GT', blood('2324-2', 'Gamma glutamyl transférase [Activité enzymatique/Volume] Sérum/Plasma', 'U/L')],
  ['NT-proBNP', blood('33762-6', 'NT-proBNP [Masse/Volume] Sérum/Plasma', 'ng/L')],
])

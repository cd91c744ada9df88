import type { MedicineAlert } from '#shared/contract/medicines.ts'
import type { Tone } from '../../ui/tag.tsx'

/** How an alert is marked: a shape and a tone beside its words (`medicines.<words>`), never a colour alone. */
export interface AlertLook {
  readonly shape: string
  readonly tone: Tone
  readonly words: `interaction.${Extract<MedicineAlert, { kind: 'interaction' }>['level']}` | `allergy.${Extract<MedicineAlert, { kind: 'allergy' }>['closeness']}` | `duplicate.${Extract<MedicineAlert, { kind: 'duplicate' }>['closeness']}`
}

const grave = { shape: '▲▲', tone: 'danger' } as const
const serious = { shape: '▲', tone: 'caution' } as const
const careful = { shape: '◆', tone: 'caution' } as const
const quiet = { shape: '◇', tone: 'quiet' } as const

const interactions = { contraindicated: grave, discouraged: serious, precaution: careful, consider: quiet } as const
const allergies = { sameSubstance: grave, declaredClass: serious, sameClass: careful, relatedClass: careful } as const
const duplicates = { sameMedicine: careful, sameSubstance: careful, sameClass: quiet } as const

export function alertLook(alert: MedicineAlert): AlertLook {
  switch (alert.kind) {
    case 'interaction':
      return { ...interactions[alert.level], words: `interaction.${alert.level}` }
    case 'allergy':
      return { ...allergies[alert.closeness], words: `allergy.${alert.closeness}` }
    case 'duplicate':
      return { ...duplicates[alert.closeness], words: `duplicate.${alert.closeness}` }
  }
}

/** Alerts in sight before "and so many more". */
const shownFirst = 3

/** Which alerts stand in sight, worst first as they come; those that only remind wait behind one act whatever their number. */
export function inSight(alerts: readonly MedicineAlert[]): MedicineAlert[] {
  return alerts.filter((alert) => alertLook(alert).tone !== 'quiet').slice(0, shownFirst)
}

import type { RecordDocument } from '#shared/contract/history.ts'
import type { Tone } from '../ui/tag.tsx'

export type BadgeKey = 'fromPatient' | 'masked' | 'hiddenFromPatient' | 'hiddenFromRepresentatives' | 'deprecated' | 'archived' | 'deleted'

/** What must be known of a document before opening it: who may see it, who put it there, whether it still stands. */
export function documentBadges(document: RecordDocument): { key: BadgeKey; tone: Tone; shape: string }[] {
  const badges: { key: BadgeKey; tone: Tone; shape: string }[] = []
  if (document.fromPatient) badges.push({ key: 'fromPatient', tone: 'accent', shape: '♦' })
  if (document.maskedToProfessionals) badges.push({ key: 'masked', tone: 'caution', shape: '▨' })
  if (document.hiddenFromPatient) badges.push({ key: 'hiddenFromPatient', tone: 'caution', shape: '◌' })
  if (document.hiddenFromRepresentatives) badges.push({ key: 'hiddenFromRepresentatives', tone: 'caution', shape: '◌' })
  if (document.status !== 'approved') badges.push({ key: document.status, tone: 'quiet', shape: '–' })
  return badges
}

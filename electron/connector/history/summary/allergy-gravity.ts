import type { ClinicalFact } from '#shared/contract/index.ts'
import { folded } from './fact-names.ts'

/** Words of severity and of criticality that say grave; "modéré à sévère" is told by its worst. */
const graveWords = /\b(severe|grave|eleve|elevee|haut|haute|high|critique|mortel|mortelle|vital)\b/
const mildWords = /\b(leger|legere|modere|moderee|mild|moderate)\b/
const denied = /\b(non|pas|peu|sans)\b/
/** Reactions that kill, however their severity was filled in. */
const graveReactions = /anaphyla|\bchoc\b|quincke|angio-?(o|e)?edeme|oedeme (larynge|du larynx)|stevens|lyell|necrolyse|\bdress\b|arret (cardiaque|respiratoire|cardio)/
const graveWhenNothingSaid = /bronchospasme|detresse respiratoire|asthme aigu/

const plain = (text: string | null) => folded(text ?? '')

/** True when a document tells this allergy grave: by its severity, its criticality or its reaction. Nothing is worked out of the agent. */
export function isGrave({ interpretation, value, passage }: Pick<ClinicalFact, 'interpretation' | 'value' | 'passage'>): boolean {
  const said = plain(interpretation).split(', ').filter((part) => !denied.test(part))
  if (said.some((part) => graveWords.test(part))) return true
  const reaction = plain(value) || plain(passage)
  if (graveReactions.test(reaction)) return true
  return graveWhenNothingSaid.test(reaction) && !said.some((part) => mildWords.test(part))
}

/** Foreseeable effects of a medicine stand in a section of their own: they are no allergy. */
export function isAdverseEffect({ section }: Pick<ClinicalFact, 'section'>): boolean {
  return /effets? indesirables?/.test(plain(section))
}

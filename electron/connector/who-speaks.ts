import type { Party, Practice, PracticeProfessional, SignInSettings, SignInView, WhoSpeaks } from '#shared/contract/index.ts'

/**
 * What windows show of the sign-in: its view, who the record is read as (`reader`, null when nobody), and, where an approval is
 * given on a phone, who may be asked for one: the practice's professionals, each once, who was asked last (PS_IdNat) before the others.
 */
export function whoSpeaks(view: SignInView, reader: Party | null, practice: Practice, settings: SignInSettings, askedLast: string | null): Omit<WhoSpeaks, 'information'> {
  const byPhone = settings.mode === 'pro-sante-connect' && settings.flow === 'ciba'
  const ids = [...new Set(byPhone ? practice.professionals.map(({ id }) => id) : [])].sort((a, b) => Number(b === askedLast) - Number(a === askedLast))
  return {
    ...view,
    speaker: reader && {
      professional: reader.kind === 'professional' ? named(reader.professional, practice) : null,
      ...(reader.kind === 'staff' && { staff: { id: reader.member.id, name: [reader.member.given, reader.member.family].filter(Boolean).join(' ') } }),
      structure: { structure: reader.structure.id, name: reader.structure.name, sector: reader.structure.sector },
    },
    mayBeAsked: ids.map((id) => named(practice.professionals.find((line) => line.id === id)!, practice)),
  }
}

/** A service tells no civil title: the practice file's, when it knows them. */
function named(professional: PracticeProfessional, practice: Practice): { id: string; name: string } {
  const { id, given, family } = professional
  const title = professional.title ?? practice.professionals.find((line) => line.id === id)?.title
  return { id, name: [title, given, family].filter(Boolean).join(' ') }
}

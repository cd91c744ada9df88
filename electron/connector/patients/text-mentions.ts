import { normaliseName } from '#shared/text/normalise-name.ts'
import { seam, type PlainText } from './plain-text.ts'
import { relative, type Span, type TextDate, type TextMarks } from './text-marks.ts'

/** The names a text is searched for. */
export interface SoughtNames {
  readonly birthName?: string | undefined
  readonly usedName?: string | undefined
  readonly givenName?: string | undefined
  readonly usedGivenName?: string | undefined
  /** All birth given names, one string. */
  readonly givenNames?: string | undefined
}

/**
 * A place where name and given name stand together. As what: `patient` = as the person the text is about, as far as can be told; `unsure` = within a
 * sentence that may make them anybody (of, with, and); `another` = a professional, an address, a relative, somebody of a longer name.
 */
export interface Mention {
  readonly start: number
  readonly end: number
  readonly as: 'patient' | 'unsure' | 'another'
}

export interface TextMentions {
  readonly mentions: readonly Mention[]
  /** The name stands alone somewhere, and nothing makes it another's. */
  readonly holdsBareName: boolean
  /** Where somebody else is named: another given name at the name, another name where the patient's is announced. */
  readonly others: readonly { readonly start: number; readonly isAnnounced: boolean }[]
  /** The birth date is written at the mention: nothing but what belongs to an identity stands between name, label and date. */
  readonly isBeside: (mention: Mention, date: TextDate) => boolean
}

interface Token {
  readonly kind: 'mark' | 'label' | 'word' | 'digits'
  readonly text: string
  readonly start: number
  readonly end: number
  /** What stands before it. */
  readonly gap: string
  readonly isCapital: boolean
}

const words = (...lists: readonly string[]): ReadonlySet<string> => new Set(lists.flatMap((list) => list.split(' ')))
const civilities = words('M MR MRS MME MMES MLLE MELLE MONSIEUR MADAME MADEMOISELLE')
const patientWords = words('PATIENT PATIENTE BENEFICIAIRE ENFANT BEBE CONCERNE OBJET')
const announcing = words('PATIENT PATIENTE BENEFICIAIRE CONCERNE')
/** Between a name and a given name, or two names of one person. */
const links = words('M MR MME MLLE MELLE MONSIEUR MADAME MADEMOISELLE NE NEE EP EPOUSE EPSE VEUVE VVE DIVORCEE E S DIT DITE')
/** What an identity is made of besides names. */
const identityWords = words(
  'NE NEE LE SEXE F H FEMININ MASCULIN HOMME FEMME FILLE GARCON AGE AGEE AN ANS MOIS JOURS INS NIR MATRICULE IPP NIP NDA N NO NUMERO DOSSIER CIVILITE IDENTITE DATE DE DU LA NAISSANCE DDN LIEU CODE INSEE LIBELLE OID TEST COORDONNEES JJ MM AAAA',
  [...links, ...civilities, 'PATIENT', 'PATIENTE', 'BENEFICIAIRE'].join(' '),
)
/** Capital words that stand before or after a name without being one. */
const documentWords = words(
  'ORDONNANCE CERTIFICAT MEDICAL COMPTE RENDU COURRIER LETTRE CONSULTATION EXAMEN RESULTATS BILAN PAGE TEL TELEPHONE ADRESSE PARIS EDITE IMPRIME SIGNE VU VUE REF REFERENCE SERVICE UNITE CHAMBRE ENTREE SORTIE NOM PRENOM DR DRS DOCTEUR PR PROFESSEUR CONCERNE OBJET ENFANT BEBE PRESCRIPTION BIOLOGIE RADIOGRAPHIE SCANNER IRM ECHOGRAPHIE MEDECIN PRESCRIPTEUR TRAITANT POUR CHER CHERE CONFRERE MERCI BONJOUR PRELEVEMENT DEMANDE',
)
const professionals = words('DR DRS DOCTEUR DOCTEURS DOCTORESSE PR PRS PROFESSEUR PROF CONFRERE INTERNE')
const professions = words(
  'MEDECIN MEDECINS INFIRMIER INFIRMIERE IDE IDEL KINESITHERAPEUTE MASSEUR SAGE PHARMACIEN PHARMACIENNE BIOLOGISTE CARDIOLOGUE CHIRURGIEN CHIRURGIENNE RADIOLOGUE PNEUMOLOGUE GYNECOLOGUE PEDIATRE PSYCHIATRE PSYCHOLOGUE DERMATOLOGUE NEUROLOGUE RHUMATOLOGUE OPHTALMOLOGUE ORTHOPHONISTE DENTISTE INTERNE SECRETAIRE RPPS ADELI',
)
const former = words('ANCIEN ANCIENNE LE LA SPECIALISTE')
const treating = words('TRAITANT PRESCRIPTEUR DEMANDEUR REFERENT ADRESSEUR CORRESPONDANT')
const places = words(
  'RUE AVENUE AV BD BOULEVARD PLACE ALLEE ALLEES IMPASSE CHEMIN ROUTE QUAI COURS SQUARE PASSAGE VILLA LOTISSEMENT CITE RESIDENCE BATIMENT BAT IMMEUBLE HAMEAU LIEU-DIT ESPLANADE FAUBOURG ECOLE COLLEGE LYCEE CRECHE HOPITAL CLINIQUE CENTRE EHPAD MAISON CABINET LABORATOIRE PHARMACIE ASSOCIATION INSTITUT FONDATION SAINT SAINTE ST STE UNIVERSITE STADE',
)
const elided = words('D L QU')
const connectors = words('DE D DES DU ET OU AVEC PAR CHEZ A AU SA SON SES LEUR NI SANS')

const nameLabel =
  "(?<!\\p{L})(?:NOMS?(?: ET PRENOMS?)?(?: (?:DE NAISSANCE|DE FAMILLE|DE JEUNE FILLE|D'USAGE|D'EPOUSE|USUEL|UTILISES?|MARITAL|PATRONYMIQUE))?|(?:1ERS? |PREMIERS? )?PRENOMS?(?:\\(S\\))?(?: (?:DE NAISSANCE|UTILISES?|USUELS?|D'USAGE))?)(?!\\p{L})"
const tokenForm = new RegExp(`(?<mark>#+|@+)|(?<label>${nameLabel})|(?<word>\\p{L}+)|(?<digits>\\d+)`, 'gu')
const longestIdentity = 220
/** More words than one person's names, civilities and labels have. */
const mostSteps = 12
/** What somebody is to another, right after their name, in characters. */
const longestRelation = 40
/** How many words before a name may still say whose relative it is. */
const mostWordsApart = 9
/** Between two parts of one identity. A full stop ends it, except after the short forms people write with one. */
const evenGap = /^[ \n\u2060,:()[\]/|*_°·•"'-]*$/
const wordGap = /^[ \n'.\u2060-]{1,2}$/
const gluedBefore = /^['-]|['-]$/

/** Where a text names a person, as what, and who else it names at their name. */
export function mentionsIn({ cased }: PlainText, { covered, dates }: TextMarks, sought: SoughtNames): TextMentions {
  const tokens: Token[] = []
  for (const { 0: text, index: start, groups } of covered.matchAll(tokenForm)) {
    const kind = groups!['mark'] ? 'mark' : groups!['label'] ? 'label' : groups!['word'] ? 'word' : 'digits'
    tokens.push({ kind, text, start, end: start + text.length, gap: cased.slice(tokens.at(-1)?.end ?? 0, start), isCapital: /\p{Lu}/u.test(cased[start]!) })
  }
  const surnames = namesOf(sought.birthName, sought.usedName)
  const firsts = namesOf(sought.givenName, sought.usedGivenName)
  const further = namesOf(...(sought.givenNames?.split(/[\s,]+/) ?? [])).concat(firsts)
  const labelled = dates.filter(({ label }) => label !== null)
  const called = new Set(tokens.filter((token) => labelled.some(({ start, end, label }) => isWithin(token, label!) || isWithin(token, { start, end }))))
  const inLabel = (token: Token) => called.has(token)

  const at = (index: number, names: readonly (readonly string[])[]): number => {
    let last = 0
    for (const name of names) last = Math.max(last, nameAt(tokens, index, name))
    return last
  }
  const isEven = (index: number) => {
    const gap = tokens[index]?.gap
    return gap !== undefined && (evenGap.test(gap) || (/^\.[ \n]?$/.test(gap) && tokens[index - 1]!.text.length <= 4 && links.has(tokens[index - 1]!.text)))
  }
  /** Past what may stand within one person's names. */
  const pastLinks = (from: number, target: readonly (readonly string[])[]): number => {
    for (let index = from, step = 0; step < mostSteps && isEven(index); step++) {
      const found = at(index, target)
      if (found > 0) return found
      const token = tokens[index]!
      const surname = at(index, surnames)
      if (surname > 0) index = surname
      else if (token.kind === 'label' || links.has(token.text) || inLabel(token)) index++
      else return 0
    }
    return 0
  }
  const pastGivenNames = (from: number): number => {
    let index = from
    for (let found = 1, step = 0; found > 0 && step < mostSteps; step++) {
      found = /^[ ,\n[\]()-]{1,3}$/.test(tokens[index]?.gap ?? '') ? at(index, further) : 0
      if (found > 0) index = found
    }
    return index
  }
  const mentionAt = (index: number): { readonly last: number; readonly isGivenFirst: boolean } | null => {
    const surname = at(index, surnames)
    const afterSurname = surname > 0 ? pastLinks(surname, firsts) : 0
    if (afterSurname > 0) return { last: pastGivenNames(afterSurname), isGivenFirst: false }
    const given = at(index, firsts)
    let last = given > 0 ? pastLinks(pastGivenNames(given), surnames) : 0
    if (last === 0) return null
    for (let next = last, step = 0; next > 0 && step < mostSteps; step++) {
      next = pastLinks(last, surnames)
      if (next > 0) last = next
    }
    return { last: pastGivenNames(last), isGivenFirst: true }
  }

  const isName = (token: Token) => token.kind === 'word' && token.isCapital && token.text.length >= 2 && !identityWords.has(token.text) && !documentWords.has(token.text) && !civilities.has(token.text)
  /** Who is spoken of, looked for before a name past its civility. */
  const leadOf = (first: number): { readonly token: Token | undefined; readonly further: Token | undefined; readonly gap: string; readonly hasCivility: boolean } => {
    let [index, gap] = [first, tokens[first]!.gap]
    while (index > 0 && first - index < mostSteps && /^[ \n\u2060.:,*-]*$/.test(gap) && (tokens[index - 1]!.kind === 'label' || civilities.has(tokens[index - 1]!.text) || patientWords.has(tokens[index - 1]!.text) || (links.has(tokens[index - 1]!.text) && index < first) || tokens[index - 1]!.text === 'LE')) {
      index--
      gap = tokens[index]!.gap
    }
    return { token: tokens[index - 1], further: tokens[index - 2], gap, hasCivility: index < first }
  }
  const leadsToAnother = ({ token, gap }: ReturnType<typeof leadOf>): boolean => token !== undefined && !/[;!?]/.test(gap) && (professionals.has(token.text) || (places.has(token.text) && !/[\n:]/.test(gap) && (token.text.length <= 3 || !gap.includes('.'))))
  /** What somebody is, not the heading of who treats them. */
  const isProfession = (index: number): boolean => {
    const at = former.has(tokens[index]?.text ?? '') ? index + 1 : index
    const next = tokens[at + 1]
    return professions.has(tokens[at]?.text ?? '') && !(tokens[at]!.text.startsWith('MEDECIN') && next !== undefined && (treating.has(next.text) || next.gap.includes(':')))
  }
  /** A relative is spoken of before it, in its sentence. */
  const isRelated = (first: number): boolean => {
    const before = tokens.slice(Math.max(0, first - mostWordsApart), first + 1)
    const isEnd = (gap: string, last: string, next: Token) => /[;!?]|\.\n/.test(gap) || (gap === '. ' && next.isCapital && last.length > 3 && last !== 'RESP')
    const from = before.findLastIndex((token, index) => (index > 0 && isEnd(token.gap, before[index - 1]!.text, token)) || (index < before.length - 1 && (token.kind === 'mark' || announcing.has(token.text))))
    const civility = before.at(-2)
    // "Enfant" right at the name says who the patient is.
    const until = civility && (civility.text === 'ENFANT' || civility.text === 'BEBE') ? civility.start : tokens[first]!.start
    return relative.test(covered.slice(before[Math.max(0, from)]!.start, until))
  }

  const roleOf = (first: number, last: number, isGivenFirst: boolean): Mention['as'] | 'longer' => {
    const lead = leadOf(first)
    const [before, after] = [lead.token, tokens[last]]
    if (leadsToAnother(lead) || isProfession(last) || isRelated(first)) return 'another'
    // In a place, its article may stand between.
    if (before && lead.further && connectors.has(before.text) && places.has(lead.further.text) && !tokens[first]!.gap.includes('\n')) return 'another'
    if (after && /^[ ,(:\n-]*$/.test(after.gap) && isKinFirst(covered.slice(after.start, after.start + longestRelation))) return 'another'
    const isCapital = tokens[first]!.isCapital && tokens[last - 1]!.isCapital
    if (after && isLongerName(after, isCapital)) return 'longer'
    if (before && !lead.hasCivility) {
      if (/^[ \u2060]$/.test(lead.gap) && before.kind === 'word' && !identityWords.has(before.text) && !documentWords.has(before.text) && !connectors.has(before.text) && (before.isCapital || !isCapital)) return 'longer'
      if (isGivenFirst && lead.gap === '\n' && isName(before) && before.isCapital && isAllCapital(before) === isAllCapital(tokens[first]!)) return 'unsure'
      if (/^ ?[,-] ?$/.test(lead.gap) && isName(before)) return 'unsure'
    }
    if (before && !/[:;.()\n]/.test(lead.gap) && connectors.has(before.text)) return 'unsure'
    if (before && /^\n$/.test(lead.gap) && connectors.has(before.text)) return 'unsure'
    if (/[&+]/.test(lead.gap) || (after && (/[&+]/.test(after.gap) || ((after.text === 'ET' || after.text === 'OU') && /^[ \n]*$/.test(after.gap))))) return 'unsure'
    if (after && /^ ?, ?$/.test(after.gap) && isName(after)) return 'unsure'
    return 'patient'
  }
  const isAllCapital = ({ start, end }: Token) => /^[^\p{Ll}]+$/u.test(cased.slice(start, end)) && end - start > 1
  /** A word right after a name belongs to it, unless it is none or the text goes on in small letters. */
  const isLongerName = (token: Token, isCapital: boolean): boolean => /^[ \u2060]$/.test(token.gap) && token.kind === 'word' && !inLabel(token) && !identityWords.has(token.text) && !documentWords.has(token.text) && token.text !== 'ET' && token.text !== 'OU' && (token.isCapital || !isCapital)

  const mentions: (Mention & { readonly first: number; readonly last: number })[] = []
  const others: { start: number; isAnnounced: boolean }[] = []
  let holdsBareName = false
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!
    const found = token.kind === 'word' ? mentionAt(index) : null
    if (found) {
      const role = roleOf(index, found.last, found.isGivenFirst)
      mentions.push({ start: token.start, end: tokens[found.last - 1]!.end, as: role === 'longer' ? 'another' : role, first: index, last: found.last })
      if (role === 'longer') others.push({ start: token.start, isAnnounced: false })
      index = found.last - 1
      continue
    }
    const announced = announcedBy(index)
    if (announced) others.push({ start: announced.start, isAnnounced: true })
    const surname = token.kind === 'word' ? at(index, surnames) : 0
    if (surname === 0) continue
    const lead = leadOf(index)
    const isAnother = leadsToAnother(lead) || isProfession(surname) || isSigned(index)
    const other = isAnother ? undefined : otherGivenAt(index, surname, lead)
    if (other) others.push({ start: other.start, isAnnounced: false })
    else if (!isAnother) holdsBareName = true
    index = surname - 1
  }

  /** The name an announcement gives, when it is not theirs. */
  function announcedBy(index: number): Token | null {
    const token = tokens[index]!
    let next = index + 1
    if (token.kind === 'label') {
      const name = tokens[next]
      const given = token.text.startsWith('NOM') ? [...surnames, ...firsts] : [...firsts, ...further, ...surnames]
      return name && /^ ?:? ?$/.test(name.gap) && isName(name) && at(next, given) === 0 ? name : null
    }
    // The patient's representative is not announced as the patient.
    if (!announcing.has(token.text) || !/:|\n/.test(tokens[next]?.gap ?? '') || connectors.has(tokens[index - 1]?.text ?? '') || tokens[index - 1]?.text === 'LA') return null
    const isColon = tokens[next]!.gap.includes(':')
    while (tokens[next] && next - index < mostSteps && (tokens[next]!.kind === 'label' || civilities.has(tokens[next]!.text) || patientWords.has(tokens[next]!.text))) next++
    const name = tokens[next]
    return name && (isColon || next > index + 1) && isName(name) && at(next, [...surnames, ...firsts]) === 0 ? name : null
  }

  /** Another given name at their name. */
  function otherGivenAt(first: number, last: number, lead: ReturnType<typeof leadOf>): Token | undefined {
    if (!tokens[first]!.isCapital) return undefined
    let next = last
    let sawLabel = false
    for (let step = 0; step < mostSteps && tokens[next] && isEven(next) && (tokens[next]!.kind === 'label' || links.has(tokens[next]!.text) || at(next, surnames) > 0); step++) {
      sawLabel ||= tokens[next]!.text.includes('PRENOM')
      next = Math.max(next + 1, at(next, surnames))
    }
    const after = tokens[next]
    if (after && isName(after) && (sawLabel ? isEven(next) : /^(?: ?,? ?|[\u2060])$/.test(after.gap))) return after
    const before = lead.token
    return before && !lead.hasCivility && /^[ \u2060]$/.test(lead.gap) && isName(before) && before.text.length >= 3 ? before : undefined
  }

  const isOfIdentity = (token: Token) => token.kind !== 'word' || identityWords.has(token.text)
  const isBeside = (mention: Mention, { start, end, label, isTight }: TextDate): boolean => {
    const { first, last } = mention as (typeof mentions)[number]
    const [from, to] = [Math.min(mention.start, label!.start, start), Math.max(mention.end, label!.end, end)]
    if (to - from > longestIdentity) return false
    let isWhole = true
    for (let index = Math.max(0, first - longestIdentity); isWhole && index < tokens.length && tokens[index]!.start < to; index++) {
      const token = tokens[index]!
      if (token.end <= from || (index >= first && index < last)) continue
      const isInside = isWithin(token, label!) || isWithin(token, { start, end })
      // Another's birth date, and the end of a sentence.
      if (!isInside && ((token.kind === 'mark' && token.text.startsWith('@')) || (!isOfIdentity(token) && at(index, further) === 0 && !surnames.flat().includes(token.text)))) isWhole = false
      if (token.start > from && !isInside && !isEven(index) && !/^[ .)(\]·:,-]*\n[ .·-]*$/.test(token.gap)) isWhole = false
    }
    if (isWhole) return mention.start < start || !isSomebodys(label!.start)
    // Two columns side by side: the name begins a line, and its birth date the next.
    const [line, between] = [cased.lastIndexOf('\n', mention.start - 1) + 1, cased.slice(mention.end, label!.start)]
    const begins = tokens.every((token) => token.start < line || token.end > mention.start || isOfIdentity(token) || patientWords.has(token.text))
    return isTight && begins && label!.start > mention.end && between.split('\n').length === 2 && /\n[ *·•-]*$/.test(between) && !relative.test(covered.slice(mention.end, label!.start)) && !others.some(({ start: named }) => named >= mention.end && named < label!.start)
  }
  /** A professional's title stands a given name or two before it. */
  function isSigned(index: number): boolean {
    return [2, 3].some((back) => professionals.has(tokens[index - back]?.text ?? '') && !cased.slice(tokens[index - back]!.end, tokens[index]!.start).includes('\n'))
  }

  /** Somebody stands before it on its line, or on the one above, which it goes on. */
  function isSomebodys(at: number): boolean {
    const own = cased.lastIndexOf('\n', at - 1)
    const line = own > 0 ? cased.lastIndexOf('\n', own - 1) : own
    return tokens.some((token) => token.start > line && token.end <= at && !isOfIdentity(token))
  }
  return { mentions, holdsBareName, others, isBeside }
}

function isWithin(one: Span, other: Span): boolean {
  return one.start >= other.start && one.end <= other.end
}

/** A relative's word comes first, past an article. */
function isKinFirst(after: string): boolean {
  const bare = after.replace(/^(?:(?:SA|SON|LA|LE|UNE?|DE) |L'|D')*/, '')
  return relative.exec(bare)?.index === 0
}

function namesOf(...names: readonly (string | undefined)[]): string[][] {
  return names.map((name) => normaliseName(name ?? '').split(/[^\p{L}]+/u).filter(Boolean)).filter((name) => name.join('').length >= 2)
}

/** The place after a whole name that stands at a token; 0 = it does not. */
function nameAt(tokens: readonly Token[], from: number, name: readonly string[]): number {
  let index = from
  // Most words are no name.
  if (!name[0]?.startsWith(tokens[from]?.text ?? '-')) return 0
  if (gluedBefore.test(tokens[from]?.gap ?? '') && !(tokens[from]!.gap === "'" && elided.has(tokens[from - 1]?.text ?? ''))) return 0
  for (const [position, word] of name.entries()) {
    if (position > 0 && !wordGap.test(tokens[index]?.gap ?? '')) return 0
    let written = tokens[index]?.text ?? ''
    // McDONALD.
    while (written.length < word.length && word.startsWith(written) && tokens[index + 1]?.gap === seam) written += tokens[++index]!.text
    if (written !== word) return 0
    index++
  }
  return /^['-](?! )|^ ?-$|^-\n/.test(tokens[index]?.gap ?? '') ? 0 : index
}

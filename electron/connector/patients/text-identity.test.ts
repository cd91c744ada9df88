import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { insKey } from '#shared/text/ins-key.ts'
import { textSays, type NamedInText, type TextSays } from './text-identity.ts'

const number = (first13: string) => `${first13}${insKey(first13)}`
const marie = { ins: number('2900175056001'), birthName: 'LE GOFF', usedName: 'DÉSIRÉ-MARTIN', givenName: 'MARIE', birthDate: '1990-01-15' } satisfies NamedInText
const own = marie.ins
const other = number('1850675056002')
const spaced = (ins: string) => ins.replace(/^(.)(..)(..)(..)(...)(...)(..)$/, '$1 $2 $3 $4 $5 $6 $7')

function table(name: string, expected: TextSays, texts: readonly string[], patient: NamedInText = marie): void {
  it.each(texts)(`${name}: %j`, (text) => expect(textSays(text, patient)).toBe(expected))
}

describe('the text of a document', () => {
  table('confirms by the INS and the names', 'confirms', [
    `INS : ${own} LE GOFF Marie`,
    `LE GOFF Marie Matricule INS${own}`,
    `INS: ${spaced(own)}\nMme Marie LE GOFF`,
    `Marie LE GOFF INS\u00a0: ${spaced(own).replaceAll(' ', '\u00a0')}`,
    `LE GOFF Marie, INS N° ${spaced(own).replaceAll(' ', '.')} Ordonnance`,
    `LE GOFF Marie INS ${own.slice(0, 13)} clé ${own.slice(13)}`,
    `LE GOFF Marie INS ${own.slice(0, 13)} / ${own.slice(13)}`,
    `LE GOFF Marie\nIdentité nationale de santé (OID 1.2.250.1.213.1.4.8)\n${own}`,
    `LE GOFF Marie\n${own} Matricule INS\n`,
    // Nothing calls the second number an INS: it is the insured parent's.
    `LE GOFF Marie INS ${own}\nN° de sécurité sociale ${other}`,
    `LE GOFF Marie INS ${own}  N° SS de l’assuré : ${spaced(other)}`,
    // Or it is called the insured's INS, or a guardian's.
    `Enfant Marie LE GOFF INS ${own}\nResponsable légal : Claire LE BRAS INS ${other}`,
    `Marie LE GOFF\nINS ${own}\nAssuré : LE BRAS Yann\nINS ${other}`,
    `Marie LE GOFF\nINS ${own}\nINS : ${other} (mère)`,
    // One digit read wrongly is nobody's number.
    `Patiente : Marie LE GOFF INS ${own}\nMme LE GOFF, née le 15/01/1990`,
  ])
  table('says nothing by an INS without the names, or far from them', 'says-nothing', [`INS : ${own}`, `Mme LE GOFF INS : ${own}`, `Marie INS ${own}`, `INS ${own}${' mot'.repeat(90)} Marie LE GOFF`])

  table('says nothing by a number that is called no INS: it may be the insured parent’s', 'says-nothing', [
    `Enfant Léo DUPONT, 4 ans. N° SS : ${spaced(own)}`,
    `Enfant Léo DUPONT 04/05/2020, Assuré(e) : ${own}`,
    `N° INSEE de l’assuré ${own}`,
    `Patient ${own} assuré né le …, nombre ${other}`,
    `${own} vue le 03/02/2024, DDR 12/12/2023`,
  ])

  table('confirms by the birth date and the names', 'confirms', [
    'Mme LE GOFF Marie, née le 15/01/1990',
    'LE GOFF Marie\nNé(e) le : 15-01-1990',
    'le goff marie, née le 15.01.1990',
    'Le  Goff\u00a0Marie née le 15 01 1990',
    'LE GOFF\nMarie\nNée le\n1990-01-15',
    'Le Goff Marie, née le 15 janvier 1990',
    'Le Goff Marie, née le 15 JANV. 1990',
    'LE GOFF Marie DDN : 15-jan-1990',
    'Marie LE GOFF née le 15/01/1990 Lieu naissance : Brest 03/02/2024',
    'Désiré Martin Marie DDN 15/1/1990',
    'DESIRE-MARTIN Marie D.D.N. : 15 / 01 / 1990',
    'Madame Marie Désiré‑Martin (née Le Goff) Date de naissance (JJ/MM/AAAA) : 15/01/1990',
    'Nom de naissance Prénom Né(e) le Sexe\nLE GOFF MARIE 15/01/1990 F',
    'Nom : LE GOFFPrénom : MarieNé(e) le15/01/199034 ans',
    'LE GOFF Marie née à Brest (29) le 15/01/1990',
    'Patiente : MarieLE GOFF\nNaissance : 15/01/1990\nDate de l’examen : 03/02/2024',
    'Née le lundi 15 janvier 1990, Mme Marie LE GOFF, vue le 12 mars 2024',
    'LE GOFF Marie, née le 15/01/1990. On ne le retrouve pas le 03/02/2024, il ne le prend plus depuis 02/2024.',
    'Marie LE GOFF née le 15/01/1990\nDate de naissance de l’assuré : 02/03/1960',
    'Mme LE GOFF Marie née le 15/01/1990. Date de naissance du conjoint : 03/04/1985',
  ])
  table('knows the first day of a month', 'confirms', ['Le Goff Marie née le 1er mars 1990', 'Le Goff Marie, née le 01/03/1990', 'LE GOFF Marie née le 1ᵉʳ mars 1990'], { ...marie, birthDate: '1990-03-01' })
  table('knows accents in months', 'confirms', ['Le Goff Marie née le 2 février 1990', 'LE GOFF MARIE NEE LE 2 FEVRIER 1990'], { ...marie, birthDate: '1990-02-02' })
  table('knows ligatures', 'confirms', ['Mme SOEUR Fine DDN 15/01/1990', 'Mme Sœur ﬁne DDN 15/01/1990'], { ...marie, birthName: 'SŒUR', usedName: undefined, givenName: 'FINE' })
  table('says nothing without a given name to compare', 'says-nothing', ['LE GOFF née le 15/01/1990', `LE GOFF INS ${own}`], { ...marie, givenName: undefined })

  table('says nothing', 'says-nothing', [
    '',
    ' \n\u00a0',
    'Ordonnance : paracétamol 1 g, trois fois par jour',
    'LE GOFF Marie',
    'Née le 15/01/1990',
    // A twin's.
    'LE GOFF Lucie, née le 15/01/1990',
    'GOFFIC Marie, née le 15/01/1990',
    'LE GOFFIC Marie, née le 15/01/1990',
    `1${own}`,
    `${own}2`,
    'LE GOFF Marie, née en 1990, vue le 15/02/1990',
    // A number that nothing calls an INS, a date that nothing calls a birth date.
    `N° de sécurité sociale ${other}`,
    `Assuré ${spaced(other)}`,
    'Consultation du 03/02/2024',
    'Née Durand, vue le 03/02/2024',
    'Nom de naissance : DURAND\nParis, le 03/02/2024',
    'Né(e) le : \nDate d’entrée : 03/02/2024',
    'Né(e) le : Sexe : Entrée : 03/02/2024',
    'Né(e) le : Arrivée : 03/02/2024',
    'Date de naissance Rouen, le 03/02/2024',
    'Date de naissance Date de consultation DUPONT 03/02/2024',
    'Le traitement, on ne le donne plus au 03/02/2024',
    'Le paracétamol ? On ne le prend plus, 03/02/2024',
    `INS non qualifiée. N° SS : ${other}`,
    'INS : à qualifier. Tél. 01 45 67 89 01',
  ])
  table('says nothing when it speaks of a child, or is not sure to speak of another', 'says-nothing', [
    `INS ${own} Mme LE GOFF Marie. Enfant né le 02/02/2024`,
    'Mme LE GOFF Marie née le 15/01/1990\nBébé : naissance le 02/02/2024 à 7 h',
    'Mme LE GOFF Marie née le 15/01/1990. G2P2 : Léa née le 05/05/2017, Tom né le 03/04/2019',
    'LE GOFF Marie née le 15/01/1990\nASSURÉ\nNom : LE BRAS\nPrénom : Yann\nDate de naissance : 03/04/1985',
    // The mother's letter gives only her child's birth date.
    'Madame LE GOFF a accouché. Enfant née le 2 février 2024',
    'Mme Désiré-Martin, bébé : Date de naissance : 02/02/2024',
    // The year in two digits is not enough to be sure, and enough to doubt.
    'DUPONT, née le 15/01/90',
    'DUPONT Paul né le 03/04/1985, vu avec Lucie le 15/01/1990',
    // A number that was read wrongly is nobody's.
    `Mme LE GOFF Marie INS ${own.slice(0, 14)}${(Number(own[14]) + 1) % 10}`,
  ])
  table('contradicts when it speaks of two patients', 'contradicts', [
    `INS ${own}\nINS ${other}`,
    `Mère INS ${own}, enfant : INS (NIR) ${spaced(other)}`,
    `DUPONT Paul INS ${other}, conjoint de ${own}`,
    'LE GOFF Marie née le 15/01/1990\fDUPONT Paul né le 03/04/1985',
    'LE GOFF Marie DDN 15/01/1990 - MARTIN Paul DDN : 03.04.85',
    `Patient : LE GOFF Marie\nNé(e) le 15/01/1990\nINS : ${own}\nDr PETIT\nPatient : DUPONT Paul\nNé(e) le 03/04/1985\nINS : ${other}`,
  ])
  table('contradicts by another’s INS whatever name stands in it', 'contradicts', [`LE GOFF Marie 15/01/1990 Matricule INS : ${other}`, `Dr LE GOFF\n${other} Matricule INS`, `Marie LE GOFF DDN 15/01/1990, I N S ${other.split('').join(' ')}`])
  table('contradicts by another birth date of the same names: a father and his son', 'contradicts', ['LE GOFF Marie née le 15/01/1960', 'Mme Marie LE GOFF\nNée le 15/01/1960', 'Nom : LE GOFF\nPrénom : Marie\nDate de naissance : 15/01/1960', 'LE GOFF Marie née le 12 mars 1960'])
  table('contradicts where only a professional, an address, a relative or another of the family has the name', 'contradicts', [
    'Dr LE GOFF\nPatient : DUPONT Paul né le 03/04/1985', 'Docteur Marie LE GOFF\nDUPONT Paul né le 03/04/1985', '12 rue Marie LE GOFF\nDUPONT Paul né le 03/04/1985', 'LE GOFF Lucie née le 03/04/1985', 'Enfant Nina LE GOFF née le 05/05/2023',
    'Patiente : Nina LE GOFF née le 05/05/2023\nMme Marie LE GOFF l’accompagne', 'Nom : DUPONT Prénom : Paul Date de naissance : 03/04/1985\nCorrespondant : Mme Marie LE GOFF',
  ])
  table('contradicts', 'contradicts', [
    'M. DUPONT Paul, né le 03/04/1985',
    'DUPONT Paul Né(e) le : 3 avril 1985',
    'DUPONT PAUL NE LE 03-04-1985',
    'DUPONT Paul, né(e) le\n03/04/1985',
    'Nom de naissance Prénom Date de naissance Sexe\nDUPONT PAUL 03/04/1985 M',
    'DUPONT Paul, Date de naissance du patient : 1985-04-03',
    'Date de naissance Sexe Nom Prénom F DUPONT Edith 03/04/1985',
    'DUPONT Paul DDN:03/04/1985',
    'DUPONT Paul Naissance : 3.4.1985',
    'DUPONT Paul né à Lyon (69) le 03/04/1985',
    'DUPONT Paul né le 03/04/85',
    `INS : ${other}`,
    `Matricule INS ${spaced(other)} DUPONT Paul`,
    `Identifiant national de santé\n${other}`,
    `INS (OID 1.2.250.1.213.1.4.8) : ${other}`,
    `INS 1850675056002 clé ${other.slice(13)}`,
    `Nom Prénom INS Né(e) le DUPONT Paul ${other} 03/04/1985`,
    `Nom Prénom Né(e) le INS DUPONT Paul 03/04/1985 ${other}`,
    // Her name within another.
    'LE GOFFIC Marie, née le 15/01/1991',
    `INS : ${other} (1.2.250.1.213.1.4.8) M. GOFF`,
  ])

  table('takes a short name that stands at the given name', 'confirms', ['LY Anna née le 15/01/1990', `LY Anna INS ${own}`], { ...marie, birthName: 'LY', usedName: undefined, givenName: 'ANNA' })
  table('reads a Corsican number', 'confirms', ['LE GOFF Marie INS 2 90 01 2A 056 001 67', 'LE GOFF Marie INS 290012A05600167'], { ...marie, ins: '290012A05600167' })
  table('reads a Corsican number of another', 'contradicts', ['INS 1 85 06 2B 056 002 21', 'INS 185062B05600221'])

  it.each(['né le 1 2 3 4 5 6 7 8 9 01.02.', ' ', '1 ', 'Marie LE GOFF née le 15/01/1990 ', 'LE GOFF ', 'Marie ', 'Marie, ', 'LE GOFF Prénom ', 'Patient : ', 'née le 04/04/2015\n', `INS ${own} `, 'aB', 'd’', '\n', 'fils de '])('reads a long text of %j at once', (part) => {
    const start = performance.now()
    textSays(`${part.repeat(20_000 / part.length)}INS`, marie)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})

describe('one of twins: the same name and birth date', () => {
  const anne = { ins: number('2150444999101'), birthName: 'DURAND', givenName: 'ANNE', givenNames: 'ANNE SOPHIE', birthDate: '2015-04-04' } satisfies NamedInText
  const paul = { ...anne, givenName: 'PAUL', givenNames: undefined }
  const born = 'née le 04/04/2015'

  table('is confirmed by the given name at the name', 'confirms', [
    `DURAND Anne\n${born}`, `Anne Durand, née le 4 avril 2015`, 'ANNE DURAND NEE LE 04/04/2015', `durand anne, ${born}`, `DURAND Anne Sophie ${born}`, `Anne, Sophie DURAND ${born}`, `Mlle DURAND Anne (${born})`, `Enfant Anne DURAND\n${born}`,
    `Nom : DURAND   Prénom : Anne\nNée le : 04/04/2015`, 'Nom Prénom Date de naissance Sexe\nDURAND Anne 04/04/2015 F', 'NOM\nPRENOM\nDATE DE NAISSANCE\nSEXE\nDURAND\nAnne\n04/04/2015\nF', 'Date de naissance : 04/04/2015\nNom : DURAND\nPrénom : Anne',
    `Dr Paul MARTIN\nAnne DURAND ${born}`, `Anne DURAND Dr Paul MARTIN\nNée le 04/04/2015 Médecin généraliste`, `Enfant Anne DURAND, 11 ans, ${born}`,
    `Anne DURAND, ${born}\nMédecin traitant : Dr MARTIN`, `Anne DURAND\nMédecin traitant : Dr MARTIN\nDURAND Anne ${born}`, `Traitement en cours. Anne DURAND, ${born}`, `Père diabétique. Anne DURAND, ${born}`, `Anne DURAND Docteur MARTIN\nNée le 04/04/2015`,
    `P a t i e n t e   D U R A N D   A n n e   n é e   l e   0 4 / 0 4 / 2 0 1 5`,
  ], anne)
  table('is not by a given name elsewhere: an address, a professional, a relative', 'says-nothing', [
    `12 rue Sainte-Anne 75001 PARIS\nDURAND Léa\n${born}`, `Dr Anne MARTIN\nPatiente : DURAND Léa\n${born}`, `DURAND Léa, jumelle de Anne, ${born}`, `Dr Anne DURAND\n${born}`, `Docteur DURAND Anne\n${born}`, `Mme le Dr Anne DURAND ${born}`, `Mme le Docteur DURAND Anne, ${born}`, `Pr. Anne DURAND ${born}`,
    `Anne DURAND\nMédecin généraliste\nLéa, ${born}`, `Anne DURAND, pédiatre\nPatiente : Léa ${born}`, `Hôpital Anne DURAND\nLéa DURAND ${born}`, `12 rue Anne Durand\n${born}`, `École Anne-Durand\n${born}`, `DURAND Dr Anne MARTIN\n${born}`, `Mme DURAND\nAnne MARTIN ${born}`,
    `Léa, jumelle d’Anne DURAND, ${born}`, `Léa DURAND, soeur d’Anne DURAND, ${born}`, `Anne DURAND, jumelle de Léa DURAND, ${born}`, `Patient : DURAND Léa\nsa sœur Anne DURAND ${born}`, `Frère de Anne DURAND ${born}`, `Fille de Anne DURAND ${born}`, `Enfant de Anne DURAND ${born}`,
    `Personne de confiance : Anne DURAND ${born}`, `Personne à prévenir : DURAND Anne ${born}`, `Cas contact : Anne DURAND ${born}`, `Accompagnée par Anne DURAND, ${born}`,
  ], anne)
  table('is not by a part of another given name or name', 'says-nothing', [
    `DURAND Marie-Anne ${born}`, `DURAND Anne-Lise ${born}`, `DURAND Anne Lise ${born}`, `Marie-Anne DURAND ${born}`, `Marie Anne DURAND ${born}`, `MARIE ANNE DURAND ${born}`, `durand anne lise ${born}`, `DURAND Marie\u2011Anne ${born}`, `Marie-\nAnne DURAND ${born}`, `Marie - Anne DURAND, ${born}`, `DURAND Anne -Lise ${born}`,
    `DURAND Sophie Anne ${born}`, `DURAND Léa Anne ${born}`, `Anne DUPONT-DURAND ${born}`, `Anne DURAND-DUPONT ${born}`, `Anne DURAND DUPONT ${born}`, `Anne DURANDEAU ${born}`, `Joanne DURAND ${born}`, `Anne de DURAND ${born}`,
  ], anne)
  table('is not by the half of a compound', 'says-nothing', ['DURAND Jean-Paul\nNé le 04/04/2015', 'Jean Paul DURAND né le 04/04/2015', 'JEAN-PAUL DURAND né le 04/04/2015', 'Jean\nPaul DURAND né le 04/04/2015', 'DURAND Paul-Henri né le 04/04/2015', 'DURAND PAUL HENRI NE LE 04/04/2015'], paul)
  table('is not where both are named, or another stands beside the date', 'says-nothing', [
    'Léa et Anne DURAND, nées le 04/04/2015', 'DURAND Anne et Léa, nées le 04/04/2015', `Anne & Léa DURAND ${born}`, `Léa & Anne DURAND ${born}`, `DURAND Léa ${born}\nDURAND Anne ${born}`, `Anne DURAND va bien. Léa DURAND, ${born}, angine.`, `Anne DURAND. Léa, ${born}`, `Anne DURAND\nLéa\n${born}`,
    `Léa ${born} Anne DURAND`, `Léa, ${born}\nAnne DURAND`, `Famille DURAND : Anne, Léa. ${born}`, `Concerne : Léa DURAND, ${born}\nCopie : Mme Anne DURAND`, `Destinataires : Anne DURAND, Paul MARTIN\nPatient : Léa, ${born}`, 'Nom Prénom Né(e) le\nDURAND Anne 04/04/2015\nMARTIN Paul 03/05/2010',
    `Nom : DURAND\nPrénom : Léa\n${born}\nContact : Anne DURAND`,
  ], anne)
  table('is not by a date that is called no birth date', 'says-nothing', ['Anne DURAND 04/04/2015', 'Anne DURAND, vue le 04/04/2015', 'Anne DURAND, rendez-vous le 04/04/2015', 'Anne DURAND, accouchement le 04/04/2015'], anne)
})

describe('a mother and her child', () => {
  const claire = { ins: number('2900175123456'), birthName: 'LEROUX', usedName: 'DURAND', givenName: 'CLAIRE', birthDate: '1990-01-15' } satisfies NamedInText
  const zoe = { ins: number('2261175123456'), birthName: 'DURAND', givenName: 'ZOE', birthDate: '2026-11-12' } satisfies NamedInText
  const hers = `INS ${claire.ins}`

  table('are not taken for each other where the child has an age alone', 'says-nothing', [
    `Enfant Nina DURAND, 3 ans\nResponsable légal : Mme Claire DURAND - ${hers}\nOtite`, `Enfant Zoé LEROUX, 3 ans\n${hers} (mère)\nOtite`, `Patient : Zoé LEROUX (3 ans)\nResponsable légal : Claire LEROUX\n${hers}`, `Mme Claire DURAND, née le 15/01/1990, consulte pour sa fille Nina, 3 ans`, `Mme Claire DURAND (${hers}) amène Nina DURAND`,
    `Enfant Nina, 3 ans, accompagnée de Mme Claire DURAND, ${hers}`, `Assurée : DURAND Claire\n${hers}\nBénéficiaire : Nina`, `Nina, 3 ans. Mère : Mme Claire DURAND née le 15/01/1990`, `Accompagnée par sa mère\nClaire DURAND, née le 15/01/1990`, `Claire DURAND, mère de Nina, née le 15/01/1990`, `Claire DURAND (maman) née le 15/01/1990`,
    `Tuteur : Claire DURAND ${hers}`, `Personne de confiance : Claire DURAND ${hers}`, `Contact : Claire DURAND - ${hers}`, `Représentante légale\nDURAND Claire\n${hers}`, `N° SS ${claire.ins} Claire DURAND`,
    `Nina MARTIN, 3 ans\nMme Claire DURAND\n${hers}`, `Nina, 3 ans, otite.\nMme Claire DURAND\n${hers}`, `Mme Claire DURAND\n${hers}\nMadame, votre fille a été vue ce jour`, `Mme Claire DURAND, née le 15/01/1990, consulte pour son fils`,
  ], claire)
  table('are not where the day of the delivery is the child’s birth date', 'says-nothing', [
    'Mme Claire DURAND, 36 ans\nAccouchement le 12/11/2026 de Zoé, 3200 g.', 'LEROUX Claire, 36 ans\nAccouchement le 12/11/2026 : Zoé, 3200 g', 'Mme MARTIN a accouché de Zoé DURAND, née le 12/11/2026', 'Mme Claire DURAND a accouché le 12/11/2026 de Zoé DURAND née le 12/11/2026', 'Mme Claire DURAND. Zoé DURAND née le 12/11/2026',
  ], zoe)
})

describe('a birth name, a used name and a list of given names', () => {
  const monique = { ins: number('2360329999014'), birthName: 'LE GOAZIOU', usedName: 'GARNIER', givenName: 'MONIQUE', givenNames: 'MONIQUE ANDREE LOUISE', usedGivenName: 'Monique', birthDate: '1936-03-14' } satisfies NamedInText
  table('are one person’s', 'confirms', [
    'Mme Monique GARNIER, née LE GOAZIOU\nNée le 14/03/1936 (90 ans)', 'Mme GARNIER née LE GOAZIOU Monique, née le 14 mars 1936', 'LE GOAZIOU ép. GARNIER Monique DDN : 14/03/1936', 'GARNIER Monique Andrée Louise\nDate de naissance : 14/03/1936', 'GARNIER (LE GOAZIOU) Monique née le 14.03.1936', 'MmeMonique GARNIER née le14/03/1936',
    'Nom de naissance : LE GOAZIOU\nNom d’usage : GARNIER\nPrénom(s) : MONIQUE ANDREE LOUISE\nNé(e) le 14/03/1936', 'Nom de naissance LE GOAZIOU\nPrénom(s) de naissance Monique Andrée [MONIQUE]\nSexe Féminin\nDate de naissance 14/03/1936',
  ], monique)
  table('are not, in a longer name', 'says-nothing', ['LE GOAZIOU-MARTIN Monique née le 14/03/1936', 'GOAZIOU Monique née le 14/03/1936', 'Nom de naissance : MARTIN\nMonique GARNIER née le 14/03/1936'], monique)
  table('are whole where a layout glued them', 'confirms', ['Mme McDONALD Anne née le 14/03/1936', 'Nom : McDonaldPrénom : AnneNée le14/03/1936', 'MCDONALD ANNE NEE LE 14/03/1936'], { ...monique, birthName: 'MCDONALD', givenName: 'ANNE', givenNames: undefined, usedGivenName: undefined })
})

const twoDigits = (value: number) => String(value).padStart(2, '0')
const person = fc
  .record({
    sex: fc.constantFrom('1', '2'), year: fc.integer({ min: 1920, max: 2025 }), month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 28 }), rank: fc.integer({ min: 1, max: 999_999 }),
    birthName: fc.constantFrom('MARTIN', 'DE LA TOUR', 'PAT-TROIS', "D'HERVÉ", 'NGUYEN', 'LE GOFF', 'LY'), usedName: fc.constantFrom(undefined, 'BERNARD', 'GARCIA LOPEZ'), givenName: fc.constantFrom('ANNE-LAURE', 'PAUL', 'ZOÉ'),
  })
  .map(({ sex, year, month, day, rank, ...names }) => ({ ...names, ins: number(`${sex}${twoDigits(year % 100)}${twoDigits(month)}75${String(rank).padStart(6, '0')}`), birthDate: `${year}-${twoDigits(month)}-${twoDigits(day)}` }))
type Person = typeof person extends fc.Arbitrary<infer One> ? One : never
const layout = fc.constantFrom<(who: Person) => string>(
  ({ birthName, givenName, birthDate, ins }) => `${birthName} ${givenName}\nNé(e) le : ${french(birthDate)}\nINS : ${ins}\n`,
  ({ usedName, birthName, givenName, birthDate, ins }) => `Mme ${givenName} ${usedName ?? birthName}, née le ${french(birthDate)}. Matricule INS ${spaced(ins)}. `,
  ({ birthName, givenName, birthDate, ins }) => `Nom\u00a0Prénom\u00a0Date de naissance\u00a0INS\n${birthName}  ${givenName}  ${french(birthDate)}  ${ins} `,
)
const french = (day: string) => day.split('-').reverse().join('/')
const filler = fc.constantFrom('', 'Compte rendu du 03/02/2024\n', 'Dr MARTIN, 12 rue de Paris, 01 45 67 89 01\n', 'Vu le 1er mars 2023. ', '\f')
const label = fc.constantFrom('né le ', 'Née le : ', 'Né(e) le\n', 'Date de naissance : ', 'DDN ', 'naissance : ')
const isOther = (one: Person, two: Person) => one.ins !== two.ins && one.birthDate !== two.birthDate

describe('whoever the text names', () => {
  it('is confirmed in every layout, and nobody else is', () => {
    fc.assert(
      fc.property(person, person, layout, filler, filler, (who, claimed, write, before, after) => {
        fc.pre(isOther(who, claimed))
        const text = `${before}${write(who)}${after}`
        expect(textSays(text, who)).toBe('confirms')
        expect(textSays(text, claimed)).not.toBe('confirms')
      }),
    )
  })

  it('is contradicted where the name is another’s too', () => {
    fc.assert(
      fc.property(person, person, layout, filler, (who, claimed, write, before) => {
        fc.pre(isOther(who, claimed))
        expect(textSays(`${before}${write(who)}`, { ...claimed, birthName: 'ROUSSEAU', usedName: 'PETIT' })).toBe('contradicts')
      }),
    )
  })

  it('is confirmed no more once another birth date or INS is called so', () => {
    fc.assert(
      fc.property(person, person, layout, layout, label, fc.boolean(), filler, (who, child, write, writeOther, called, isFirst, between) => {
        fc.pre(isOther(who, child))
        for (const added of [`${called}${french(child.birthDate)}\n`, `INS ${child.ins}\n`, writeOther(child)]) {
          expect(textSays(isFirst ? `${added}${between}${write(who)}` : `${write(who)}${between}${added}`, who)).not.toBe('confirms')
        }
      }),
    )
  })

  it('is not made up of anything at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), person, (text, claimed) => {
        expect(textSays(text, claimed)).toBe('says-nothing')
      }),
    )
  })
})

describe('a document of one of two who share name and birth date', () => {
  const anne = { ins: number('2150444999101'), birthName: 'DURAND', usedName: 'DURAND', givenName: 'ANNE', givenNames: 'ANNE SOPHIE', birthDate: '2015-04-04' } satisfies NamedInText
  const born = fc.constantFrom('née le 04/04/2015', 'Née le : 4 avril 2015', 'Date de naissance : 04/04/2015', 'DDN 04.04.2015', 'NÉE LE 04/04/2015')
  const written = fc.constantFrom('DURAND Léa', 'Léa DURAND', 'LEA DURAND', 'DURAND LEA', 'Mlle Léa DURAND', 'Enfant DURAND Léa', 'Patiente : Léa DURAND', 'Nom : DURAND Prénom : Léa', 'DURAND Anne-Léa', 'Léa Anne DURAND', 'DURAND Marie-Anne', 'MARIE ANNE DURAND')
  const header = fc.tuple(written, fc.constantFrom(' ', ', ', '\n', ' (', ' - '), born).map((parts) => parts.join(''))
  const aside = fc.constantFrom(
    '12 rue Sainte-Anne', 'Dr Anne MARTIN', 'Dr Anne DURAND', 'Docteur DURAND Anne', 'Anne DURAND, infirmière', 'jumelle de Anne', 'sœur d’Anne DURAND', 'Sa sœur Anne DURAND va bien.', 'mère de Anne', 'Copie : Anne', 'Mme Anne MARTIN', 'Hôpital Sainte-Anne', 'École Anne-Frank',
    'Prélevé le 04/04/2015', 'Consultation du 20/11/2026', 'Mme DURAND', 'RPPS 99900000219', 'Anne', 'Page 1 / 1', 'Contact : Anne DURAND', 'Accompagnée par Anne DURAND', 'Fratrie : Anne DURAND, Paul DURAND',
  )

  it('never confirms the other, whatever it says of them', () => {
    fc.assert(
      fc.property(header, fc.array(aside, { maxLength: 4 }), fc.array(aside, { maxLength: 4 }), fc.constantFrom('\n', '\n', '. ', ' \u00a0 '), (own, before, after, between) => {
        expect(textSays([...before, own, ...after].join(between), anne)).not.toBe('confirms')
      }),
      { numRuns: 500 },
    )
  })
})

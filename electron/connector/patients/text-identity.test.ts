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
  table('confirms by the INS', 'confirms', [
    `INS : ${own}`,
    `Matricule INS${own}`,
    `INS: ${spaced(own)}`,
    `INS\u00a0: ${spaced(own).replaceAll(' ', '\u00a0')}`,
    `INS N° ${spaced(own).replaceAll(' ', '.')} Ordonnance`,
    `INS ${own.slice(0, 13)} clé ${own.slice(13)}`,
    `INS ${own.slice(0, 13)} / ${own.slice(13)}`,
    `Identité nationale de santé (OID 1.2.250.1.213.1.4.8)\n${own}`,
    // Nothing calls the second number an INS: it is the insured parent's.
    `INS ${own}\nN° de sécurité sociale ${other}`,
    `INS ${own}  N° SS de l’assuré : ${spaced(other)}`,
  ])

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
    'le goff marie 15.01.1990',
    'Le  Goff\u00a0Marie née le 15 01 1990',
    'LE GOFF\nMarie\n1990-01-15',
    'Le Goff Marie, née le 15 janvier 1990',
    'Le Goff Marie, née le 15 JANV. 1990',
    'LE GOFF Marie DDN : 15-jan-1990',
    'Marie LE GOFF 15/01/1990 Lieu naissance : Brest 03/02/2024',
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
  ])
  table('knows the first day of a month', 'confirms', ['Le Goff Marie née le 1er mars 1990', 'Le Goff Marie, 01/03/1990', 'LE GOFF Marie 1ᵉʳ mars 1990'], { ...marie, birthDate: '1990-03-01' })
  table('knows accents in months', 'confirms', ['Le Goff Marie née le 2 février 1990', 'LE GOFF MARIE 2 FEVRIER 1990'], { ...marie, birthDate: '1990-02-02' })
  table('knows ligatures', 'confirms', ['Mme SOEUR Fine 15/01/1990', 'Mme Sœur ﬁne 15/01/1990'], { ...marie, birthName: 'SŒUR', usedName: undefined, givenName: 'FINE' })
  table('confirms without a given name to compare', 'confirms', ['LE GOFF 15/01/1990'], { ...marie, givenName: undefined })

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
  table('says nothing when it speaks of two', 'says-nothing', [
    `INS ${own}\nINS ${other}`,
    `Mère INS ${own}, enfant : INS (NIR) ${spaced(other)}`,
    `INS ${own} Mme LE GOFF Marie. Enfant né le 02/02/2024`,
    'Mme LE GOFF Marie née le 15/01/1990\nBébé : naissance le 02/02/2024 à 7 h',
    'LE GOFF Marie née le 15/01/1990\fDUPONT Paul né le 03/04/1985',
    'LE GOFF Marie DDN 15/01/1990 - MARTIN Paul DDN : 03.04.85',
    `LE GOFF Marie 15/01/1990 Matricule INS : ${other}`,
    // The mother's letter gives only her child's birth date.
    'Madame LE GOFF a accouché. Enfant née le 2 février 2024',
    'Mme Désiré-Martin, bébé : Date de naissance : 02/02/2024',
    // The year in two digits is not enough to be sure, and enough to doubt.
    'DUPONT, née le 15/01/90',
    'DUPONT Paul né le 03/04/1985, vu avec Lucie le 15/01/1990',
    `DUPONT Paul INS ${other}, conjoint de ${own}`,
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

  table('does not take a short name for a proof', 'says-nothing', ['Mme LY Anna, 15/01/1990', 'LY Anna née le 15/01/1990'], { ...marie, birthName: 'LY', usedName: undefined, givenName: 'ANNA' })
  table('takes the number of a short name', 'confirms', [`LY Anna INS ${own}`], { ...marie, birthName: 'LY', usedName: undefined })
  table('reads a Corsican number', 'confirms', ['INS 2 90 01 2A 056 001 67', 'INS 290012A05600167'], { ...marie, ins: '290012A05600167' })
  table('reads a Corsican number of another', 'contradicts', ['INS 1 85 06 2B 056 002 21', 'INS 185062B05600221'])

  it('reads a long text at once', () => {
    const start = performance.now()
    textSays('né le 1 2 3 4 5 6 7 8 9 01.02.'.repeat(700), marie)
    textSays(`${' '.repeat(20_000)}INS`, marie)
    textSays('1 '.repeat(10_000), marie)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
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
          expect(textSays(isFirst ? `${added}${between}${write(who)}` : `${write(who)}${between}${added}`, who)).toBe('says-nothing')
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

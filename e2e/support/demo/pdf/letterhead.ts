import type { DemoAuthor, DemoDocument, DemoStructure } from '../document-model.ts'
import { ageAt, longDate, shortDate } from '../paris-time.ts'
import { localIdOid } from '../people.ts'
import { pageWidth, type Colour, type Sheet } from './sheet.ts'

export const margin = 54
export const textWidth = pageWidth - 2 * margin
export const grey: Colour = [0.38, 0.4, 0.43]
const pale: Colour = [0.955, 0.96, 0.965]

/** The structure's emblem, a simple drawing in its colour, in a square of 34 points. */
function emblem(sheet: Sheet, x: number, y: number, { emblem: kind, colour }: DemoStructure): void {
  const white: Colour = [1, 1, 1]
  if (kind === 'cross') {
    sheet.box(x + 11, y, 12, 34, { fill: colour })
    sheet.box(x, y + 11, 34, 12, { fill: colour })
    return
  }
  sheet.circle(x + 17, y + 17, 17, colour)
  if (kind === 'leaf') {
    sheet.curve([[x + 9, y + 25], [x + 7, y + 11], [x + 15, y + 7], [x + 27, y + 8], [x + 28, y + 19], [x + 22, y + 27], [x + 9, y + 25]], { colour: white, fill: true })
    sheet.line(x + 7, y + 28, x + 21, y + 14, { colour, thickness: 1.4 })
  } else if (kind === 'drop') {
    sheet.curve([[x + 17, y + 5], [x + 20, y + 12], [x + 26, y + 16], [x + 26, y + 21], [x + 26, y + 32], [x + 8, y + 32], [x + 8, y + 21], [x + 8, y + 16], [x + 14, y + 12], [x + 17, y + 5]], { colour: white, fill: true })
  } else if (kind === 'heart') {
    sheet.curve([[x + 17, y + 28], [x + 2, y + 17], [x + 8, y + 4], [x + 17, y + 12], [x + 26, y + 4], [x + 32, y + 17], [x + 17, y + 28]], { colour: white, fill: true })
  } else if (kind === 'sun') {
    sheet.circle(x + 17, y + 17, 8, white)
  } else {
    for (const dy of [-6, 0, 6]) {
      sheet.curve([[x + 6, y + 17 + dy], [x + 12, y + 10 + dy], [x + 16, y + 12 + dy], [x + 17, y + 17 + dy], [x + 19, y + 23 + dy], [x + 24, y + 22 + dy], [x + 28, y + 16 + dy]], { colour: white, thickness: 2 })
    }
  }
}

/** Printed name: `Dr Hélène MARCHANDEAU`. */
export const printedName = (author: Pick<DemoAuthor, 'title' | 'given' | 'family'>): string => `${author.title} ${author.given} ${author.family}`

/** Letterhead of a structure with its author; gives the baseline below it. */
export function letterhead(sheet: Sheet, author: DemoAuthor): number {
  const { structure } = author
  emblem(sheet, margin, 42, structure)
  sheet.text(margin + 46, 56, structure.name, { face: 'bold', size: 14, colour: structure.colour })
  sheet.text(margin + 46, 70, structure.motto, { size: 9, colour: grey })
  sheet.text(pageWidth - margin, 52, structure.line, { size: 8.5, colour: grey, align: 'right' })
  sheet.text(pageWidth - margin, 63, `${structure.postalCode} ${structure.city}`, { size: 8.5, colour: grey, align: 'right' })
  sheet.text(pageWidth - margin, 74, `Tél. ${structure.phone}`, { size: 8.5, colour: grey, align: 'right' })
  sheet.line(margin, 86, pageWidth - margin, 86, { colour: structure.colour, thickness: 1.2 })
  sheet.text(margin, 103, printedName(author), { face: 'bold', size: 10.5 })
  sheet.text(margin, 116, author.label, { size: 9, colour: grey })
  sheet.text(margin, 128, ['SA07', 'SA08'].includes(structure.sector) && author.profession === '10' ? `RPPS ${author.id.slice(1)}   ·   Conventionné secteur 1` : `RPPS ${author.id.slice(1)}`, { size: 8.5, colour: grey })
  return 128
}

/** Frame that says whose document it is, with the five traits and the INS (and our local number on our own papers); gives the baseline below it. */
export function patientBlock(sheet: Sheet, { patient, at, author }: DemoDocument, y: number): number {
  const left = pageWidth - margin - 262
  const born = patient.sex === 'F' ? 'Née' : 'Né'
  const name = patient.birthName === patient.usedName.toUpperCase().normalize('NFD').replace(/\p{M}/gu, '') ? patient.usedName : `${patient.usedName}, ${born.toLowerCase()} ${patient.birthName}`
  const lines = [
    `${born} le ${shortDate(patient.birthDate)} (${ageAt(patient.birthDate, at)})   ·   Sexe ${patient.sex}   ·   Lieu de naissance ${patient.birthPlace.code}`,
    `Prénoms de naissance : ${patient.givenNames}`,
    `INS : ${grouped(patient.ins)}   (NIR de test)${author !== 'patient' && author.structure.patientOid === localIdOid ? `   ·   IPP ${patient.localId}` : ''}`,
    `${patient.address.line}, ${patient.address.postalCode} ${patient.address.city}`,
  ]
  const title = `${patient.title === 'Enfant' ? 'Enfant' : patient.title} ${patient.usedGivenName} ${name}`
  const titleLines = sheet.lines(title, 246, { face: 'bold', size: 10.5 })
  const height = 22 + 13 * (titleLines.length - 1) + 12.2 * lines.length + 4
  sheet.box(left, y, 262, height, { fill: pale, frame: [0.78, 0.8, 0.82], thickness: 0.5 })
  let at2 = y + 15
  for (const line of titleLines) {
    sheet.text(left + 8, at2, line, { face: 'bold', size: 10.5 })
    at2 += 13
  }
  for (const line of lines) {
    sheet.text(left + 8, at2, line, { size: 8 })
    at2 += 12.2
  }
  return y + height
}

/** `2 36 03 29 999 014 09`. */
function grouped(ins: string): string {
  return ins.replace(/^(.)(..)(..)(..)(...)(...)(..)$/, '$1 $2 $3 $4 $5 $6 $7')
}

/** Place and date, on the left at the height of the patient's frame. */
export function placeAndDate(sheet: Sheet, author: DemoAuthor, at: string, y: number): void {
  const city = author.structure.city
  const written = city.charAt(0) + city.slice(1).toLowerCase()
  sheet.text(margin, y, `${written}, le ${longDate(at)}`, { size: 10 })
}

/** Signature area: name and a pen stroke that is always the same for the same author. */
export function signature(sheet: Sheet, author: DemoAuthor, y: number, at: string): number {
  const x = pageWidth - margin - 190
  sheet.text(x, y, printedName(author), { size: 10, face: 'bold' })
  sheet.text(x, y + 12, `Signé électroniquement le ${shortDate(at)} à ${at.slice(11).replace(':', ' h ')}`, { size: 7.5, colour: grey })
  let seed = Array.from(author.id).reduce((sum, digit) => (sum * 31 + digit.charCodeAt(0)) % 65521, 7)
  const next = (span: number): number => {
    seed = (seed * 40503 + 12345) % 65521
    return (seed / 65521) * span
  }
  const points: [number, number][] = [[x + 8, y + 54]]
  const loops = 4 + Math.floor(next(4))
  for (let step = 0; step < loops; step += 1) {
    const from = x + 8 + (step * 116) / loops
    const tall = step === 0 ? 24 : 4 + next(18)
    points.push([from + next(14) - 6, y + 42 - tall - next(6)], [from + 6 + next(30), y + 40 - tall + next(16)], [from + 10 + next(10), y + 46 + next(11)])
  }
  points.push([x + 60, y + 70], [x + 20 + next(40), y + 58 + next(8)], [x + 124 + next(30), y + 54 + next(6)])
  sheet.curve(points, { colour: [0.1, 0.16, 0.45], thickness: 1.1 })
  return y + 74
}

/** Foot of every page. */
export function footers(sheet: Sheet, document: DemoDocument, author: DemoAuthor | null): void {
  for (let page = 0; page < sheet.pageCount; page += 1) {
    const structure = author?.structure
    if (structure) sheet.text(margin, 802, `${structure.name} - ${structure.line}, ${structure.postalCode} ${structure.city} - ${structure.phone}`, { size: 7, colour: grey }, page)
    sheet.text(margin, 812, 'Document fictif de formation : patient, professionnels et structures inventés.', { size: 7, face: 'italic', colour: grey }, page)
    sheet.text(pageWidth - margin, 802, `${document.patient.usedName} ${document.patient.usedGivenName}`, { size: 7, colour: grey, align: 'right' }, page)
    sheet.text(pageWidth - margin, 812, `Page ${page + 1} / ${sheet.pageCount}`, { size: 7, colour: grey, align: 'right' }, page)
  }
}

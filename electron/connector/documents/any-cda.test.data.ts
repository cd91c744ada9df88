import fc from 'fast-check'
import { acceptedTypeCodes } from '#shared/terminology/index.ts'
import { insKey } from '../patients/index.ts'
import type { CdaToWrite } from './write-cda.ts'

/** Words as software really holds them: accents, quotes, markup, emoji; no leading or doubled blank (XML text is collapsed). */
export const words = fc
  .array(fc.string({ unit: fc.constantFrom('A', 'B', 'É', 'Ç', 'Œ', "'", '’', '-', '&', '<', '>', '"', '^', '|', '~', '\\', ' ', 'a', 'é', '😀'), minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(' ').replace(/\s+/g, ' ').trim())
  .filter((text) => text !== '')
const oids = fc.array(fc.nat(99_999), { minLength: 1, maxLength: 5 }).map((arcs) => `1.2.250.1.999.${arcs.join('.')}`)
const seconds = fc.integer({ min: Date.UTC(1960, 0, 1) / 1000, max: Date.UTC(2090, 0, 1) / 1000 }).map((at) => at * 1000)
const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2026-01-01'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))
const places = fc.oneof(fc.integer({ min: 1001, max: 99_999 }).map((code) => String(code).padStart(5, '0')), fc.constantFrom('2A004', '2B033'))
const numbers = fc
  .tuple(fc.constantFrom('1', '2', '7', '8'), fc.integer({ min: 0, max: 9999 }), fc.constantFrom('99', '2A', '2B', '51'), fc.integer({ min: 0, max: 999_999 }))
  .map(([sex, date, department, rest]) => `${sex}${String(date).padStart(4, '0')}${department}${String(rest).padStart(6, '0')}`)
  .map((first) => `${first}${insKey(first)}`)

/** Professions with a know-how the national list joins to them. */
const knowHows = [
  { profession: '10', specialty: 'SM26' },
  { profession: '10', specialty: 'SM94' },
  { profession: '21', specialty: 'A' },
  { profession: '40', specialty: 'SCD01' },
  { profession: '60', specialty: 'SI01' },
]

/** Any document a practice could have written: every type, place, zone and odd name. */
export const anyCda: fc.Arbitrary<CdaToWrite> = fc
  .record({
    id: oids,
    setId: oids,
    replaces: fc.option(oids, { nil: null }),
    versionNumber: fc.integer({ min: 1, max: 50 }),
    typeCode: fc.constantFrom(...acceptedTypeCodes),
    title: words.map((text) => text.slice(0, 128).trim()),
    createdAt: seconds,
    serviceStart: seconds,
    serviceLasts: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: null }),
    zone: fc.constantFrom('Europe/Paris', 'Indian/Reunion', 'America/Guadeloupe'),
    patient: fc.record({
      ins: numbers,
      insOid: fc.constantFrom('1.2.250.1.213.1.4.8', '1.2.250.1.213.1.4.9', '1.2.250.1.213.1.4.10', '1.2.250.1.213.1.4.11'),
      localId: fc.option(fc.record({ value: words, oid: oids }), { nil: null }),
      birthName: words,
      givenName: words,
      givenNames: words,
      usedName: fc.option(words, { nil: null }),
      usedGivenName: fc.option(words, { nil: null }),
      birthDate: days,
      sex: fc.constantFrom('M', 'F', 'U'),
      birthPlace: places,
      birthPlaceName: fc.option(words, { nil: null }),
    }),
    professional: fc
      .record({
        id: fc.integer({ min: 10 ** 9, max: 10 ** 10 - 1 }).map((digits) => `8${digits}0`),
        family: words,
        given: words,
        structure: fc.constant('1750803447'),
        title: fc.constantFrom('DR', 'Pr.', 'Mme', 'SEIGNEUR'),
      })
      .chain((person) => fc.constantFrom(...knowHows).map((knowHow) => ({ ...person, ...knowHow }))),
    structure: fc.record({
      id: fc.integer({ min: 10 ** 8, max: 10 ** 9 - 1 }).map((finess) => `1${finess}`),
      name: words,
      sector: fc.constantFrom('SA07', 'SA08', 'SA52', 'SA99'),
      practiceSetting: fc.constantFrom('AMBULATOIRE', 'SAD'),
      phone: fc.constantFrom('02 00 00 00 01', '+33 2.00', 'néant'),
      address: fc.record({ line: fc.oneof(words, fc.constant('12 bis, rue des Essais')), postalCode: fc.constant('76000'), city: words }),
    }),
    bytes: fc.uint8Array({ maxLength: 300 }),
  })
  .filter(({ id, replaces }) => id !== replaces)
  .map(({ zone, serviceLasts, bytes, ...rest }) => ({
    ...rest,
    versionNumber: rest.replaces === null ? rest.versionNumber : rest.versionNumber + 1,
    timeZone: zone,
    serviceStop: serviceLasts === null ? null : rest.serviceStart + serviceLasts * 1000,
    body: { mediaType: 'application/pdf', bytes: new Uint8Array([...Buffer.from('%PDF-1.4\n'), ...bytes]) },
  }))

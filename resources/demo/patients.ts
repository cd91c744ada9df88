import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** One synthetic patient of the demo practice. The five strict traits are written as the INS teleservice gives them: capitals without accents. */
const demoPatient = z.object({
  /** Local patient number (IPP) in the practice software. */
  localId: z.string().regex(/^P\d{6}$/),
  /** 15 characters with the key, of the test domain only. */
  ins: z.string().regex(/^[12]\d{4}(\d{2}|2[AB])\d{8}$/),
  birthName: z.string().regex(/^[A-Z' -]+$/),
  /** All birth given names, separated by spaces. */
  givenNames: z.string().regex(/^[A-Z' -]+$/),
  /** Name and given name used in life, with their accents. */
  usedName: z.string().min(1),
  usedGivenName: z.string().min(1),
  birthDate: z.iso.date(),
  sex: z.enum(['M', 'F']),
  /** INSEE (COG) code; ours do not exist. */
  birthPlace: z.object({ code: z.string().regex(/^(\d{5}|2[AB]\d{3})$/), city: z.string() }),
  title: z.string(),
  phone: z.string(),
  address: z.object({ line: z.string(), postalCode: z.string().regex(/^\d{5}$/), city: z.string() }),
})
export type DemoPatient = z.infer<typeof demoPatient>

const demoPatientFile = z.object({ insOid: z.string(), localIdOid: z.string(), patients: z.array(demoPatient) })
export type DemoPatientFile = z.infer<typeof demoPatientFile>

/** The twelve patients of `patients.json` with the OIDs of their two identifiers. Throws when the file breaks its schema. */
export function demoPatients(): DemoPatientFile {
  return demoPatientFile.parse(JSON.parse(readFileSync(new URL('patients.json', import.meta.url), 'utf8')))
}

/** First birth given name: the part of the birth given names before the first space. */
export function firstGivenName(patient: Pick<DemoPatient, 'givenNames'>): string {
  return patient.givenNames.split(' ')[0] ?? patient.givenNames
}

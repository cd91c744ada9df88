import { z } from 'zod'
import { ruleText } from '#shared/contract/index.ts'
import { dimensionOf } from '../summary/quantity.ts'
import { isLoincCode } from '#shared/terminology/index.ts'

/** To the shown unit: times `factor`, plus `offset`. */
const conversion = z.union([z.number().positive(), z.strictObject({ factor: z.number().positive(), offset: z.number() })])

/** `analytes.json`: what one analyte is measured as, and the units one may be told in for another (clinical.md 2.2). What may not be converted is not in it. */
export const analyteTable = z.strictObject({
  version: z.string().min(1),
  date: z.iso.date(),
  sources: z.record(z.string(), z.strictObject({ title: z.string(), address: z.url() })),
  analytes: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9-]+$/),
      name: ruleText,
      /** Codes that mean it, by mass, by substance, by count. */
      loinc: z.array(z.string().refine(isLoincCode, 'not a LOINC code')).min(1),
      /** The unit others are told in, and how many decimals a converted value has. */
      unit: z.string().min(1),
      decimals: z.number().int().min(0).max(3),
      /** Units it is told in, with what each is of the shown one. Any other unit is not converted. */
      units: z.record(z.string(), conversion),
    }),
  ),
}).refine(({ analytes }) => new Set(analytes.flatMap(({ loinc }) => loinc)).size === analytes.flatMap(({ loinc }) => loinc).length, 'a code is of two analytes')
export type AnalyteTable = z.infer<typeof analyteTable>
export type Analyte = AnalyteTable['analytes'][number]

/** Analytes by their codes. */
export function analytesByCode({ analytes }: Pick<AnalyteTable, 'analytes'>): ReadonlyMap<string, Analyte> {
  return new Map(analytes.flatMap((analyte) => analyte.loinc.map((code) => [code, analyte] as const)))
}

function conversionOf({ units }: Analyte, unit: string | null): { factor: number; offset: number } | null {
  const found = unit === null ? undefined : Object.entries(units).find(([one]) => dimensionOf(one) === dimensionOf(unit))?.[1]
  return found === undefined ? null : typeof found === 'number' ? { factor: found, offset: 0 } : found
}

/** Whether a unit is one of those an analyte may be converted from and to. */
export function isConvertible(analyte: Analyte, unit: string | null): boolean {
  return conversionOf(analyte, unit) !== null
}

/** A number of an analyte told in another unit; null when one of the units is not in its list. Not rounded. */
export function inUnit(analyte: Analyte, value: number, from: string | null, to: string | null): number | null {
  const [of, into] = [conversionOf(analyte, from), conversionOf(analyte, to)]
  return of === null || into === null ? null : (value * of.factor + of.offset - into.offset) / into.factor
}

/** How many decimals a value converted into a unit has: as many as tell apart what the shown unit's tell apart. */
export function decimalsIn(analyte: Analyte, unit: string | null): number {
  const { factor } = conversionOf(analyte, unit) ?? { factor: 1 }
  return Math.max(0, Math.min(4, analyte.decimals + Math.round(Math.log10(factor))))
}

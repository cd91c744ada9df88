import { z } from 'zod'
import type { HttpAnswer } from '../transport.ts'

/** What this adapter reads of FHIR R4: only the elements it uses, leniently; everything else is left aside. */
const coding = z.object({ system: z.string().default(''), code: z.string().default(''), display: z.string().optional() })
export const codeableConcept = z.object({ coding: z.array(coding).default([]), text: z.string().optional() })
export const fhirIdentifier = z.object({ use: z.string().optional(), system: z.string().default(''), value: z.string().default('') })
export const reference = z.object({ reference: z.string().default(''), display: z.string().optional() })

const issue = z
  .object({ severity: z.string(), code: z.string().default(''), details: codeableConcept.optional(), diagnostics: z.string().optional() })
  .transform(({ severity, code, details, diagnostics }) => ({ severity, type: code, codes: details?.coding.map((one) => one.code) ?? [], text: details?.text ?? diagnostics ?? '' }))
/** One issue of an OperationOutcome: `codes` are the record's own (XDS, DMP), `type` the FHIR one. */
export type Issue = z.infer<typeof issue>
export const operationOutcome = z.object({ resourceType: z.literal('OperationOutcome'), issue: z.array(issue) })

/** What an OperationOutcome warns of, in the record's words, and its codes; of anything else nothing. */
export function warningsIn(resource: unknown): { readonly text: string; readonly codes: readonly string[] }[] {
  const outcome = operationOutcome.safeParse(resource)
  const warnings = outcome.success ? outcome.data.issue.filter(({ severity }) => severity === 'warning') : []
  return warnings.map(({ text, codes, type }) => ({ text: [codes.join(' '), text].filter(Boolean).join(': ') || type, codes: [...codes, type] }))
}

/** A Bundle of search results or of answers; each entry's resource is read by whoever asked. */
export const bundle = z.object({
  resourceType: z.literal('Bundle'),
  type: z.string(),
  /** How many resources a search matches, on all its pages. */
  total: z.number().optional(),
  link: z.array(z.object({ relation: z.string(), url: z.string() })).default([]),
  entry: z
    .array(
      z.object({
        resource: z.looseObject({ resourceType: z.string() }).optional(),
        search: z.object({ mode: z.string().optional() }).optional(),
        response: z.object({ status: z.string(), location: z.string().optional(), outcome: z.unknown().optional() }).optional(),
      }),
    )
    .default([]),
})
export type Bundle = z.infer<typeof bundle>

export const binary = z.object({ resourceType: z.literal('Binary'), contentType: z.string(), data: z.base64().default('') })

/** Media type of an answer, without its parameters. */
export function mediaType(answer: HttpAnswer): string {
  return (answer.contentType.split(';')[0] ?? '').trim().toLowerCase()
}

/** True for the media types FHIR's JSON comes under. */
export function isFhirJson(answer: HttpAnswer): boolean {
  return ['application/fhir+json', 'application/json', 'application/json+fhir'].includes(mediaType(answer))
}

/** Reads an answer's resource; `null` when it is not FHIR in JSON (a hotel's login page), is cut, or is another resource. */
export function readResource<T>(answer: HttpAnswer, shape: z.ZodType<T>): T | null {
  if (!isFhirJson(answer)) return null
  try {
    return shape.parse(JSON.parse(Buffer.from(answer.body).toString('utf8')))
  } catch {
    return null
  }
}

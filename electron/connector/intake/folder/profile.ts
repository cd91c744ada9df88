import { z } from 'zod'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { documentType } from '#shared/terminology/index.ts'
import { practiceZone } from '../../documents/index.ts'

/** What a sidecar may say, by our name for it. */
export const profileField = z.enum([
  'file',
  'ins',
  'insOid',
  'birthName',
  'givenName',
  'givenNames',
  'usedName',
  'usedGivenName',
  'birthDate',
  'sex',
  'birthPlace',
  'localId',
  'localIdOid',
  'type',
  'title',
  'documentDate',
  'authorId',
  'structureId',
  'documentKey',
  'masked',
  'hiddenFromPatient',
  'hiddenFromRepresentatives',
  'secretConnection',
])
export type ProfileField = z.infer<typeof profileField>

const namePattern = z.string().superRefine((source, context) => {
  try {
    // With an empty alternative the expression always matches, and a match lists its groups.
    const groups = Object.keys(new RegExp(`${source}|`, 'iu').exec('')?.groups ?? {})
    const allowed = profileField.options as readonly string[]
    for (const group of groups) if (!allowed.includes(group)) context.addIssue({ code: 'custom', message: `group ${group} is not a field` })
    if (groups.length === 0) context.addIssue({ code: 'custom', message: 'a pattern names at least one group' })
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not a regular expression' })
  }
})

/**
 * How one practice software writes its export folder: data, not code (resources/profiles/README.md). Everything has a default so that a
 * profile says only what it changes.
 */
export const sourceProfile = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).max(100),
  description: z.string().optional(),
  /** Encoding of CSV and JSON sidecars that carry no BOM. `auto` = UTF-8 when the bytes are, else windows-1252. */
  encoding: z.enum(['auto', 'utf-8', 'windows-1252', 'iso-8859-15']).default('auto'),
  /** Of local times without an offset. */
  timeZone: z.string().default(practiceZone),
  sidecar: z
    .strictObject({
      formats: z.array(z.enum(['xml', 'json', 'csv'])).default(['xml', 'json', 'csv']),
      /** A PDF without sidecar is refused instead of being read by its name. */
      required: z.boolean().default(false),
      /** How long a PDF waits for its sidecar, and a sidecar for its PDF. */
      waitSeconds: z.number().min(0).max(86_400).default(60),
      /** The same for a PDF whose name a pattern reads. */
      waitSecondsWhenNamed: z.number().min(0).max(86_400).default(5),
    })
    .prefault({}),
  /** For each field, the names a sidecar may give it; case, accents, `_`, `-` and blanks do not matter. `a.b` = b inside a. */
  fields: z.partialRecord(profileField, z.array(z.string().min(1))).default({}),
  /** Elements whose content is read as if it stood at the top (`patient`, `document`...). */
  sections: z.array(z.string().min(1)).default([]),
  /** Regular expressions on the name without extension; named groups are fields. The first that matches wins. */
  namePatterns: z.array(namePattern).default([]),
  /** Words of a type → type code. An entry matches when all its words are there; the one with most words wins. */
  typeWords: z
    .array(
      z.strictObject({
        code: z.string().refine((code) => documentType(code) !== undefined, 'not a type code of the record'),
        words: z.array(z.string().min(1)).min(1),
      }),
    )
    .default([]),
  /** Used when the document's source names nobody. */
  defaultAuthor: z.strictObject({ authorId: z.string().optional(), structureId: z.string().optional() }).optional(),
})
export type SourceProfile = z.infer<typeof sourceProfile>

/** Reads a profile's JSON text. `input-invalid` with the place of the first mistake. */
export function parseProfile(text: string): Result<SourceProfile> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return failure('input-invalid', { detail: error instanceof Error ? error.message : 'not JSON' })
  }
  const parsed = sourceProfile.safeParse(value)
  if (parsed.success) return success(parsed.data)
  const issue = parsed.error.issues[0]
  return failure('input-invalid', { detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}` })
}

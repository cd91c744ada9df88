import { z } from 'zod'
import { examCategory, ruleText } from '#shared/contract/index.ts'
import { isLoincCode } from '#shared/terminology/index.ts'

const loinc = z.string().refine(isLoincCode, 'not a LOINC code')
/** One condition that silences a rule: what the last result is, who the patient is, a class of medicines (ATC) begun since, an illness (CIM-10). */
const mute = z.string().regex(/^(lastAbnormal|lastCritical|pregnant|under18|hospital30d|drugChanged:[A-Z]\d\d[A-Z0-9]{0,4}|problem:[A-Z]\d\d(\.\d+)?)$/)

/** One rule of the minimum retest intervals (clinical.md 1.8). */
export const retestRule = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: ruleText,
  category: examCategory,
  /** The analytes the exam is made of, each by the codes that mean it: the exam was done when each of them was. Of an image, one group. */
  loinc: z.array(z.array(loinc).min(1)).min(1),
  /** Acts of the CCAM that are the exam. */
  ccam: z.array(z.string().regex(/^[A-Z]{4}\d{3}$/)).default([]),
  /** Modalities of DICOM that are the exam, whatever the region: a request for imaging is coded by them. */
  dicom: z.array(z.string().regex(/^[A-Z]{2,4}$/)).default([]),
  /** Below it a repeat is almost surely a duplicate; below `softDays` it is usually redundant in a stable adult. Null = no sourced figure. */
  hardDays: z.number().int().min(1).nullable(),
  softDays: z.number().int().min(1).nullable(),
  /** No longer to be prescribed, whenever it was done. */
  never: z.boolean().default(false),
  /** Once abnormal or positive, a repeat says nothing more. */
  onceAbnormal: z.boolean().default(false),
  mute: z.array(mute),
  /** When the rule does not hold and no code would tell. */
  except: ruleText.nullable(),
  words: ruleText.nullable(),
  /** Keys of `sources`. */
  source: z.array(z.string()).min(1),
  version: z.string(),
  /** The doctor who answers for it; null keeps it from calling anything redundant in production. */
  approvedBy: z.string().min(1).nullable(),
})
export type RetestRule = z.infer<typeof retestRule>

/** `retest-intervals.json`, the product's or the practice's own. */
export const retestRules = z
  .strictObject({
    version: z.string().min(1),
    date: z.iso.date(),
    sources: z.record(z.string(), z.strictObject({ title: z.string().min(1), address: z.url() })),
    rules: z.array(retestRule).min(1),
  })
  .superRefine(({ sources, rules }, context) => {
    const seen = new Set<string>()
    for (const [at, { id, source }] of rules.entries()) {
      for (const key of source) if (!Object.hasOwn(sources, key)) context.addIssue({ code: 'custom', path: ['rules', at, 'source'], message: `source ${key} is not among the sources` })
      if (seen.has(id)) context.addIssue({ code: 'custom', path: ['rules', at, 'id'], message: `${id} is there twice` })
      seen.add(id)
    }
  })
export type RetestRules = z.infer<typeof retestRules>

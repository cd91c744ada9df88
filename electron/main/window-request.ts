import { z } from 'zod'

/** The windows the program has. */
export const windowKind = z.enum(['panel', 'sync', 'viewer'])
export type WindowKind = z.infer<typeof windowKind>

/** What a page may ask of the shell: one of our windows, with short texts for its address. Nothing else crosses the preload. */
export const windowRequest = z.strictObject({
  window: windowKind,
  query: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,31}$/), z.string().max(256)).refine((query) => Object.keys(query).length <= 8),
})
export type WindowRequest = z.infer<typeof windowRequest>

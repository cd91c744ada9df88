import { z } from 'zod'
import { patientLabel } from './items.ts'

/** One line of the trace as an export carries it; how its hashes are worked out again: `electron/connector/audit/README.md`. */
export const traceLine = z.object({
  seq: z.number().int(),
  /** Milliseconds since the epoch: part of what is hashed. */
  at: z.number().int(),
  /** The exact text that is hashed: JSON. */
  event: z.string(),
  previousHash: z.string(),
  hash: z.string(),
  seal: z.string().nullable(),
})

/** What a check of the whole trace found; `problem` null = nothing wrong. */
export const traceVerdict = z.object({
  lines: z.number().int(),
  problem: z
    .object({
      code: z.enum(['line-broken', 'seal-missing', 'seal-foreign', 'head-foreign', 'end-missing', 'rewritten', 'heads-missing']),
      seq: z.number().int(),
    })
    .nullable(),
  /** Lines lost with a database the program put back, told by the trace itself. */
  gaps: z.array(z.object({ from: z.number().int(), to: z.number().int(), restored: z.boolean() })),
  heads: z.number().int(),
  unreadableHeads: z.number().int(),
  last: z.object({ seq: z.number().int(), hash: z.string() }).nullable(),
})
export type TraceVerdictView = z.infer<typeof traceVerdict>

/** One consultation of a patient's record, as an attestation shows it. Names come from the practice file, never from the trace. */
const attestedLine = z.object({
  seq: z.number().int(),
  at: z.string(),
  act: z.string(),
  outcome: z.enum(['success', 'failure', 'unknown']),
  code: z.string().nullable(),
  professional: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  structure: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  role: z.string(),
  mode: z.string().nullable(),
  object: z.string().nullable(),
  software: z.string().nullable(),
  hash: z.string(),
})

/** Who consulted one patient's record within a time, for a control. */
export const attestation = z.object({
  patient: patientLabel,
  /** The patient as the trace names them. */
  reference: z.string(),
  from: z.string(),
  to: z.string(),
  madeAt: z.string(),
  practiceName: z.string(),
  lines: z.array(attestedLine),
  verdict: traceVerdict,
})
export type Attestation = z.infer<typeof attestation>

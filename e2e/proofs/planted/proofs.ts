/** A proof in a form short enough to be run for one bug. */
export interface ShortProof {
  /** From the project's root. */
  readonly script: string
  readonly args: readonly string[]
  /** Modules loaded before it. */
  readonly preload: readonly string[]
}

const minimal = { preload: [] }

/** The proofs bugs are planted for, quickest first. Seeds are fixed, so that a bug that was seen is seen again. */
export const proofs = {
  // A failure is enough: the shortest history that shows it is not looked for.
  model: { script: 'e2e/proofs/model.ts', args: ['--runs', '100', '--seed', '5'], preload: ['e2e/proofs/planted/without-shrinking.ts'] },
  sync: { ...minimal, script: 'e2e/proofs/sync-before-ack.ts', args: ['--messages', '20'] },
  power: { ...minimal, script: 'e2e/proofs/power-loss.ts', args: ['--images', '60', '--seed', '20'] },
  // One life that dies between an answer and its commit. With this seed the fourth document is a PDF that came before.
  kill: { ...minimal, script: 'e2e/proofs/kill.ts', args: ['--named', '1', '--only', 'send:before-settle', '--seed', '53'] },
  network: { ...minimal, script: 'e2e/proofs/network.ts', args: ['--schedules', '40', '--seed', '1'] },
} as const satisfies Record<string, ShortProof>

export type ProofName = keyof typeof proofs

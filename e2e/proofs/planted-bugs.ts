/**
 * Shows that the proofs see: plants one bug after the other in a copy of the project, and the proof named for it has to fail, saying
 * what that bug does. First the same proofs must pass on the copy without a bug. `--only WORDS` takes the bugs whose name holds these
 * words, `--proof NAME` those planted for that proof.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { plant, type PlantedBug } from './planted/bug.ts'
import { bugs } from './planted/bugs.ts'
import { copyProject } from './planted/copy-project.ts'
import type { ProofName } from './planted/proofs.ts'
import { runProof, type ProofRun } from './planted/run-proof.ts'
import { readProofOptions } from './proof-line.ts'

const projectRoot = path.resolve(import.meta.dirname, '../..')

/** What a proof said last, indented; where in its code does not matter here. */
function endOf(output: string): string {
  const lines = output.trimEnd().split('\n').filter((line) => !/^ +at /.test(line))
  return lines.slice(-12).map((line) => `    ${line.slice(0, 200)}`).join('\n')
}

/** Why a proof cannot be trusted to judge bugs here; null when it can. `skipped` is no fault of the project's. */
function unfit({ code, output }: ProofRun): { readonly isSkipped: boolean; readonly why: string } | null {
  const [skipped] = /^skipped: .*$/m.exec(output) ?? []
  if (skipped) return { isSkipped: true, why: skipped }
  return code === 0 ? null : { isSkipped: false, why: 'it fails on the program without a bug' }
}

async function tryBug(bug: PlantedBug, root: string, folder: string): Promise<boolean> {
  const remove = plant(root, bug)
  const { code, output, seconds } = await runProof(root, bug.proof, folder).finally(remove)
  const isCaught = code === 1 && bug.signature.test(output)
  console.log(isCaught ? `${bug.name}: caught by ${bug.proof} in ${seconds} s` : `${bug.name}: NOT CAUGHT by ${bug.proof} in ${seconds} s (exit code ${code})\n${endOf(output)}`)
  return isCaught
}

async function main(): Promise<number> {
  const options = readProofOptions([], ['only', 'proof'])
  const asked = bugs.filter(({ name, proof }) => name.includes(options.only ?? '') && (options.proof ?? proof) === proof)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-planted-'))
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }))
  const root = path.join(folder, 'project')
  const proofFolder = path.join(folder, 'proof')
  copyProject(projectRoot, root)

  const fit = new Set<ProofName>()
  let isSound = true
  for (const proof of new Set(asked.map((bug) => bug.proof))) {
    const run = await runProof(root, proof, proofFolder)
    const problem = unfit(run)
    console.log(problem ? `without a bug, ${proof}: ${problem.why}\n${endOf(run.output)}` : `without a bug, ${proof} holds in ${run.seconds} s`)
    if (!problem) fit.add(proof)
    else if (!problem.isSkipped) isSound = false
  }

  let caught = 0
  let tried = 0
  for (const bug of asked) {
    if (!fit.has(bug.proof)) {
      console.log(`${bug.name}: not tried, ${bug.proof} cannot tell`)
      continue
    }
    tried += 1
    if (await tryBug(bug, root, proofFolder)) caught += 1
  }
  const untried = asked.length - tried
  console.log(`planted ${tried}, caught ${caught}${untried > 0 ? `, not tried ${untried}` : ''}`)
  return isSound && caught === tried && asked.length > 0 ? 0 : 1
}

process.exitCode = await main()

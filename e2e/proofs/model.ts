/**
 * Plays random histories against the connector's queue, its sender and an adversarial record in virtual time, and looks after each step
 * that nothing is lost, doubled or sent against somebody's word (`--runs 10000 --commands 50`; `--seed N --path P` plays one again).
 */
import { openProgress, readProofOptions } from './proof-line.ts'
import { runModel } from './model/run-model.ts'

const asked = readProofOptions(['runs', 'commands', 'seed'], ['path', 'replay'])
const seed = asked.seed ?? Math.floor(Math.random() * 2 ** 31)
const started = performance.now()
process.stdout.write(`model proof, seed ${seed}\n`)

const commands = asked.commands ?? 50
const progress = openProgress()
const { figures, failure } = await runModel({
  runs: asked.runs ?? 10_000,
  commands,
  seed,
  path: asked.path ?? undefined,
  replayPath: asked.replay ?? undefined,
  onFailure: (error) => process.stdout.write(`failed, looking for a shorter history: ${error instanceof Error ? error.message : String(error)}\n`),
  onRun: (so) => progress(() => `${so.runs} runs, ${so.commands} commands`),
})
if (failure) process.stdout.write(`${failure.report}\nagain: npm run -s prove:model -- --commands ${commands} --seed ${seed} --path ${failure.path}\n`)
process.stdout.write(`items: ${[...figures.ends].map(([end, count]) => `${count} ${end}`).join(', ')}\n`)
process.stdout.write(
  `model runs ${figures.runs}, commands ${figures.commands}, crashes ${figures.crashes}, returns to a copy ${figures.returns}, arrivals ${figures.arrivals}, sends ${figures.sends}, questions ${figures.questions}, in the record ${figures.deposits}, ${failure ? 'FAILED' : 'all held'} (seed ${seed}, ${Math.round((performance.now() - started) / 1_000)} s)\n`,
)
process.exitCode = failure ? 1 : 0

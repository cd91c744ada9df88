import { asking } from '../connect.ts'
import type { Options } from '../options.ts'

/** Prints where everything stands. With `--json`, one object: the contract's status and whether a program runs. */
export function status(options: Options): Promise<number> {
  return asking(options, async ({ client, running }) => {
    const now = await client.status.get()
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ running, ...now })}\n`)
      return 0
    }
    const lines = [
      `Relais ${now.version} (schema ${now.schemaVersion}) ${running ? 'running' : 'not running'}${now.training ? ' - training record' : ''}`,
      `state     ${now.state}`,
      ...Object.entries(now.counts).map(([state, count]) => `${state.padEnd(9)} ${count}`),
      `total     ${now.total}`,
      `oldest    ${now.oldestSeconds === null ? '-' : `${Math.round(now.oldestSeconds)} s`}`,
      ...(now.paused ? [`paused    ${now.paused.until === null ? 'until somebody resumes' : `until ${now.paused.until}`}`] : []),
      `circuit   ${now.circuit.state}${now.circuit.reason ? ` (${now.circuit.reason})` : ''}`,
      ...now.needsUser.map(({ reason, count }) => `to look at ${count} ${reason}`),
      ...now.examsAvoided.map(({ month, count }) => `exams avoided ${month} ${count}`),
      ...now.rulesRefused.map((refused) => `clinical rules refused: ${refused} - those of Relais hold`),
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
    return 0
  })
}

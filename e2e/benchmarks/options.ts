import { parseArgs } from 'node:util'

export const parts = ['deposit', 'profile', 'memory', 'start', 'status', 'search'] as const
export type Part = (typeof parts)[number]

/** What is measured, and on how much. */
export interface BenchmarkOptions {
  readonly only: readonly Part[]
  readonly documents: number
  /** Bytes of one PDF. */
  readonly size: number
  /** Documents the bare loop and the program send in turn. */
  readonly block: number
  /** Queue lengths for the memory. */
  readonly queued: readonly number[]
  readonly stored: number
  readonly listed: number
  readonly calls: number
  /** Documents of the record that is searched. */
  readonly searched: number
}

const usage = `npm run bench:outbox -- [--only ${parts.join(',')}] [--documents 10000] [--size 200000] [--block 500] [--queued 1000,10000,100000] [--stored 50000] [--listed 100000] [--calls 200] [--searched 500]`

/** Reads the command line; a wrong argument throws with the usage. The profile is a look inside, taken only when asked for. */
export function readOptions(args: readonly string[]): BenchmarkOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', default: 'deposit,memory,start,status,search' },
        documents: { type: 'string', default: '10000' },
        size: { type: 'string', default: '200000' },
        block: { type: 'string', default: '500' },
        queued: { type: 'string', default: '1000,10000,100000' },
        stored: { type: 'string', default: '50000' },
        listed: { type: 'string', default: '100000' },
        calls: { type: 'string', default: '200' },
        searched: { type: 'string', default: '500' },
      },
    })
    return {
      only: values.only.split(',').map(part),
      documents: count(values.documents),
      size: count(values.size),
      block: count(values.block),
      queued: values.queued.split(',').map(count),
      stored: count(values.stored),
      listed: count(values.listed),
      calls: count(values.calls),
      searched: count(values.searched),
    }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`, { cause: error })
  }
}

function part(name: string): Part {
  const known = parts.find((one) => one === name)
  if (!known) throw new Error(`no part is called ${name}`)
  return known
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${text} is not a count`)
  return Number(text)
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { holderOf } from './index.ts'
import { openForTest, temporaryFolder } from './test-folder.ts'

describe('the lease', () => {
  it('has exactly one owner of five that come at once, each time, and names it', async () => {
    const directory = temporaryFolder()
    const children = Array.from({ length: 5 }, () => contender())
    try {
      for (let round = 0; round < 20; round++) {
        // The first rounds begin with no lease file at all, where its making is part of the race.
        if (round < 10) for (const name of ['lease.db', 'lease.json']) fs.rmSync(path.join(directory, name), { force: true })
        const answers = await Promise.all(children.map((child) => child.ask(`take ${directory}`)))
        expect(answers.filter((answer) => answer === 'owner')).toHaveLength(1)
        // What a killed owner leaves must not have to be cleared by those who come next.
        expect(fs.readdirSync(directory).sort()).toEqual(['lease.db', 'lease.json'])
        const owner = children[answers.indexOf('owner')]!
        expect(await holderOf(directory)).toBe(`pid ${owner.pid} (contender)`)
        await Promise.all(children.map((child) => child.ask('release')))
        expect(await holderOf(directory)).toBeNull()
      }
    } finally {
      await Promise.all(children.map((child) => child.end()))
    }
  })

  it('whose file is damaged is made anew, and still keeps a second one out', async () => {
    const directory = temporaryFolder()
    fs.writeFileSync(path.join(directory, 'lease.db'), Buffer.alloc(8192, 7))
    await openForTest(directory)
    expect(await holderOf(directory)).toBe(`pid ${process.pid} (test)`)
    await expect(openForTest(directory)).rejects.toThrow('store-locked')
  })
})

/** A process that takes and gives back the lease when told. */
function contender(): { pid: number; ask(line: string): Promise<string>; end(): Promise<void> } {
  const script = `
    const { takeLease } = await import(${JSON.stringify(path.join(import.meta.dirname, 'lease.ts'))});
    const { createInterface } = await import('node:readline');
    let lease = null;
    for await (const line of createInterface({ input: process.stdin })) {
      const [word, directory] = line.split(' ');
      if (word === 'take') {
        const taken = await takeLease(directory, { pid: process.pid, role: 'contender', startedAt: 1 });
        lease = taken.ok ? taken.value : null;
        console.log(taken.ok ? 'owner' : taken.failure.code);
      } else {
        lease?.release();
        lease = null;
        console.log('released');
      }
    }`
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  return {
    pid: child.pid!,
    async ask(line) {
      child.stdin!.write(`${line}\n`)
      return (await lines.next()).value as string
    },
    async end() {
      const gone = once(child, 'exit')
      child.stdin!.end()
      await gone
    },
  }
}

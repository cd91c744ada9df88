import { spawn } from 'node:child_process'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { milestones } from '#connector/store/index.ts'
import { crashPoints } from './crash-points.ts'

/** Runs a few lines with the preload, and tells how they ended, what they said, and whether they asked to be killed. */
async function run(lines: string, crashAt: string): Promise<{ code: number | null; signal: string | null; said: string; asked: boolean }> {
  const child = spawn(process.execPath, ['--import', path.join(import.meta.dirname, 'crash-at.ts'), '--input-type=module', '--eval', lines], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, RELAIS_CRASH_AT: crashAt },
  })
  let said = ''
  let asked = false
  child.stdout!.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  ;(child.stdio[3] as Readable).on('data', () => {
    asked = true
  })
  return new Promise((resolve) => void child.once('close', (code, signal) => resolve({ code, signal, said, asked })))
}

const moments = `
import { channel } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'
for (const name of ['send:after-claim', 'send:after-sending', 'send:after-claim']) {
  writeSync(1, name + ' ')
  channel('relais:milestone').publish(name)
}
writeSync(1, 'end')`

test('kills in the very turn of the nth time the point comes', async () => {
  expect(await run(moments, 'send:after-claim')).toMatchObject({ signal: 'SIGKILL', said: 'send:after-claim ' })
  expect(await run(moments, 'send:after-claim:2')).toMatchObject({ signal: 'SIGKILL', said: 'send:after-claim send:after-sending send:after-claim ' })
  expect(await run(moments, 'send:after-settle')).toMatchObject({ code: 0, signal: null, said: 'send:after-claim send:after-sending send:after-claim end', asked: false })
})

test('asks to be killed and goes on, at a point whose end must come inside what follows', async () => {
  expect(await run(moments.replaceAll('send:after-claim', 'store:backup'), 'store:backup')).toMatchObject({ code: 0, asked: true })
})

test('lets half an acknowledgement out, and no more', async () => {
  const feed = `
import net from 'node:net'
import { writeSync } from 'node:fs'
const acknowledgement = Buffer.from('\\x0bMSH|^~\\\\&|A\\rMSA|AA|M1\\r\\x1c\\r')
const server = net.createServer((socket) => void socket.write(acknowledgement)).listen(0, '127.0.0.1', () => {
  net.connect(server.address().port).on('data', (chunk) => writeSync(1, String(chunk.length === Math.floor(acknowledgement.length / 2))))
})
setTimeout(() => process.exit(0), 2_000)`
  const ending = await run(feed, 'intake:half-ack')
  expect(ending.signal).toBe('SIGKILL')
  expect(['', 'true']).toContain(ending.said)
})

test('every milestone the program may publish has its point, and there are 50 points', () => {
  const named = crashPoints.flatMap(({ sign }) => ('milestone' in sign ? [sign.milestone] : []))
  expect(named.toSorted()).toEqual([...milestones].toSorted())
  expect(new Set(crashPoints.map(({ name }) => name)).size).toBe(50)
})

import { describe, expect, it } from 'vitest'
import { powerSelfTest, provePower } from '../power-loss.ts'
import { proveSync, syncSelfTest } from '../sync-before-ack.ts'
import { straceUnavailable } from './strace.ts'

const unavailable = straceUnavailable()
const seed = 20

// A few of what `npm run prove:sync` and `npm run prove:power` do by hundreds and thousands.
describe.skipIf(unavailable !== null)(unavailable === null ? 'the proofs on recorded system calls' : `the proofs on recorded system calls (skipped: ${unavailable})`, { timeout: 120_000 }, () => {
  it('every acknowledgement rests on synced bytes', async () => {
    expect(await proveSync({ messages: 20 })).toMatchObject({ inTurn: 20, atOnce: 4, acknowledged: 24, offenders: [] })
  })

  it('a missing or late sync before an acknowledgement is seen', async () => {
    for (const { fault, offenders } of await syncSelfTest({ messages: 5 })) expect(offenders.length, fault).toBeGreaterThan(0)
  })

  it('a power cut breaks no promise', async () => {
    expect(await provePower({ images: 50, rounds: 40, seed })).toMatchObject({ images: 50, violations: [] })
  })

  it('a power cut after a missing sync is seen', async () => {
    for (const { leftOut, violation } of await powerSelfTest({ images: 60, rounds: 30, seed })) expect(violation, leftOut).not.toBeNull()
  })
})

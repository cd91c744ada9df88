/**
 * Loaded before the program (`node --import`): kills it at the moment named by RELAIS_CRASH_AT, `name` or `name:nth`. Nothing is
 * tidied up: SIGKILL ends a process in the middle of whatever it does.
 */
import { subscribe } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { crashPoint, type CrashPoint } from './crash-points.ts'

/** The pipe on which our parent hears that it should kill us. */
const requestPipe = 3
/** Bodies of questions and deposits; shorter writes are heads. */
const bodyBytes = 4_096

function arm(asked: string): void {
  const [, name = '', nth = '1'] = /^(.*?)(?::(\d+))?$/.exec(asked) ?? []
  const point = crashPoint(name)
  let left = Number(nth)
  const reached = (): void => {
    left -= 1
    if (left === 0) die(point.killedBy)
  }
  if ('milestone' in point.sign) {
    const { milestone } = point.sign
    subscribe('relais:milestone', (message) => {
      if (message === milestone) reached()
    })
  } else if ('channel' in point.sign) subscribe(point.sign.channel, reached)
  else cutWrite(point.sign.write, Number(nth))
}

function die(by: CrashPoint['killedBy']): void {
  if (by === 'itself') process.kill(process.pid, 'SIGKILL')
  else writeSync(requestPipe, '!')
}

/** Lets the nth such write out in part, and dies when that part has left. */
function cutWrite(which: 'half-acknowledgement' | 'first-body-byte' | 'half-body', nth: number): void {
  let left = nth
  const whole = Reflect.get(net.Socket.prototype, 'write') as (this: Duplex, ...args: unknown[]) => boolean
  Reflect.set(net.Socket.prototype, 'write', function write(this: Duplex, ...args: unknown[]): boolean {
    const [chunk] = args
    const isOurs = chunk instanceof Uint8Array && (which === 'half-acknowledgement' ? isAcknowledgement(chunk) : 'encrypted' in this && chunk.length > bodyBytes)
    if (isOurs) left -= 1
    if (!isOurs || left !== 0) return whole.apply(this, args)
    const part = chunk.subarray(0, which === 'first-body-byte' ? 1 : Math.floor(chunk.length / 2))
    // Head and body are held together until both are written; nobody will release them now.
    while (this.writableCorked > 0) this.uncork()
    return whole.call(this, part, () => die('itself'))
  })
}

function isAcknowledgement(chunk: Uint8Array): boolean {
  return chunk[0] === 0x0b && Buffer.from(chunk).includes('\rMSA|')
}

const asked = process.env['RELAIS_CRASH_AT']
if (asked) arm(asked)

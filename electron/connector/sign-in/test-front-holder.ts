import { mkdtempSync, readdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { GivenPin } from './given-pin.ts'
import { startTlsFront, type TlsFrontOptions } from './tls-front.ts'

/** A program that holds a TLS front until it is killed; tells the folder of its sockets. Only a test runs it. */
const given = JSON.parse(process.argv[2]!) as TlsFrontOptions & { certificateId: number[]; pin: string }
process.env['TMPDIR'] = mkdtempSync(path.join(os.tmpdir(), 'holder-'))
const started = await startTlsFront({ ...given, certificateId: Uint8Array.from(given.certificateId), pin: new GivenPin(given.pin) })
if (!started.ok) throw new Error(started.failure.detail)
process.send!(path.join(process.env['TMPDIR'], readdirSync(process.env['TMPDIR'])[0]!))
setInterval(() => undefined, 60_000)

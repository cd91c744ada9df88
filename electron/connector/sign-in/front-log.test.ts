import { expect, it } from 'vitest'
import { failureOfTransport } from '../record/failures.ts'
import { codeOfProblems, readFrontLine, refusesPin, withoutPin } from './front-log.ts'

const stamp = '2026.11.29 02:00:31'

it.each([
  ['LOG6[ui]: Accepting new connections', { said: 'listening' }],
  ['LOG5[12]: Service [record-0] accepted connection from unnamed socket', { said: 'accepted', connection: 12 }],
  ['LOG6[3]: TLS connected: new session negotiated', { said: 'secured', connection: 3 }],
  ['LOG5[1]: Connection closed/reset: 0 byte(s) sent to TLS, 0 byte(s) sent to socket', { said: 'closed', connection: 1 }],
  ['LOG5[0]: Connection reset: 0 byte(s) sent to TLS, 0 byte(s) sent to socket', { said: 'closed', connection: 0 }],
  ['LOG3[0]: s_connect: connect 127.0.0.1:1: Connection refused (111)', { said: 'problem', connection: 0, text: 's_connect: connect 127.0.0.1:1: Connection refused (111)' }],
  ['LOG4[0]: Rejected by CERT at depth=1: CN=AC', { said: 'problem', connection: 0, text: 'Rejected by CERT at depth=1: CN=AC' }],
  ['LOG6[0]: Peer certificate required', null],
  ['LOG5[ui]: Configuration successful', null],
])('reads %s', (line, said) => {
  expect(readFrontLine(`${stamp} ${line}`)).toEqual(said)
})

it.each([
  [['error queue: statem_lib.c:361: error:0A080006:SSL routines::EVP lib', 'SSL_connect: p11_rsa.c:120: error:42000082:PKCS#11 module::Object handle invalid'], 'card-removed'],
  [['CERT: Pre-verification error: self-signed certificate in certificate chain', 'SSL_connect: statem_clnt.c:1889: error:0A000086:SSL routines::certificate verify failed'], 'record-server-untrusted'],
  [['CERT: Subject checks failed', 'Rejected by CERT at depth=0: CN=srv'], 'record-server-untrusted'],
  [['SSL_connect: rec_layer_s3.c:1586: error:0A000415:SSL routines::sslv3 alert certificate expired'], 'certificate-refused'],
  [['s_connect: connect 127.0.0.1:1: Connection refused (111)', 'No more addresses to connect'], 'record-unreachable'],
  [[], 'record-unreachable'],
])('a handshake that failed on %j was never a send: %s', (problems, code) => {
  expect(failureOfTransport({ code: codeOfProblems(problems), message: problems.at(-1) ?? '', unsent: true }).code).toBe(code)
})

it.each([
  ['[ ] Executing engine control command PIN:0000', '[ ] Executing engine control command PIN:…'],
  ['[!] 5:6: "engineCtrl = PIN:1234": Failed to execute', '[!] 5:6: "engineCtrl = PIN:…'],
  ['a PIN of 1234, said otherwise', 'a PIN of …, said otherwise'],
  ['[!] Configuration failed', '[!] Configuration failed'],
])('strikes the PIN out of %s', (line, told) => {
  expect(withoutPin(line, '1234')).toBe(told)
})

it.each([
  ['Login failed', true],
  ['[!] ENGINE_load_private_key: p11_slot.c:208: error:420000A0:PKCS#11 module::PIN incorrect', true],
  ['[!] SSL_connect: p11_slot.c:208: error:420000A4:PKCS#11 module::PIN locked', true],
  ['[!] Wrong PIN: retrying', true],
  ['[ ] Executing engine control command PIN:1234', false],
  ['SSL_connect: p11_rsa.c:120: error:42000082:PKCS#11 module::Object handle invalid', false],
])('a refused PIN is known by stunnel’s words: %s', (line, refused) => {
  expect(refusesPin(line)).toBe(refused)
})

import { describe, expect, it } from 'vitest'
import { acknowledge } from './acknowledgement.ts'
import { decideMessage } from './decide-message.ts'
import { readMessage } from './message.ts'
import { mshOf, oru } from './synthetic-messages.ts'

const ids = () => {
  let count = 0
  return {
    newControlId: () => {
      count += 1
      return `R${count}`
    },
    now: Date.UTC(2026, 0, 10, 8, 30, 1),
  }
}
const answers = (text: string, encoding: BufferEncoding = 'utf8') => {
  const message = readMessage(Buffer.from(text, encoding))!
  return acknowledge(message, decideMessage(message).ack, ids()).map((bytes) => Buffer.from(bytes).toString(encoding).split('\r'))
}

describe('acknowledge', () => {
  it('turns the addresses round and echoes version, processing, country, charset and number', () => {
    const [lines] = answers(oru({ msh: mshOf('ORU^R01^ORU_R01', { version: '2.5^FRA^2.11', processing: 'T' }) }))
    expect(lines).toEqual(['MSH|^~\\&|RELAIS|CABINET|LABO|CABINET|20260110083001+0000||ACK^R01^ACK|R1|T|2.5^FRA^2.11|||||FRA|UNICODE UTF-8', 'MSA|AA|M1', ''])
  })

  it('says where and why', () => {
    const [lines] = answers(oru({ pid: null }))
    expect(lines![1]).toBe('MSA|AE|M1')
    expect(lines![2]).toBe('ERR||PID|100^Segment sequence error^HL70357|E|||PID is missing')
  })

  it('answers in the charset and with the delimiters of the request', () => {
    const text = 'MSH$*!?%$Réa$B$C$D$2026$$SIU*S12$n1$P$2.5$$$$$$8859/15\r'
    expect(answers(text, 'latin1')[0]!.slice(0, 3)).toEqual([
      'MSH$*!?%$C$D$Réa$B$20260110083001+0000$$ACK*S12*ACK$R1$P$2.5$$$$$FRA$8859/15',
      'MSA$AR$n1',
      'ERR$$MSH*1*9$200*Unsupported message type*HL70357$E$$$message type SIU is not handled',
    ])
  })

  it.each([
    ['AL|AL', true, ['CA', 'AA']],
    ['AL|NE', true, ['CA']],
    ['NE|AL', true, ['AA']],
    ['ER|ER', true, []],
    ['ER|ER', false, ['CE', 'AE']],
    ['SU|NE', true, ['CA']],
    ['SU|NE', false, []],
    ['|AL', true, ['AA']],
  ])('enhanced mode %s, good %s', (modes, good, codes) => {
    const lines = answers(oru({ msh: mshOf('ORU^R01', { modes }), ...(good ? {} : { pid: null }) }))
    expect(lines.map((answer) => answer[1]!.split('|')[1])).toEqual(codes)
    expect(new Set(lines.map((answer) => answer[0]!.split('|')[9])).size).toBe(codes.length)
  })
})

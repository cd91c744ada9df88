import { createHash } from 'node:crypto'
import net from 'node:net'
import { playFile } from '../../../resources/demo/play-list.ts'
import { documentMessage } from '../../support/demo/hl7-messages.ts'
import { newDocuments } from '../../support/demo/new-documents.ts'
import type { SentMessage } from './acknowledgements.ts'

/** A message with a CDA of its own, as the practice software sends it. */
export interface FeedMessage extends SentMessage {
  readonly text: string
}

/** Makes the message of that number: a vaccination note, 6 kB, with its own document number. */
export function feedMessage(number: number): FeedMessage {
  const document = newDocuments.find(({ name }) => name === 'note-vaccination-eloise')!
  if (document.author === 'patient') throw new Error('the note is not by a professional')
  const template = Buffer.from(playFile(`${document.name}.xml`)).toString()
  const templateId = /<id root="([\d.]+)"/.exec(template)![1]!
  const uniqueId = `${templateId}.${number}`
  const cda = template.replaceAll(templateId, uniqueId)
  const controlId = `PROOF-${number}`
  const text = documentMessage('oru', document, document.author, cda, uniqueId).replace(/^((?:[^|]*\|){9})[^|]*/, `$1${controlId}`)
  const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('hex')
  return { controlId, text, contents: [{ what: 'the document', sha256: sha256(cda) }, { what: 'the message', sha256: sha256(text) }] }
}

/** Sends messages one after the other on one connection, each once the one before was answered; gives the answers. */
export async function sendInTurn(port: number, messages: readonly FeedMessage[]): Promise<string[]> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true })
  const answers: string[] = []
  try {
    for (const { text } of messages) {
      const answer = nextFrame(socket)
      socket.write(Buffer.concat([Buffer.of(0x0b), Buffer.from(text), Buffer.of(0x1c, 0x0d)]))
      answers.push(await answer)
    }
  } finally {
    socket.destroy()
  }
  return answers
}

function nextFrame(socket: net.Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const lost = (error?: Error) => settle(() => reject(error ?? new Error('the connection was closed without an acknowledgement')))
    const take = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.includes(0x1c)) settle(() => resolve(received.toString()))
    }
    const settle = (how: () => void) => {
      socket.off('data', take).off('error', lost).off('close', lost)
      how()
    }
    socket.on('data', take).on('error', lost).on('close', lost)
  })
}

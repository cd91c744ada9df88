import type { IncomingMessage, ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** One request as the server received it. */
export interface SeenRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** Subject of the client's certificate. */
  readonly client: string
}

/** A real HTTPS server that answers what a test tells it. */
export interface TestServer {
  readonly url: string
  readonly seen: SeenRequest[]
  answer: (request: SeenRequest, response: ServerResponse) => void
  close(): Promise<void>
}

export async function startTestServer(identity: { key: string; cert: string }, clientAuthority: string): Promise<TestServer> {
  const seen: SeenRequest[] = []
  const server: TestServer = {
    url: '',
    seen,
    answer: (_, response) => void response.end(),
    close: () =>
      new Promise((resolve) => {
        listener.closeAllConnections()
        listener.close(() => resolve())
      }),
  }
  const listener = https.createServer({ key: identity.key, cert: identity.cert, ca: clientAuthority, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const client = (request.socket as TLSSocket).getPeerCertificate().subject.CN
      const one = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks), client: String(client) }
      seen.push(one)
      server.answer(one, response)
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return Object.assign(server, { url: `https://127.0.0.1:${(listener.address() as AddressInfo).port}` })
}

/** The MessageID of a request, in its envelope. */
export function messageIdOf(request: SeenRequest): string {
  return /<wsa:MessageID>([^<]+)</.exec(request.body.toString('utf8'))?.[1] ?? ''
}

/** A SOAP 1.2 envelope as the record answers it. */
export function envelope(relatesTo: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope" xmlns:A="http://www.w3.org/2005/08/addressing"><S:Header><A:RelatesTo>${relatesTo}</A:RelatesTo></S:Header><S:Body>${body}</S:Body></S:Envelope>`
}

const rs = 'urn:oasis:names:tc:ebxml-regrep'

/** An ebRS response, with errors `code: text` when it failed. */
export function registryResponse(status: 'Success' | 'Failure', errors: readonly (readonly [code: string, text: string, severity?: string])[] = [], element = 'RegistryResponse', inner = ''): string {
  const list = errors.map(([code, text, severity = 'Error']) => `<rs:RegistryError errorCode="${code}" codeContext="${text}" severity="${rs}:ErrorSeverityType:${severity}"/>`)
  const namespace = element === 'RegistryResponse' ? 'rs' : 'q'
  return `<${namespace}:${element} xmlns:rs="${rs}:xsd:rs:3.0" xmlns:q="${rs}:xsd:query:3.0" status="${rs}:ResponseStatusType:${status}">${list.length > 0 ? `<rs:RegistryErrorList>${list.join('')}</rs:RegistryErrorList>` : ''}${inner}</${namespace}:${element}>`
}

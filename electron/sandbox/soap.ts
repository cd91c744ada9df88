import type { Markup } from '#shared/text/xml.ts'
import { xml } from '#shared/text/xml.ts'
import { FaultRaised } from './refusal.ts'
import type { Fault } from './refusal.ts'
import type { XmlTree } from './xml-reading.ts'
import { at, childrenOf } from './xml-reading.ts'

export const soapNamespace = 'http://www.w3.org/2003/05/soap-envelope'
export const addressingNamespace = 'http://www.w3.org/2005/08/addressing'
export const securityNamespace = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'

/** What a SOAP 1.2 request says before its business. */
export interface SoapRequest {
  readonly messageId: string
  readonly action: string
  /** Children of `wsse:Security`. */
  readonly security: readonly XmlTree[]
  readonly payload: XmlTree
}

/** Reads envelope, WS-Addressing headers and the only child of the body. Throws `FaultRaised` (dmp-interface.md section 1.4). */
export function readEnvelope(envelope: XmlTree): SoapRequest {
  if (envelope.name !== 'Envelope') throw new FaultRaised('env:Sender', "le message n'est pas une enveloppe SOAP")
  if (envelope.namespace !== soapNamespace) throw new FaultRaised('env:VersionMismatch', 'SOAP 1.2 attendu', 'VersionMismatch')
  const header = childrenOf(envelope, 'Header', soapNamespace)[0]
  const bodies = childrenOf(envelope, 'Body', soapNamespace)
  const payload = bodies[0]?.children[0]
  if (bodies.length !== 1 || !payload || bodies[0]?.children.length !== 1) throw new FaultRaised('env:Sender', 'corps SOAP vide ou multiple')
  const addressed = (name: string): XmlTree => {
    const found = childrenOf(header, name, addressingNamespace)
    const only = found[0]
    if (found.length !== 1 || !only) throw new FaultRaised('wsa:MessageAddressingHeaderRequired', `en-tête WS-Addressing absent ou multiple : ${name}`)
    return only
  }
  const messageId = addressed('MessageID').text.trim()
  if (!/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(messageId)) throw new FaultRaised('wsa:InvalidAddressingHeader', 'MessageID : urn:uuid attendu')
  const action = addressed('Action')
  addressed('To')
  const replyTo = at(addressed('ReplyTo'), 'Address')?.text.trim()
  if (replyTo !== `${addressingNamespace}/anonymous`) throw new FaultRaised('wsa:InvalidAddressingHeader', 'ReplyTo anonyme attendu')
  for (const name of ['Action', 'ReplyTo']) {
    const mark = addressed(name).attributes['mustUnderstand']
    if (mark !== '1' && mark !== 'true') throw new FaultRaised('wsa:InvalidAddressingHeader', `${name} : mustUnderstand attendu`)
  }
  const known = [addressingNamespace, securityNamespace]
  for (const entry of header?.children ?? []) {
    const mark = entry.attributes['mustUnderstand']
    if (!known.includes(entry.namespace) && (mark === '1' || mark === 'true')) throw new FaultRaised('env:MustUnderstand', `en-tête non compris : ${entry.name}`, 'MustUnderstand')
  }
  const securities = childrenOf(header, 'Security', securityNamespace)
  return { messageId, action: action.text.trim(), security: securities.flatMap((one) => one.children), payload }
}

/** Writes an answer: `RelatesTo` is the request's MessageID. */
export function writeEnvelope(answer: { action: string; messageId: string; relatesTo: string | null; body: Markup }): string {
  return xml`<?xml version="1.0" encoding="UTF-8"?>
<env:Envelope xmlns:env="${soapNamespace}" xmlns:wsa="${addressingNamespace}"><env:Header><wsa:Action env:mustUnderstand="true">${answer.action}</wsa:Action><wsa:MessageID>${answer.messageId}</wsa:MessageID>${answer.relatesTo !== null && xml`<wsa:RelatesTo>${answer.relatesTo}</wsa:RelatesTo>`}</env:Header><env:Body>${answer.body}</env:Body></env:Envelope>`.markup
}

/** Body of a fault. Sub-codes of the DMP are in its own namespace, those of WS-* in theirs. */
export function writeFault(fault: Fault): Markup {
  const [prefix, local] = fault.subcode.includes(':') ? fault.subcode.split(':') : ['dmp', fault.subcode]
  const namespace = { dmp: 'urn:si-dmp', wsa: addressingNamespace, wsse: securityNamespace, env: soapNamespace }[prefix ?? 'dmp'] ?? 'urn:si-dmp'
  const own = prefix !== 'env'
  return xml`<env:Fault><env:Code><env:Value>env:${fault.blame}</env:Value>${own && xml`<env:Subcode><env:Value xmlns:${prefix}="${namespace}">${prefix}:${local}</env:Value></env:Subcode>`}</env:Code><env:Reason><env:Text xml:lang="fr">${fault.text}</env:Text></env:Reason></env:Fault>`
}

import { writeRegistryResponse } from './ebxml-writing.ts'
import type { Answer } from './exchange.ts'
import type { Fault } from './faults.ts'
import { writeEnvelope } from './soap.ts'

/** MessageID of a request nobody made. */
const strangerId = 'urn:uuid:00000000-0000-4000-8000-000000000000'

const portalPage = `<!DOCTYPE html>
<html lang="fr"><head><title>Portail Wi-Fi</title></head><body><h1>Bienvenue</h1><form action="/connexion"><button>Se connecter au réseau</button></form></body></html>
`

/** A deposit's success, as somebody else gets it. */
const strangerAnswer = (): Answer => ({
  status: 200,
  contentType: 'application/soap+xml; charset=UTF-8',
  body: Buffer.from(writeEnvelope({ action: 'urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse', messageId: strangerId.replace(/0$/, '1'), relatesTo: strangerId, body: writeRegistryResponse([]) }), 'utf8'),
})

/** A search about a patient nobody asked about, as somebody else gets it over FHIR. */
const strangerSearch = (): Answer => {
  const url = 'https://localhost/fhir/DocumentReference?patient.identifier=urn%3Aoid%3A1.2.250.1.213.1.4.10%7C000000000000000&identifier=urn%3Aoid%3A1.2.250.1.213.1.4.10%7C000000000000000'
  return { status: 200, contentType: 'application/fhir+json; charset=UTF-8', body: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: 0, link: [{ relation: 'self', url }], entry: [] }), 'utf8') }
}

/** The same answer, related to another request. */
function readdressed(answer: Answer): Answer {
  const mark = '<wsa:RelatesTo>'
  const at = answer.body.indexOf(mark)
  if (at < 0) return strangerAnswer()
  const body = Buffer.from(answer.body)
  body.write(strangerId, at + mark.length, 'latin1')
  return { ...answer, status: 200, body }
}

function wrongBody(wanted: 'other-message' | 'truncated' | 'empty', judged: Answer | null, isFhir: boolean): Answer {
  if (wanted === 'other-message' && isFhir) return strangerSearch()
  if (wanted === 'other-message') return judged ? readdressed(judged) : strangerAnswer()
  const answer = judged ?? (isFhir ? strangerSearch() : strangerAnswer())
  return { ...answer, status: 200, body: wanted === 'empty' ? Buffer.alloc(0) : answer.body.subarray(0, answer.body.length >> 1) }
}

const plain = (status: number, text: string, headers: Answer['headers'] = []): Answer => ({ status, contentType: 'text/plain; charset=UTF-8', headers, body: Buffer.from(`${text}\n`, 'utf8') })

/**
 * What a fault makes of an answer: another one, or the same, which is then sent badly.
 *
 * @param judged what the record answers; null when it was not asked (`isJudged`)
 * @param isFhir the tongue of the request
 */
export function answerUnder(fault: Fault, judged: Answer | null, now: Date, isFhir: boolean): Answer | null {
  switch (fault.kind) {
    case 'busy': {
      const { retryAfterSeconds: seconds, retryAfterForm: form } = fault
      const until = seconds === undefined ? [] : [['Retry-After', form === 'seconds' ? String(seconds) : new Date(now.getTime() + seconds * 1000).toUTCString()] as const]
      return plain(fault.status, fault.status === 429 ? 'Trop de requêtes' : 'Service momentanément indisponible', until)
    }
    case 'status':
      return plain(fault.status, 'Erreur de passerelle')
    case 'html':
      return { status: 200, contentType: 'text/html; charset=UTF-8', body: Buffer.from(portalPage, 'utf8') }
    case 'wrong-body':
      return wrongBody(fault.body, judged, isFhir)
    case 'lose-answer':
    case 'cut-answer':
    case 'cut-request':
    case 'drip':
      return judged
  }
}

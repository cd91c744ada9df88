export const fhirPath = '/fhir'

/** True for an address of the FHIR service. */
export function isFhir(target: string): boolean {
  return target === fhirPath || target.startsWith(`${fhirPath}/`) || target.startsWith(`${fhirPath}?`)
}

/**
 * Transaction of a FHIR request by method and address, under the DMP's number: Patient search TD0.2; ITI-65 and ITI-105 TD2.1; ITI-67 and ITI-66
 * TD3.1; ITI-68 TD3.2; PATCH TD3.3 (dmp-interface.md section 1.3).
 */
export function fhirTransaction(method: string, target: string): string {
  const [resource = '', rest = ''] = (target.split('?')[0] ?? '').slice(fhirPath.length).replace(/^\/|\/$/g, '').split('/')
  const searches = method === 'GET' || (method === 'POST' && rest === '_search')
  if (method === 'POST' && (resource === '' || (resource === 'DocumentReference' && rest === ''))) return 'TD2.1'
  if (method === 'PATCH' && resource === 'DocumentReference') return 'TD3.3'
  if (searches && resource === 'Patient') return 'TD0.2'
  if (searches && (resource === 'DocumentReference' || resource === 'List')) return 'TD3.1'
  return method === 'GET' && resource === 'Binary' ? 'TD3.2' : 'unknown'
}

/** True when the address of a request is about this document. */
export function targetNames(target: string, uniqueId: string): boolean {
  const text = decodeURIComponent(target.replaceAll('+', '%20').replace(/%(?![0-9a-f]{2})/gi, '%25'))
  return text.split('?')[0] === `${fhirPath}/Binary/${uniqueId}` || text.split(/[|,&?= ]/).includes(`urn:oid:${uniqueId}`)
}

import type { XmlElement } from 'libxml2-wasm'
import { failure, type Result } from '#shared/contract/index.ts'
import { ebrsOutcome } from './ebrs-outcome.ts'
import { ns } from './namespaces.ts'
import { attribute, element, elements } from './parse-xml.ts'

/** Reads the status and errors of an ebRS response (RegistryResponse, AdhocQueryResponse); `ebrsOutcome` says what they come to. */
export function readRegistryResponse(response: XmlElement, act: 'deposit' | 'reading' = 'reading'): Result<{ warnings: string[] }> {
  const errors = elements(response, './rs:RegistryErrorList/rs:RegistryError', ns).map((error) => ({
    code: attribute(error, 'errorCode') ?? '',
    text: attribute(error, 'codeContext') ?? '',
    severity: attribute(error, 'severity'),
  }))
  return ebrsOutcome(attribute(response, 'status'), errors, act)
}

/** Reads the answer of a transaction that writes (ITI-41, ITI-57). */
export function readRegistered(body: XmlElement): Result<{ warnings: string[] }> {
  const response = element(body, './rs:RegistryResponse', ns)
  return response ? readRegistryResponse(response, 'deposit') : failure('record-answer-invalid', { detail: 'no RegistryResponse' })
}

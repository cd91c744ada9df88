import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { failureOfErrors } from './failures.ts'
import { ns } from './namespaces.ts'
import { attribute, element, elements } from './parse-xml.ts'

/**
 * Reads the status and errors of an ebRS response (RegistryResponse, AdhocQueryResponse). A success keeps its warnings;
 * a failure or a partial success is the worst of its errors (dmp-interface.md 1.8).
 */
export function readRegistryResponse(response: XmlElement): Result<{ warnings: string[] }> {
  const errors = elements(response, './rs:RegistryErrorList/rs:RegistryError', ns).map((error) => ({
    code: attribute(error, 'errorCode') ?? '',
    text: attribute(error, 'codeContext') ?? '',
    warning: /:Warning$/i.test(attribute(error, 'severity') ?? ''),
  }))
  const status = (attribute(response, 'status') ?? '').replace(/^.*:/, '')
  if (status === 'Success') return success({ warnings: errors.map(({ code, text }) => `${code}: ${text}`) })
  if (status !== 'Failure' && status !== 'PartialSuccess') return failure('record-answer-invalid', { detail: `status ${status || 'absent'}` })
  const serious = errors.filter((error) => !error.warning)
  return { ok: false, failure: failureOfErrors(serious.length > 0 ? serious : errors) }
}

/** Reads the answer of a transaction that writes (ITI-41, ITI-57). */
export function readRegistered(body: XmlElement): Result<{ warnings: string[] }> {
  const response = element(body, './rs:RegistryResponse', ns)
  return response ? readRegistryResponse(response) : failure('record-answer-invalid', { detail: 'no RegistryResponse' })
}

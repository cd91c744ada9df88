import type { XmlElement } from 'libxml2-wasm'
import { failure, type Result } from '#shared/contract/index.ts'
import type { RecordError } from '../failures.ts'
import { ebrsOutcome } from './ebrs-outcome.ts'
import { ns } from './namespaces.ts'
import { attribute, element, elements } from './parse-xml.ts'

/** Which object of the lot a text of an error names (its `location`, else its `codeContext`); nothing = it names none. */
export type NamedInLot = (said: string) => RecordError['about']

interface ReadAs {
  readonly act?: 'deposit' | 'reading'
  readonly named?: NamedInLot
}

/** Reads the status and errors of an ebRS response (RegistryResponse, AdhocQueryResponse); `ebrsOutcome` says what they come to. */
export function readRegistryResponse(response: XmlElement, { act = 'reading', named }: ReadAs = {}): Result<{ warnings: string[] }> {
  const errors = elements(response, './rs:RegistryErrorList/rs:RegistryError', ns).map((error) => ({
    code: attribute(error, 'errorCode') ?? '',
    text: attribute(error, 'codeContext') ?? '',
    severity: attribute(error, 'severity'),
    about: named?.(attribute(error, 'location') ?? '') ?? named?.(attribute(error, 'codeContext') ?? ''),
  }))
  return ebrsOutcome(attribute(response, 'status'), errors, act)
}

/** Reads the answer of a transaction that writes (ITI-41, ITI-57). */
export function readRegistered(body: XmlElement, named?: NamedInLot): Result<{ warnings: string[] }> {
  const response = element(body, './rs:RegistryResponse', ns)
  return response ? readRegistryResponse(response, { act: 'deposit', ...(named && { named }) }) : failure('record-answer-invalid', { detail: 'no RegistryResponse' })
}

import type { XmlElement } from 'libxml2-wasm'
import { ns } from './namespaces.ts'
import { attribute, element, elements } from './parse-xml.ts'

/**
 * The record's own codes in the body of an answer (dmp-interface.md 1.8): ebRS status and errors, HL7 v3 acknowledgement, status of the DMP's own
 * services; null when there is none.
 */
export function responseCodes(body: XmlElement): string[] | null {
  const registry = element(body, './rs:RegistryResponse | ./query:AdhocQueryResponse | ./xdsb:RetrieveDocumentSetResponse/rs:RegistryResponse', ns)
  const found = registry
    ? [attribute(registry, 'status')?.replace(/^.*:/, ''), ...elements(registry, './rs:RegistryErrorList/rs:RegistryError', ns).map((error) => attribute(error, 'errorCode'))]
    : [
        ...elements(body, './hl7:*/hl7:acknowledgement', ns).flatMap((acknowledgement) => [attribute(acknowledgement, 'typeCode'), ...elements(acknowledgement, './hl7:typeCode | ./hl7:acknowledgementDetail/hl7:code', ns).map((each) => attribute(each, 'code'))]),
        ...elements(body, './hl7:*/hl7:controlActProcess/hl7:queryAck/hl7:queryResponseCode', ns).map((each) => attribute(each, 'code')),
        ...elements(body, './*/habilitations:output/habilitations:status | ./*/patients:output/patients:status', ns).map((each) => each.content.trim()),
      ]
  const codes = found.flatMap((code) => code || [])
  return codes.length > 0 ? codes : null
}

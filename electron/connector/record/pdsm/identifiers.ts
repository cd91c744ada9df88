import { createHash } from 'node:crypto'
import type { InsId } from '../port.ts'

/** A UUID that is always the same for what it names, as `urn:uuid:`: an entry of a frozen bundle keeps its own (RFC 9562, version 8). */
export function stableUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`
}

/** Reference to a patient by its INS, as PDSm4DMP writes it: the record knows the resource, we do not. */
export function patientReference(ins: InsId): string {
  return `Patient?identifier=urn:oid:${ins.oid}|${ins.value}`
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** entryUUID of the resource a reference or location names: `DocumentReference/<id>`, an absolute address, with its version or not. */
export function entryUuidOf(reference: string): string {
  const id = reference.replace(/\/_history\/.*$/, '').replace(/^.*\//, '')
  return uuid.test(id) ? `urn:uuid:${id.toLowerCase()}` : id
}

/** Reference to the resource of an entryUUID (`DocumentReference.id` is the entryUUID, PDSm4DMP). */
export function referenceOf(type: 'DocumentReference' | 'List', entryUuid: string): string {
  return `${type}/${entryUuid.replace(/^urn:uuid:/, '')}`
}

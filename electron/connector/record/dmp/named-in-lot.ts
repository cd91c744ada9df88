import { submissionIds } from './ebxml-write.ts'
import type { NamedInLot } from './registry-response.ts'

/** Each object of the body that `writeSubmission` wrote, with its uniqueId. */
const identifiers = /<rim:ExternalIdentifier\b[^>]*\bregistryObject="([^"]+)"[^>]*\bvalue="([^"]+)"/g

/** Tells what of a lot an error is about, by the ids and numbers the lot was frozen with. A document's number may begin the signature's: they are compared whole. */
export function namedInLot(body: string): NamedInLot {
  const objects = new Map<string, 'document' | 'companion'>()
  for (const [, object = '', value = ''] of body.matchAll(identifiers)) {
    const kind = object === submissionIds.set || object === submissionIds.signature ? 'companion' : 'document'
    objects.set(object, kind)
    // The patient's number stands beside; it names nothing of the lot.
    if (/^[\d.]+$/.test(value) && objects.get(value) !== 'document') objects.set(value, kind)
  }
  return (said) => {
    const named = said.split(/[^\w.]+/).map((word) => objects.get(word.replace(/\.+$/, '')))
    return named.includes('document') ? 'document' : named.find((kind) => kind !== undefined)
  }
}

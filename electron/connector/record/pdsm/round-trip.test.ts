import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { documentReferenceOf } from '../../../sandbox/fhir/from-rim.ts'
import { readDocument as readSubmitted } from '../../../sandbox/fhir/reading.ts'
import { documentReference as submittedReference } from '../../../sandbox/fhir/resources.ts'
import { buildUnsignedLot, consultation } from '../../../sandbox/lot-building.ts'
import { metadataErrors } from '../../../sandbox/metadata-rules.ts'
import { documentReference, readDocument } from './read-documents.ts'
import { anyDocument, anyParty } from './test-metadata.ts'
import { writeDocumentReference } from './write-document.ts'

const oneSpace = (text: string): string => text.replace(/\s+/g, ' ').trim()
const isoOf = (dtm: string): string => {
  const [year, month = '01', day = '01', hour = '00', minute = '00', second = '00'] = [dtm.slice(0, 4), ...[4, 6, 8, 10, 12].map((at) => dtm.slice(at, at + 2) || undefined)]
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
}

/** From our metadata to a resource, to the registry's own form, to a resource again, to what the panel shows: nothing is lost on the way, whatever was typed. */
it('brings back from the record what was deposited, whatever the metadata', () => {
  fc.assert(
    fc.property(anyParty, anyDocument, (party, { metadata, bytes: content }) => {
      const bytes = Buffer.from(content)
      const written = writeDocumentReference({ metadata, bytes, party, replacesEntryUuid: null, content: { url: 'urn:uuid:b' } })
      const submitted = readSubmitted(submittedReference.parse(JSON.parse(JSON.stringify(written))), bytes)
      const lot = buildUnsignedLot({ set: { uniqueId: '1.2.3', sourceId: '1.2', submittedAt: new Date(0), title: null, sender: metadata.authors[0] ?? null, contentType: consultation }, documents: [{ metadata: submitted, bytes, replacedUuid: null }] })
      const object = lot.documents[0]?.object
      if (!object) throw new Error('a lot without documents')
      const hash = createHash('sha1').update(bytes).digest('hex')
      const registered = { object, entryUuid: 'urn:uuid:0b0e5f43-6f8e-4d57-9f3a-2f6a61b0a001', logicalId: 'urn:uuid:0b0e5f43-6f8e-4d57-9f3a-2f6a61b0a002', status: 'approved' as const, version: 1, slots: [{ name: 'hash', values: [hash] }, { name: 'size', values: [String(bytes.length)] }] }
      const found = readDocument(documentReference.parse(JSON.parse(JSON.stringify(documentReferenceOf(registered, [])))), '1.2.250.1.213.4.1.1.1.2')

      const codes = metadata.confidentiality.map(({ code }) => code)
      expect(found && { ...found, authors: found.authors.map(({ name, personId, structureId }) => ({ name: oneSpace(name), personId, structureId })) }).toEqual({
        uniqueId: metadata.uniqueId,
        entryUuid: registered.entryUuid,
        logicalId: registered.logicalId,
        repositoryUniqueId: '1.2.250.1.213.4.1.1.1.2',
        typeCode: metadata.typeCode.code,
        typeLabel: metadata.typeCode.label,
        classCode: metadata.classCode.code,
        classLabel: metadata.classCode.label,
        title: metadata.title,
        mimeType: metadata.mimeType,
        formatCode: metadata.formatCode.code,
        creationTime: isoOf(metadata.creationTime),
        serviceStartTime: isoOf(metadata.serviceStartTime),
        serviceStopTime: metadata.serviceStopTime === null ? null : isoOf(metadata.serviceStopTime),
        // A patient's number is their INS, and no structure's document is theirs.
        authors: metadata.authors.map(({ kind, person, institution }) => ({
          name: oneSpace(`${person?.given ?? ''} ${person?.family ?? ''}`),
          personId: kind === 'patient' ? null : (person?.id ?? null),
          structureId: kind === 'patient' ? null : (institution?.id ?? null),
        })),
        legalAuthenticatorId: metadata.legalAuthenticator.id,
        referenceIds: metadata.referenceIds ?? [],
        status: 'approved',
        hash,
        size: bytes.length,
        maskedToProfessionals: codes.includes('MASQUE_PS'),
        hiddenFromPatient: codes.includes('INVISIBLE_PATIENT'),
        hiddenFromRepresentatives: codes.includes('INVISIBLE_REPRESENTANTS_LEGAUX'),
        fromPatient: metadata.classCode.code === '90' || metadata.typeCode.code.startsWith('DOCPAT'),
      })
      expect(submitted).toMatchObject({ ins: metadata.ins, sourcePatientId: metadata.sourcePatientId, legalAuthenticator: { id: metadata.legalAuthenticator.id } })
      expect(submitted.authors.map(({ kind, person, institution }) => [kind, person?.id, institution?.id])).toEqual(metadata.authors.map(({ kind, person, institution }) => [kind, person?.id, kind === 'patient' ? undefined : institution?.id]))
      // The registry's rules of form, those of XDS.b, hold for what came in FHIR; they want structures to have a name.
      const named = metadata.authors.every(({ institution }) => institution === null || institution.name.trim() !== '')
      if (named) expect(metadataErrors(lot).filter(({ context }) => /mal formé|répété|sans identifiant|absent ou différent/.test(context))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

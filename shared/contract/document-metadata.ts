import { z } from 'zod'

const coded = z.object({ code: z.string().min(1), system: z.string().min(1), label: z.string() })
export type Coded = z.infer<typeof coded>

const person = z.object({
  /** PS_IdNat, or the national form of another author (`5` + SIRET/internal for a device...). */
  id: z.string().min(1),
  family: z.string(),
  given: z.string(),
  /** OID of whoever gave the number, where it is not the national register of professionals: a patient's is that of their INS. */
  domain: z.string().optional(),
})

/** A number a document refers to: of an order, an accession, a study (XDS CXi). `type` is the URN of its kind; `oid`, who gave it: null = the number says it itself. */
export const referenceId = z.object({ value: z.string().min(1), oid: z.string().nullable(), type: z.string() })
export type ReferenceId = z.infer<typeof referenceId>

/** One author of a document, with the four XDS author slots. A device has no given name. */
export const documentAuthor = z.object({
  kind: z.enum(['professional', 'device', 'patient']),
  person: person.nullable(),
  institution: z.object({ id: z.string().min(1), name: z.string() }).nullable(),
  specialty: coded.nullable(),
  role: z.string().nullable(),
})
export type DocumentAuthor = z.infer<typeof documentAuthor>

/** UTC DTM as XDS wants it: `YYYYMMDDhhmmss`, possibly shorter. */
const utcDtm = z.string().regex(/^\d{4}(\d{2}){0,5}$/)

/**
 * XDS DocumentEntry metadata of one document, read from its CDA header (dmp-interface.md section 2.2).
 * Produced by the documents room, consumed by every adapter of the record; times are UTC, codes carry their system (OID).
 */
export const documentMetadata = z.object({
  /** Plain OID, equal to the CDA `id/@root`. */
  uniqueId: z.string().regex(/^[0-2](\.(0|[1-9]\d*))+$/).max(64),
  setId: z.string().nullable(),
  versionNumber: z.number().int().nullable(),
  /** uniqueId of the document this one replaces (CDA relatedDocument RPLC). */
  replaces: z.string().nullable(),
  /** `text/xml`, or `application/xslt+xml` for a self-presenting CDA. */
  mimeType: z.enum(['text/xml', 'application/xslt+xml']),
  typeCode: coded,
  classCode: coded,
  formatCode: coded,
  healthcareFacilityType: coded,
  practiceSetting: coded,
  /** `N` first, always; visibility codes are added to it. */
  confidentiality: z.array(coded).min(1).max(4),
  eventCodes: z.array(coded),
  /** XDS referenceIdList; absent in what was frozen before it was written. */
  referenceIds: z.array(referenceId).optional(),
  ins: z.object({ value: z.string().regex(/^\d[\dAB]{14}$/), oid: z.string() }),
  /** Local patient number (IPP); null = the INS stands in for it. */
  sourcePatientId: z.object({ value: z.string(), oid: z.string() }).nullable(),
  sourcePatientInfo: z.object({ birthName: z.string(), givenName: z.string(), birthDate: z.string(), sex: z.string() }),
  creationTime: utcDtm,
  serviceStartTime: utcDtm,
  serviceStopTime: utcDtm.nullable(),
  languageCode: z.string(),
  title: z.string().min(1),
  authors: z.array(documentAuthor).min(1),
  legalAuthenticator: person,
})
export type DocumentMetadata = z.infer<typeof documentMetadata>

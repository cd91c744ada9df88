import { z } from 'zod'
import { pdsm, uriIdentifiers } from '#shared/terminology/index.ts'

/** What PDSm makes mandatory in what is deposited, element by element (dmp-interface.md 5.2, 5.3); the rest is left aside. */
const coding = z.object({ system: z.string().min(1), code: z.string().min(1), display: z.string().optional() })
export const concept = z.object({ coding: z.array(coding).min(1) })
export type Concept = z.infer<typeof concept>
const reference = z.object({ reference: z.string().min(1) })
const identifier = z.object({ system: z.string().min(1), value: z.string().min(1) })
/** A number the document refers to: no resource of ours, its identifier alone (XDS referenceIdList). */
const related = z.object({ identifier: z.object({ type: concept, system: z.string().min(1).optional(), value: z.string().min(1) }) })
const oidIdentifier = z.object({ system: z.literal(uriIdentifiers), value: z.string().regex(/^urn:oid:[\d.]+$/) })
const dateTime = z.string().regex(/^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?$/)
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
const humanName = z.object({ family: z.string().default(''), given: z.array(z.string()).default([]) })

/** A contained resource, whichever it is: PractitionerRole, Practitioner, Organization, Device or Patient. */
const contained = z.object({
  resourceType: z.enum(['Practitioner', 'PractitionerRole', 'Organization', 'Device', 'Patient']),
  id: z.string().min(1),
  identifier: z.array(identifier).default([]),
  name: z.union([z.array(humanName), z.string()]).optional(),
  birthDate: z.string().optional(),
  gender: z.string().optional(),
  practitioner: reference.optional(),
  organization: reference.optional(),
  owner: reference.optional(),
  code: z.array(z.object({ text: z.string().optional() })).optional(),
  specialty: z.array(concept).optional(),
  type: concept.optional(),
  deviceName: z.array(z.object({ name: z.string() })).optional(),
  modelNumber: z.string().optional(),
  note: z.array(z.object({ text: z.string() })).optional(),
})
export type Contained = z.infer<typeof contained>

const profiled = (profile: string) => z.object({ profile: z.array(z.string()).refine((list) => list.includes(profile), `profil attendu : ${profile}`) })

/** `pdsm-comprehensive-document-reference`, with what the DMP adds. */
export const documentReference = z.object({
  resourceType: z.literal('DocumentReference'),
  meta: profiled(pdsm.documentReference),
  contained: z.array(contained).min(1),
  masterIdentifier: oidIdentifier,
  status: z.literal('current'),
  type: concept,
  category: z.array(concept).length(1),
  subject: reference,
  date: instant,
  author: z.array(reference).min(1),
  authenticator: reference,
  custodian: reference,
  relatesTo: z.array(z.object({ code: z.literal('replaces'), target: reference })).max(1).default([]),
  securityLabel: z.array(concept).min(1),
  description: z.string().optional(),
  content: z
    .array(
      z.object({
        attachment: z.object({ contentType: z.string().min(1), language: z.string().min(1), url: z.string().min(1), size: z.int().min(0), hash: z.base64(), title: z.string().min(1), creation: dateTime.optional() }),
        format: coding,
      }),
    )
    .length(1),
  context: z.object({
    event: z.array(concept).default([]),
    related: z.array(related).default([]),
    period: z.object({ start: dateTime, end: dateTime.optional() }),
    facilityType: concept,
    practiceSetting: concept,
    sourcePatientInfo: reference,
  }),
})
export type SubmittedReference = z.infer<typeof documentReference>

/** `pdsm-simplified-publish`: little is mandatory, the record completes the rest. */
export const simplifiedPublish = z.object({
  ...documentReference.shape,
  meta: profiled(pdsm.simplifiedPublish),
  contained: z.array(contained).default([]),
  type: concept,
  category: z.array(concept).max(1).default([]),
  authenticator: reference.optional(),
  relatesTo: z.array(z.unknown()).max(0).default([]),
  securityLabel: z.array(concept).default([]),
  content: z
    .array(
      z.object({
        attachment: z.object({
          contentType: z.string().min(1),
          language: z.string().optional(),
          data: z.base64().min(1),
          url: z.never().optional(),
          size: z.int().optional(),
          hash: z.base64().optional(),
          title: z.string().min(1),
          creation: dateTime.optional(),
        }),
        format: coding.optional(),
      }),
    )
    .length(1),
  context: z
    .object({
      event: z.array(concept).max(1).default([]),
      related: z.array(related).default([]),
      period: z.object({ start: dateTime.optional(), end: dateTime.optional() }).optional(),
      facilityType: concept.optional(),
      practiceSetting: concept.optional(),
      sourcePatientInfo: reference.optional(),
    })
    .default({ event: [], related: [] }),
})
export type SimplifiedReference = z.infer<typeof simplifiedPublish>

/** `pdsm-submissionset-comprehensive`. */
export const submissionSet = z.object({
  resourceType: z.literal('List'),
  meta: profiled(pdsm.submissionSet),
  contained: z.array(contained).min(1),
  extension: z.array(z.object({ url: z.string(), valueCodeableConcept: concept.optional(), valueIdentifier: oidIdentifier.optional() })).min(2),
  identifier: z.array(oidIdentifier).min(1),
  status: z.literal('current'),
  mode: z.literal('working'),
  title: z.string().optional(),
  code: z.object({ coding: z.array(z.object({ system: z.string().transform((system) => system.replace(/^http:/, 'https:')).pipe(z.literal(pdsm.listTypes)), code: z.literal('submissionset') })).length(1) }),
  subject: reference,
  date: dateTime,
  source: reference,
  entry: z.array(z.object({ item: reference })).min(1),
})
export type SubmittedSet = z.infer<typeof submissionSet>

export const binary = z.object({ resourceType: z.literal('Binary'), contentType: z.string().min(1), data: z.base64().min(1) })

const patchPart = z.tuple([
  z.object({ name: z.literal('type'), valueCode: z.literal('replace') }),
  z.object({ name: z.literal('path'), valueString: z.literal('DocumentReference.status') }),
  z.object({ name: z.literal('value'), valueCode: z.literal('superseded') }),
])
/** The FHIRPath Patch that makes a replaced document superseded; it may do nothing else. */
export const supersedePatch = z.object({
  resourceType: z.literal('Parameters'),
  parameter: z.array(z.object({ name: z.literal('operation'), part: patchPart })).length(1),
})

/** `pdsm-comprehensive-provide-document-bundle`, before its resources are read. */
export const provideBundle = z.object({
  resourceType: z.literal('Bundle'),
  meta: profiled(pdsm.provideBundle),
  type: z.literal('transaction'),
  entry: z
    .array(z.object({ fullUrl: z.string().min(1), request: z.object({ method: z.enum(['POST', 'PATCH']), url: z.string().min(1) }), resource: z.looseObject({ resourceType: z.string() }) }))
    .min(2),
})

import { acceptedTypeCodes, documentType, isFromPatient, typeLabel } from './document-types.ts'

/** What a practice gives its documents most often, the commonest first. */
export const usualTypes = ['57833-6', '11502-2', '18748-4', '96349-6', '11490-0', '11488-4', 'PRESC-BIO', '55115-0', '89601-9'] as const
export type UsualType = (typeof usualTypes)[number]

/** A second code under the label of another (pathology), which is read and not given; references of images, which no PDF is. */
const notGiven: ReadonlySet<string> = new Set(['11526-1', 'IMG-KOS'])

const isUsual = (code: string): boolean => usualTypes.some((usual) => usual === code)

/**
 * The types a person may say a document of the practice is: the usual ones first, then the others as the DMP lists them. Not what the patient or the health
 * insurance puts in the record.
 */
export const givenTypes: readonly { readonly code: string; readonly label: string; readonly usual: boolean }[] = [...usualTypes, ...acceptedTypeCodes.filter((code) => !isUsual(code) && isGiven(code))].map((code) => ({ code, label: typeLabel(code), usual: isUsual(code) }))

function isGiven(code: string): boolean {
  const documentClass = documentType(code)?.documentClass
  return documentClass !== undefined && documentClass !== '60' && !isFromPatient(code, documentClass) && !notGiven.has(code)
}

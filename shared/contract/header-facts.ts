/** What can be wrong with an element of a CDA's header that is there. */
export const headerRemarks = ['unknown', 'misplaced', 'repeated', 'forbidden'] as const
export type HeaderRemark = (typeof headerRemarks)[number]

/**
 * What is wrong with a CDA's header, as the national profile has it (dmp-interface.md section 3): an element that is missing
 * (`cda-header-incomplete`), or that is there and wrong (`cda-header-invalid`). It holds nothing of a patient.
 */
export interface HeaderFault {
  readonly code: 'cda-header-incomplete' | 'cda-header-invalid'
  /** The element, named as the profile does from `ClinicalDocument` on, shortened where it stands in one place only. */
  readonly element: string
  readonly remark?: HeaderRemark
}

/** Faults as the technical line of a failure: elements with their remark, each once. */
export function headerDetail(faults: readonly Pick<HeaderFault, 'element' | 'remark'>[]): string {
  return [...new Set(faults.map(({ element, remark }) => (remark === undefined ? element : `${element} ${remark}`)))].join(', ')
}

/** The elements of a line that `headerDetail` wrote; null when it says something else. */
export function readHeaderDetail(detail: string): readonly Pick<HeaderFault, 'element' | 'remark'>[] | null {
  const found = detail.split(', ').map((part) => {
    const [element = '', word, ...more] = part.split(' ')
    const remark = headerRemarks.find((one) => one === word)
    return more.length > 0 || (word !== undefined && remark === undefined) ? null : { element, ...(remark && { remark }) }
  })
  return found.every((one) => one !== null) ? found : null
}

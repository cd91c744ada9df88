import { fhirSystem, pdsm, visibilityCodes } from '#shared/terminology/index.ts'
import type { MetadataChange } from '../port.ts'
import { concept } from './authors.ts'
import type { FoundDocument } from './read-documents.ts'

/** One operation of a JSON Patch (RFC 6902). */
interface PatchOperation {
  readonly op: 'add' | 'replace' | 'test'
  readonly path: string
  readonly value: unknown
}

/** What a document carries now, raw: a patch must name it as it stands. */
export interface Current {
  readonly securityLabel: readonly unknown[]
  readonly extension: readonly unknown[]
}

/**
 * The JSON Patch that makes a change (TD3.3a to d), nothing when the document is so already. The draft guide cannot be followed to the letter
 * (dmp-interface.md 5.6), and this file alone knows where:
 * - it replaces `/securityLabel/0`, losing `N` and any second label: here the whole list is replaced, with the one label added or removed, after
 *   a test that nobody changed it meanwhile;
 * - its path to the archive extension is no JSON Pointer: here it has its real index, or the extension is added;
 * - a deletion is `entered-in-error` on one page and `superseded` on another: here the former.
 */
export function patchOf(document: FoundDocument, current: Current, change: MetadataChange): readonly PatchOperation[] {
  const label = (code: (typeof visibilityCodes)[keyof typeof visibilityCodes], wanted: boolean): PatchOperation[] => {
    const carries = document.securityLabel.map(({ coding }) => coding.some((one) => one.code === code.code && one.system === fhirSystem(code.system)))
    if (carries.includes(true) === wanted) return []
    const value = wanted ? [...current.securityLabel, concept(code)] : current.securityLabel.filter((_, index) => !carries[index])
    return [
      { op: 'test', path: '/securityLabel', value: current.securityLabel },
      { op: 'replace', path: '/securityLabel', value },
    ]
  }
  switch (change.kind) {
    case 'mask':
      return label(visibilityCodes.masked, change.masked)
    case 'show-to-patient':
      return label(visibilityCodes.hiddenFromPatient, false)
    case 'show-to-representatives':
      return label(visibilityCodes.hiddenFromRepresentatives, false)
    case 'delete':
      return document.status === 'entered-in-error' ? [] : [{ op: 'replace', path: '/status', value: 'entered-in-error' }]
    case 'archive': {
      const index = document.extension.findIndex(({ url }) => url === pdsm.isArchived)
      if ((document.extension[index]?.valueBoolean ?? false) === change.archived) return []
      const extension = { url: pdsm.isArchived, valueBoolean: change.archived }
      if (index >= 0) return [{ op: 'replace', path: `/extension/${index}/valueBoolean`, value: change.archived }]
      return document.extension.length > 0 ? [{ op: 'add', path: '/extension/-', value: extension }] : [{ op: 'add', path: '/extension', value: [extension] }]
    }
  }
}

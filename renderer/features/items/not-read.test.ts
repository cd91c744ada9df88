import { describe, expect, it } from 'vitest'
import type { PatientLabel } from '#shared/contract/items.ts'
import { isNotRead } from './not-read.ts'

const paul: PatientLabel = { ins: null, insOid: null, birthName: 'Durand', givenName: 'Paul', usedName: null, birthDate: null, sex: null }

describe('isNotRead', () => {
  it.each(['pdf-truncated', 'file-empty', 'format-unsupported', 'sidecar-invalid', 'hl7-charset'] as const)('is so where a file was refused before anything of it was read: %s', (reason) => {
    expect(isNotRead({ patient: null, reason })).toBe(true)
    expect(isNotRead({ patient: paul, reason })).toBe(false)
  })

  it.each(['patient-unknown', 'ins-missing', 'patient-ambiguous', 'cda-no-patient', 'sidecar-two-patients', null] as const)('is not so where somebody was looked for: %s', (reason) => {
    expect(isNotRead({ patient: null, reason })).toBe(false)
  })
})

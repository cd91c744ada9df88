import { describe, expect, it } from 'vitest'
import type { ItemState, ItemTrace, ItemView } from '#shared/contract/items.ts'
import { lineOfChoice } from './chosen-patient.ts'

const item = { patient: { birthName: 'Durand', givenName: 'Paul' } } as ItemView
const line = (from: ItemState | null, to: ItemState, detail: string | null = null): ItemTrace => ({ at: '2026-11-21T09:50:00Z', from, to, event: 'moved', reason: null, detail })
const choice = line('waiting', 'received', 'patient chosen by a person')
const prepared = line('received', 'ready')

describe('the line of a choice of a patient', () => {
  it('is the last one the document was prepared with', () => {
    const again = { ...choice, at: '2026-11-22T09:50:00Z' }
    expect(lineOfChoice({ item, trace: [line(null, 'received'), choice, prepared, line('ready', 'sending')] })).toBe(choice)
    expect(lineOfChoice({ item, trace: [choice, line('received', 'waiting'), again, prepared] })).toBe(again)
  })

  it('is none where the item no longer says whom it named', () => {
    expect(lineOfChoice({ item, trace: [line(null, 'received'), prepared] })).toBeNull()
    expect(lineOfChoice({ item, trace: [choice, line('received', 'waiting')] })).toBeNull()
    expect(lineOfChoice({ item: { ...item, patient: null }, trace: [choice, prepared] })).toBeNull()
    expect(lineOfChoice({ item, trace: [choice, prepared, line('ready', 'received', 'received again, announced otherwise: patient'), prepared] })).toBeNull()
  })

  it('stands when its source said something else than another patient', () => {
    expect(lineOfChoice({ item, trace: [choice, prepared, line('ready', 'received', 'received again, announced otherwise: type'), prepared] })).toBe(choice)
  })
})

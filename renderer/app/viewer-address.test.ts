import { describe, expect, it } from 'vitest'
import { readViewerAddress, writeViewerAddress, type ViewerAddress } from './viewer-address.ts'

const document = { ins: '259027512345694', insOid: '1.2.250.1.213.1.4.10', uniqueId: '1.2.3' }

describe('the address of a viewer', () => {
  it.each<ViewerAddress>([
    { document, found: null, list: '' },
    { document, found: { words: 'hémoglobine & <b>', place: { kind: 'text' } }, list: 'sort=type&text=a%26b' },
    { document, found: { words: 'x y', place: { kind: 'page', page: 12, attachment: null } }, list: '' },
    { document, found: { words: 'x', place: { kind: 'page', page: 1, attachment: 0 } }, list: '' },
  ])('says the same once written and read', (address) => {
    const written = writeViewerAddress(address)
    for (const [key, value] of Object.entries(written)) expect(`${key} ${value}`).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,31} .{1,256}$/)
    expect(readViewerAddress(`?${new URLSearchParams(written).toString()}`)).toEqual(address)
  })

  it('opens the document all the same when the rest is too long or makes no sense', () => {
    expect(writeViewerAddress({ document, found: { words: 'a'.repeat(300), place: { kind: 'text' } }, list: 'b'.repeat(300) })).toEqual({ ...document, at: 'text' })
    expect(readViewerAddress('?ins=1&uniqueId=2&at=page--1-9&words=x')).toEqual({ document: { ins: '1', uniqueId: '2' }, found: null, list: '' })
    expect(readViewerAddress('?ins=1')).toBeNull()
  })
})

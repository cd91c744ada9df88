import { describe, expect, it } from 'vitest'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { openItemContents } from './item-content.ts'
import type { ItemRow } from './outbox/index.ts'
import { ContentLost } from './store/index.ts'

const pdf = Buffer.from(playFile('ordonnance-morel.pdf'))
const row = (change: Partial<ItemRow> = {}) => ({ id: 'one', content_sha256: 'a', content_size: pdf.length, source_reference: 'lettre.pdf', ...change }) as ItemRow

function contentsOf({ item = row(), read = async () => pdf, itemOpened = async () => undefined }: { item?: ItemRow; read?: () => Promise<Buffer>; itemOpened?: () => Promise<void> } = {}) {
  const told: [string, Result<unknown>['ok'] | string, string | undefined][] = []
  const contents = openItemContents({
    ledger: { byId: async (id) => (id === item.id ? item : null) },
    spool: { read },
    trace: {
      itemOpened: async (of, outcome, detail) => {
        told.push([of.id, outcome.ok || outcome.failure.code, detail])
        await itemOpened()
      },
    },
    maxDocumentBytes: 1_000_000,
  })
  return { contents, told }
}

describe('the document of an item', () => {
  it('gives the document and its bytes, each told to the trace', async () => {
    const { contents, told } = contentsOf()
    expect(await contents.content('one')).toEqual(success({ sections: [], text: null, attachments: [{ index: 0, mediaType: 'application/pdf', title: '', size: pdf.length }] }))
    const bytes = await contents.attachment('one', 0)
    expect(bytes.ok && Buffer.from(bytes.value.bytes).equals(pdf)).toBe(true)
    expect(told).toEqual([['one', true, undefined], ['one', true, 'attachment:0']])
  })

  it('gives nothing the trace has no line of', async () => {
    const { contents } = contentsOf({ itemOpened: () => Promise.reject(new Error('disk full')) })
    await expect(contents.content('one')).rejects.toThrow('disk full')
    await expect(contents.attachment('one', 0)).rejects.toThrow('disk full')
  })

  it('says what it cannot give, and the trace too', async () => {
    const lost = contentsOf({ read: () => Promise.reject(new ContentLost('gone')) })
    expect(await lost.contents.content('one')).toEqual(failure('content-damaged'))
    expect(lost.told).toEqual([['one', 'content-damaged', undefined]])
    expect(await contentsOf({ item: row({ content_size: 1_000_001 }) }).contents.content('one')).toEqual(failure('file-too-large'))
    const { contents, told } = contentsOf()
    expect(await contents.attachment('one', 1)).toEqual(failure('not-found'))
    expect(await contents.content('two')).toEqual(failure('not-found'))
    expect(told).toEqual([['one', 'not-found', 'attachment:1']])
  })

  it('does not pass a fault of the disk that may pass for a lost copy', async () => {
    const { contents, told } = contentsOf({ read: () => Promise.reject(new Error('EIO')) })
    await expect(contents.content('one')).rejects.toThrow('EIO')
    expect(told).toEqual([])
  })
})

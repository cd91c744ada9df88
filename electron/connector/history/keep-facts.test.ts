import { expect, it } from 'vitest'
import type { Told } from '../documents/index.ts'
import { openFactsKeeper } from './keep-facts.ts'
import { readingInMemory } from './readings.ts'
import { documentExample, insExample as ins, openStanding } from './record-example.ts'

/** A way in to a reading of so many documents, each with its content, and a thread that answers as told. */
function keeping(numbers: number, answer: (document: string) => Told<string | null> | Promise<Told<string | null>>) {
  const kept = readingInMemory()
  const ids = Array.from({ length: numbers }, (_, index) => `1.${index}`)
  kept.keep({ documents: ids.map((id) => documentExample(id)), standing: openStanding, loadedAt: 1 })
  for (const id of ids) kept.keepContent(id, Buffer.from(id))
  const read: string[] = []
  const world = { told: 0, stop: null as 'access-changed' | null }
  const way = { way: 'w', ins, kept, stop: () => world.stop }
  const keeper = openFactsKeeper({
    thread: {
      read: async (_bytes, document) => {
        read.push(document)
        return answer(document)
      },
    },
    onRead: () => (world.told += 1),
    onBug: (error) => {
      throw error
    },
  })
  return { kept, ids, read, world, way, keeper }
}

it('reads each content once, keeps what was found, and tells ever more rarely', async () => {
  const { kept, ids, read, world, way, keeper } = keeping(9, (document) => ({ answer: document === '1.4' ? null : `[]` }))
  keeper.want(way, ids)
  keeper.want(way, ids)
  await keeper.settled()
  expect(read).toEqual(ids)
  expect([...kept.factsRead()].filter(([, found]) => !found)).toEqual([['1.4', false]])
  expect(world.told).toBe(5)
})

it('counts a content that the thread gave up as one that cannot be read, and one whose reading was ended as not read', async () => {
  const { kept, way, keeper } = keeping(2, (document) => ({ none: document === '1.0' ? 'gave-up' : 'ended' }))
  keeper.want(way, ['1.0', '1.1'])
  await keeper.settled()
  expect([...kept.factsRead()]).toEqual([['1.0', false]])
})

it('does not count a content as begun that no thread was to be had for, and reads it when it is asked for again', async () => {
  let times = 0
  const { kept, way, keeper } = keeping(1, async () => {
    if ((times += 1) === 1) throw Object.assign(new Error('no thread'), { code: 'ERR_WORKER_INIT_FAILED' })
    return { answer: '[]' }
  })
  const begun: string[] = []
  const way2 = { ...way, kept: { ...kept, beginFacts: (id: string) => begun.push(id), leaveFacts: (id: string) => begun.splice(begun.indexOf(id), 1) } }
  await expect(keeper.of(way2, '1.0', Buffer.from('1.0'))).rejects.toThrow('no thread')
  expect(begun).toEqual([])
  expect(await keeper.of(way2, '1.0', Buffer.from('1.0'))).toEqual({ ok: true, value: [] })
})

it('stops with the way in, when it is told to, and at the end', async () => {
  const first = keeping(3, () => ({ answer: '[]' }))
  first.world.stop = 'access-changed'
  first.keeper.want(first.way, first.ids)
  await first.keeper.settled()
  expect(first.read).toEqual([])
  const second = keeping(3, () => ({ answer: '[]' }))
  second.keeper.want(second.way, second.ids)
  second.keeper.drop()
  await second.keeper.close()
  second.keeper.want(second.way, second.ids)
  expect(second.read).toEqual(['1.0'])
})

it('gives the facts of one content as they were found, and reads again what was ended over somebody else', async () => {
  let times = 0
  const { kept, read, way, keeper } = keeping(2, () => ((times += 1) === 1 ? { none: 'ended' } : { answer: '[{"label":"x"}]' }))
  expect(await keeper.of(way, '1.0', Buffer.from('1.0'))).toEqual({ ok: true, value: [{ label: 'x' }] })
  expect(await keeper.of(way, '1.0', Buffer.from('1.0'))).toEqual({ ok: true, value: [{ label: 'x' }] })
  expect(read).toEqual(['1.0', '1.0'])
  expect(kept.facts(['1.0'])).toHaveLength(1)
})

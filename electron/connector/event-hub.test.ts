import { afterEach, describe, expect, it } from 'vitest'
import type { ConnectorEvent } from '#shared/contract/index.ts'
import { openEventHub, type EventHub } from './event-hub.ts'

const hubs: EventHub[] = []
afterEach(() => {
  for (const hub of hubs.splice(0)) hub.close()
})
function open(): EventHub {
  const hub = openEventHub(1)
  hubs.push(hub)
  return hub
}
/** A page that has been greeted. */
async function page(hub: EventHub, signal?: AbortSignal) {
  const stream = hub.subscribe(signal)
  return { stream, hello: (await stream.next()).value as ConnectorEvent }
}
const ended = { done: true, value: undefined }

describe('the event hub', () => {
  it('greets each page first, with the number of the last event', async () => {
    const hub = open()
    const first = await page(hub)
    expect(first.hello).toEqual({ sequence: 0, topic: 'hello' })
    hub.tell('items')
    expect(await first.stream.next()).toEqual({ done: false, value: { sequence: 1, topic: 'items' } })
    expect((await page(hub)).hello).toEqual({ sequence: 1, topic: 'hello' })
  })

  it('tells at once what somebody waits for, and with it what else is to be told', async () => {
    const hub = openEventHub(60_000)
    hubs.push(hub)
    const { stream } = await page(hub)
    hub.tell('items')
    hub.tell('panel', 1)
    expect([(await stream.next()).value, (await stream.next()).value]).toEqual([{ sequence: 1, topic: 'items' }, { sequence: 2, topic: 'panel' }])
  })

  it('folds a burst to one event a topic, told to every page', async () => {
    const hub = open()
    const pages = [await page(hub), await page(hub)]
    for (let index = 0; index < 50; index += 1) {
      hub.tell('items')
      hub.tell('status')
    }
    for (const { stream } of pages) {
      expect([(await stream.next()).value, (await stream.next()).value]).toEqual([{ sequence: 1, topic: 'items' }, { sequence: 2, topic: 'status' }])
    }
    hub.tell('panel')
    for (const { stream } of pages) expect((await stream.next()).value).toEqual({ sequence: 3, topic: 'panel' })
  })

  it('ends the stream of a page that went away, and of it alone', async () => {
    const hub = open()
    const leaving = new AbortController()
    const gone = await page(hub, leaving.signal)
    const staying = await page(hub)
    const waiting = gone.stream.next()
    leaving.abort()
    expect(await waiting).toEqual(ended)
    hub.tell('items')
    expect((await staying.stream.next()).value).toMatchObject({ topic: 'items' })
    expect(await hub.subscribe(AbortSignal.abort()).next()).toEqual(ended)
  })

  it('ends every stream when it closes, and says nothing more', async () => {
    const hub = open()
    const pages = [await page(hub), await page(hub)]
    const waiting = pages.map(({ stream }) => stream.next())
    hub.tell('items')
    hub.close()
    hub.tell('status')
    expect(await Promise.all(waiting)).toEqual([ended, ended])
    expect(await hub.subscribe(undefined).next()).toEqual(ended)
  })
})

import { afterEach, expect, it } from 'vitest'
import { watchMachine, type MachineWatch } from './watch-machine.ts'

let watch: MachineWatch | null = null
afterEach(() => watch?.stop())

function machine() {
  const clocks = { wall: 1_000_000, steady: 0, network: 'eth0 10.0.0.2/24' }
  const events: string[] = []
  watch = watchMachine({ now: () => clocks.wall, monotonic: () => clocks.steady, network: () => clocks.network, onEvent: (event) => events.push(event), everyMs: 3_600_000 })
  return { clocks, events, look: () => watch!.look() }
}

it('says nothing of a computer that is slow, however long between two looks', () => {
  const { clocks, events, look } = machine()
  clocks.wall += 600_000
  clocks.steady += 600_000
  look()
  expect(events).toEqual([])
})

it.each([
  ['slept for an hour', 3_600_000],
  ['its clock set back two hours', -7_200_000],
])('notices a computer that %s, once', (_what, by) => {
  const { clocks, events, look } = machine()
  clocks.wall += by
  look()
  look()
  expect(events).toEqual(['slept-or-clock-set'])
})

it('notices another network', () => {
  const { clocks, events, look } = machine()
  clocks.network = ''
  look()
  clocks.network = 'wlan0 192.168.1.7/24'
  look()
  expect(events).toEqual(['network-changed', 'network-changed'])
})

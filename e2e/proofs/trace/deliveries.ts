import { openRandom } from '../random.ts'

/** One document brought to the store. */
export interface Delivery {
  readonly name: string
  /** Number of the HL7 message that brings it; null when it comes by the folder. */
  readonly message: string | null
  readonly content: string
  readonly size: number
}

/** What arrives in one round: mostly one document, sometimes several at once, sometimes the same twice at once. */
export function deliveriesOf(seed: number, round: number): Delivery[] {
  const random = openRandom(seed).branch(round)
  const deliveries = Array.from({ length: random.chance(0.25) ? random.between(2, 4) : 1 }, (_, index): Delivery => {
    const name = `${round}-${index}`
    return { name, message: random.chance(0.5) ? `M${name}` : null, content: name, size: random.chance(0.03) ? random.between(200_000, 1_000_000) : random.between(2_000, 50_000) }
  })
  const twice = { ...deliveries[0]!, name: `${round}-again`, message: `M${round}-again` }
  return random.chance(0.15) ? [...deliveries, twice] : deliveries
}

/** Its bytes. */
export function contentOf({ content, size }: Delivery): Buffer {
  return Buffer.alloc(size, `document ${content}\n`)
}

import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { placesOf, withBug } from './bug.ts'
import { bugs } from './bugs.ts'

const root = path.resolve(import.meta.dirname, '../../..')

describe('the planted bugs', () => {
  it('have a name each', () => {
    expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length)
  })

  it.each(bugs.flatMap((bug) => placesOf(bug).map((place) => [bug.name, place] as const)))('%s: has its place in the program', (_name, place) => {
    const sound = fs.readFileSync(path.join(root, place.file), 'utf8')
    expect(withBug(sound, place)).not.toBe(sound)
  })

  it('are refused when their place is gone or is not the only one', () => {
    const [bug] = bugs
    expect(() => withBug('', bug!)).toThrow('0 found')
    expect(() => withBug(bug!.find + bug!.find, bug!)).toThrow('2 found')
  })
})

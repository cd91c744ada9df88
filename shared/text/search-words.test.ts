import { describe, expect, it } from 'vitest'
import { searchWords } from './search-words.ts'

const spellings = (typed: string) => searchWords(typed).map((word) => word.spellings[0])

describe('the words that are searched', () => {
  it('are all of them, the last one by its beginning from two letters on', () => {
    expect(searchWords('  allergie  pénicil ')).toEqual([{ spellings: ['allergie'], isPrefix: false }, { spellings: ['pénicil'], isPrefix: true }])
    expect(searchWords('hépatite b')).toMatchObject([{ isPrefix: false }, { spellings: ['b'], isPrefix: false }])
  })

  it('are without elision and without what holds no letter', () => {
    expect(spellings("l'hypertension d’insuline - qu'elle % T4-L")).toEqual(['hypertension', 'insuline', 'elle', 'T4-L'])
    expect(searchWords(' - % ')).toEqual([])
  })

  it('are written with either letter or both', () => {
    expect(searchWords('oedème')[0]?.spellings).toEqual(['oedème', 'œdème'])
    expect(searchWords('Œdème')[0]?.spellings).toEqual(['Œdème', 'oedème'])
  })
})

import { describe, expect, it } from 'vitest'
import { choicesLeft } from './choices-left.ts'

describe('choicesLeft', () => {
  it('lifts an opposition to deposits only where there is one', () => {
    expect(choicesLeft('deposit', { choice: 'opposed' })).toEqual(['agreed'])
    expect(choicesLeft('deposit', { choice: 'agreed' })).toEqual(['opposed'])
    expect(choicesLeft('deposit', { choice: 'not-collected' })).toEqual(['opposed'])
    expect(choicesLeft('deposit', null)).toEqual(['opposed'])
  })

  it('asks whether the record may be read both ways until it is answered, then the other way', () => {
    expect(choicesLeft('consultation', null)).toEqual(['agreed', 'opposed'])
    expect(choicesLeft('consultation', { choice: 'agreed' })).toEqual(['opposed'])
    expect(choicesLeft('consultation', { choice: 'opposed' })).toEqual(['agreed'])
  })
})

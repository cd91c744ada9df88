import { expect, it } from 'vitest'
import { acceptedTypeCodes } from './document-types.ts'
import { givenTypes, usualTypes } from './given-types.ts'

const codes = givenTypes.map(({ code }) => code)

it('are each once, under a label of their own, and all types the DMP takes', () => {
  expect(new Set(codes).size).toBe(codes.length)
  expect(new Set(givenTypes.map(({ label }) => label)).size).toBe(codes.length)
  for (const code of codes) expect(acceptedTypeCodes).toContain(code)
})

it('begin with the commonest', () => {
  expect(givenTypes.filter(({ usual }) => usual).map(({ code }) => code)).toEqual([...usualTypes])
  expect(codes.slice(0, usualTypes.length)).toEqual([...usualTypes])
})

it('leave out what the patient or the health insurance deposits, and no more but a second code of one label and what is no document', () => {
  const left = acceptedTypeCodes.filter((code) => !codes.includes(code))
  expect(left).toEqual(['DOCPAT02', '11526-1', 'DOCPAT03', 'DOCPAT05', 'DOCPAT06', 'IMG-KOS', 'DOCPAT04', 'DOCPAT01', 'DOCPAT08', 'DOCPAT07', 'DOCPAT09', '74465-6', 'EXPPAT_1', 'EXPPAT_2', 'EXPPAT_3', 'REMB'])
})

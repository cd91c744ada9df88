import { expect, it } from 'vitest'
import { namesInThesaurus, substanceKey } from './substance-name.ts'

it('compares whole names without case, accents and ligatures', () => {
  expect(substanceKey("  Médicaments, bradykinine et ANGIO-ŒDÈME ")).toBe('medicaments, bradykinine et angio-oedeme')
  expect(substanceKey('INHIBITEURS DE L’ENZYME')).toBe(substanceKey("inhibiteurs de l'enzyme"))
})

it('finds the base by the ways the public database writes salts and hydrates, and by no other', () => {
  expect(namesInThesaurus('METFORMINE (CHLORHYDRATE DE)')).toEqual(['metformine (chlorhydrate de)', 'metformine'])
  expect(namesInThesaurus("QUINAPRIL (MÉSILATE D')")).toContain('quinapril')
  expect(namesInThesaurus('ACÉTYLSALICYLIQUE (ACIDE)')).toContain('acide acetylsalicylique')
  expect(namesInThesaurus('WARFARINE SODIQUE')).toEqual(['warfarine sodique', 'warfarine'])
  expect(namesInThesaurus('AMOXICILLINE TRIHYDRATÉE')).toContain('amoxicilline')
  expect(namesInThesaurus('POTASSIUM (CHLORURE DE)')).toContain('potassium')
  expect(namesInThesaurus('SODIUM (VALPROATE DE)')).toEqual(['sodium (valproate de)'])
  expect(namesInThesaurus('WARFARINE')).toEqual(['warfarine'])
  for (const other of ['CODÉINE BASE', 'VITAMINE D3', 'IBUPROFÈNE LYSINE']) expect(namesInThesaurus(other)).toHaveLength(1)
})

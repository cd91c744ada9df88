import { expect, it } from 'vitest'
import { readElementTree } from '../../documents/index.ts'
import { find } from './elements.ts'
import { personName } from './person-name.ts'

it.each([
  ['<prefix>M</prefix><given>Alix</given><family>GENERIQUE</family><suffix>DR</suffix>', 'Dr Alix GENERIQUE'],
  ['<given>Alix</given><family>GENERIQUE</family><prefix>MME</prefix><suffix>PR</suffix>', 'Pr Alix GENERIQUE'],
  ['<prefix>DR</prefix><family>GENERIQUE</family><given>Alix</given><suffix>DR</suffix>', 'Dr GENERIQUE Alix'],
  ['<prefix>MME</prefix><given>Alix</given><family>GENERIQUE</family>', 'Mme Alix GENERIQUE'],
  ['<given>Alix</given><family>GENERIQUE</family><suffix>PG</suffix>', 'PG Alix GENERIQUE'],
  ['Docteur Alix Générique', 'Docteur Alix Générique'],
  ['', null],
])('says %s', (inner, told) => {
  const read = readElementTree(Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><author><name>${inner}</name></author></ClinicalDocument>`))
  if (!read.ok) throw new Error(read.failure.code)
  expect(personName(find(read.value, 'name'))).toBe(told)
})

import { codeSystems } from '#shared/terminology/index.ts'

export const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

/** Any models a statement or a section follows. */
export const templateIds = (...roots: readonly string[]): string => roots.map((root) => `<templateId root="${root}"/>`).join('')

/** Model of an entry in the CI-SIS ("Modèles de contenus CDA"). */
export const template = (number: string): string => templateIds(`1.2.250.1.213.1.1.3.${number}`)

/** Model of a section in the CI-SIS. */
export const sectionTemplate = (number: string): string => templateIds(`1.2.250.1.213.1.1.2.${number}`)

export const loincCode = (code: string, label: string, inside = ''): string =>
  `<code code="${code}" displayName="${escaped(label)}" codeSystem="${codeSystems.loinc}" codeSystemName="LOINC"${inside === '' ? '/>' : `>${inside}</code>`}`

/** Where in the narrative it is said. */
export const reference = (id: string): string => `<reference value="#${id}"/>`

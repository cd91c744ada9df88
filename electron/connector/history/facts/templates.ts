import { at, kids } from './elements.ts'
import type { CdaElement } from '../../documents/index.ts'

/** OID prefix of the entry templates of the CI-SIS ("Modèles de contenus CDA"). */
const entry = '1.2.250.1.213.1.1.3.'
const pcc = '1.3.6.1.4.1.19376.1.5.3.1.4.'

/** Templates an entry is recognised by; the IHE one stands for documents that only name it. */
export const templates = {
  comment: [`${entry}32`, `${pcc}2`],
  severity: [`${entry}29`, `${pcc}1`],
  clinicalStatus: [`${entry}30`, `${pcc}1.1`],
  patientState: [`${entry}31`],
  certainty: [`${entry}171`],
  criticality: [`${entry}172`],
  allergy: [`${entry}41`, `${pcc}6`],
  adverseEffect: [`${entry}210`],
  tumour: [`${entry}113`],
  family: [`${entry}59`, `${pcc}15`],
  concern: [`${entry}39`, `${entry}40`, `${pcc}5.1`],
  problem: [`${entry}37`, `${entry}51`],
  labResult: [`${entry}80`, '1.3.6.1.4.1.19376.1.3.1.6'],
  vitalSign: [`${entry}50`, `${pcc}13.2`],
  isolate: [`${entry}79`],
  attachment: [`${entry}18`],
  rank: [`${entry}82`],
  treatment: [`${entry}42`, `${pcc}7`],
  vaccine: [`${entry}45`, `${entry}47`, `${pcc}12`],
  dispensation: [`${entry}204`],
  device: [`${entry}20`],
  imagingAct: [`${entry}153`, `${entry}155`],
  movement: [`${entry}28`, `${entry}24`],
  specimen: [`${entry}77`, '1.3.6.1.4.1.19376.1.3.1.2'],
  wayOfLife: [`${entry}52`, `${pcc}13.4`],
  pregnancy: [`${entry}53`, `${pcc}13.5`],
} as const

export function conforms(element: CdaElement, template: keyof typeof templates): boolean {
  const roots: readonly string[] = templates[template]
  return kids(element, 'templateId').some((one) => roots.includes(at(one, 'root') ?? ''))
}

import { at, down, rootsOf } from './elements.ts'
import type { CdaElement } from '../../documents/index.ts'

/** OID prefix of the entry templates of the CI-SIS ("Modèles de contenus CDA"). */
const entry = '1.2.250.1.213.1.1.3.'
const ihe = '1.3.6.1.4.1.19376.1.'
const pcc = `${ihe}5.3.1.4.`
const dicom = '1.2.840.10008.9.'
const ccd = '2.16.840.1.113883.10.20.1.'

/** Templates an entry is recognised by; that of IHE or DICOM stands for documents that only name it. */
export const templates = {
  comment: [`${entry}32`, `${pcc}2`],
  instruction: [`${entry}33`, `${entry}34`, `${pcc}3`, `${pcc}3.1`],
  severity: [`${entry}29`, `${pcc}1`],
  clinicalStatus: [`${entry}30`, `${pcc}1.1`],
  patientState: [`${entry}31`, `${pcc}1.2`],
  certainty: [`${entry}171`],
  criticality: [`${entry}172`],
  allergy: [`${entry}41`, `${pcc}6`],
  adverseEffect: [`${entry}210`],
  tumour: [`${entry}113`, `${ihe}7.3.1.4.14.1`],
  family: [`${entry}59`, `${pcc}15`],
  concern: [`${entry}39`, `${entry}40`, `${pcc}5.1`, `${pcc}5.2`, `${pcc}5.3`],
  problem: [`${entry}37`, `${entry}51`, `${pcc}5`, `${pcc}13.3`],
  /** An illness of a relative, wherever it stands. */
  relativeProblem: [`${entry}51`, `${pcc}13.3`],
  labResult: [`${entry}80`, `${ihe}3.1.6`],
  vitalSign: [`${entry}50`, `${pcc}13.2`],
  isolate: [`${entry}79`, `${ihe}3.1.5`],
  attachment: [`${entry}18`],
  /** Measures of glasses or contact lenses. */
  eyewear: [`${entry}118`, `${ihe}12.1.3.5`],
  rank: [`${entry}82`],
  treatment: [`${entry}42`, `${pcc}7`],
  vaccine: [`${entry}45`, `${entry}47`, `${pcc}12`],
  prescribed: [`${entry}83`],
  orderedQuantity: [`${entry}86`, `${ihe}9.1.3.8`],
  substitution: [`${entry}87`, `${entry}206`, `${ihe}9.1.3.9.1`, `${ihe}9.1.3.9.2`],
  dispensation: [`${entry}204`, `${ihe}9.1.3.4`],
  device: [`${entry}20`],
  imagingAct: [`${entry}153`, `${entry}155`, `${dicom}14`, `${dicom}16`],
  dicomInstance: [`${entry}157`, `${dicom}18`],
  movement: [`${entry}28`, `${entry}24`, `${ihe}5.3.1.1.25.1.4.1`, `${ihe}5.3.1.1.10.4.1`],
  specimen: [`${entry}77`, `${ihe}3.1.2`],
  /** Of what an observation of pathology found: the exon or the variant of a gene. */
  subordinate: [`${entry}170`],
  wayOfLife: [`${entry}52`, `${pcc}13.4`],
  pregnancy: [`${entry}53`, `${pcc}13.5`],
} as const

/** As the CCD says it, which stands beside others that mean more: it counts alone, where neither the CI-SIS nor IHE says what an entry is. */
const ofCcd: Partial<Record<keyof typeof templates, readonly string[]>> = {
  concern: [`${ccd}27`], problem: [`${ccd}28`, `${ccd}22`], relativeProblem: [`${ccd}22`], allergy: [`${ccd}18`], family: [`${ccd}23`],
}

/** What details a statement asks the same by its code, where its document names no template of ours: status, severity, certainty, criticality, rank of a dose. */
const questions: Partial<Record<keyof typeof templates, readonly string[]>> = { clinicalStatus: ['33999-4'], severity: ['SEV'], certainty: ['66455-7'], criticality: ['82606-5'], rank: ['30973-2'] }

/** As much of acts in words: a comment, an instruction to the patient or to the pharmacist. */
const remarks: Partial<Record<keyof typeof templates, readonly string[]>> = { comment: ['48767-8'], instruction: ['PINSTRUCT', 'FINSTRUCT'] }

export function conforms(element: CdaElement, template: keyof typeof templates): boolean {
  const roots: readonly string[] = templates[template]
  const own = rootsOf(element)
  for (const one of own) if (roots.includes(one)) return true
  if (ofCcd[template]?.some((root) => own.includes(root)) === true && !own.some((root) => root.startsWith(entry) || root.startsWith(ihe))) return true
  const codes = element.name === 'observation' ? questions[template] : element.name === 'act' ? remarks[template] : undefined
  return codes?.includes(at(down(element, 'code'), 'code') ?? '-') === true
}

/** Whether a statement names a template of the CI-SIS: what it is is then known by it alone. */
export function isOfCiSis(element: CdaElement): boolean {
  return rootsOf(element).some((root) => root.startsWith(entry))
}

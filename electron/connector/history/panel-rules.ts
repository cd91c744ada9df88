import { createHash } from 'node:crypto'
import { failure, isReadWhole, success, type ExamAvoidedInput, type ExamDone, type ExamRequest, type PatientLabel, type RecordSummary, type Result, type RuledSummary } from '#shared/contract/index.ts'
import type { InsId } from '../record/index.ts'
import { applyRules } from './apply-rules.ts'
import type { ClinicalRules } from './clinical/load-clinical-rules.ts'
import type { AvoidedExams } from './exams/avoided-exams.ts'
import { codesOfRules, examRequestOf } from './exams/exam-request.ts'
import { readFacts } from './facts/read-facts.ts'
import type { ToJudge } from './judge-facts.ts'
import type { OpenReading, Panel } from './panel.ts'
import type { PanelSummary } from './panel-summary.ts'

/** A document of the practice that may prescribe exams, on its way for a patient. */
export interface OutgoingDocument {
  readonly item: string
  readonly typeCode: string | null
  readonly title: string | null
  readonly bytes: () => Uint8Array
}

export interface PanelRulesOptions {
  readonly panel: Pick<Panel, 'openReading' | 'shown'>
  readonly summary: Pick<PanelSummary, 'get' | 'judge'>
  readonly rules: ClinicalRules
  /** Rules nobody signed count: the record is the training one. */
  readonly mayJudge: boolean
  /** Documents of this patient that may prescribe exams, on their way or gone today. */
  readonly outgoing: (ins: InsId) => Promise<readonly OutgoingDocument[]>
  readonly avoided: AvoidedExams
  readonly onBug: (error: unknown) => void
  readonly now: () => number
}

/** What rules say of the patient on screen, beside what their documents do. */
export interface PanelRules {
  /** The summary with what the rules say of it; null as the summary is. */
  get(): Promise<RuledSummary | null>
  /** Counts that an exam shown as redundant was not prescribed again, once, or takes it back; `patient-changed`, or `not-found` when it is not shown. */
  tellAvoided(input: ExamAvoidedInput): Result<void>
}

/** Opens the rules of a panel. What a document prescribes is read once; that an exam was avoided, and by whom it was not done, is in memory alone. */
export function openPanelRules({ panel, summary, rules, mayJudge, outgoing, avoided, onBug, now }: PanelRulesOptions): PanelRules {
  /** When each was told, so that it is taken back from the month it was counted in. */
  const told = new Map<string, number>()
  const requests = new Map<string, ExamRequest | null>()
  const known = codesOfRules(rules.exams.rules)
  const rulesName = createHash('sha256').update(JSON.stringify([rules.exams.rules, rules.vaccination.rules])).digest('base64url')
  /** What is on screen. */
  let made: RuledSummary | null = null

  const keyOf = ({ value, oid }: InsId, exam: Pick<ExamDone, 'rule' | 'date'>) => JSON.stringify([oid, value, exam.rule, exam.date])

  function requestOf(document: OutgoingDocument): ExamRequest | null {
    if (examRequestOf(document.typeCode, [], known) === null) return null
    let facts: ReturnType<typeof readFacts>
    try {
      facts = readFacts(document.bytes(), document.item)
    } catch (error) {
      // Its bytes cannot be had now: it is a prescription all the same.
      onBug(error)
      facts = success([])
    }
    const found = examRequestOf(document.typeCode, facts.ok ? facts.value : [], known)
    return found && { item: document.item, category: found.category, title: document.title, codes: found.codes === null ? null : [...found.codes] }
  }

  async function requestsFor(ins: InsId): Promise<ExamRequest[]> {
    const documents = await outgoing(ins)
    const here = new Set(documents.map(({ item }) => item))
    for (const item of requests.keys()) if (!here.has(item)) requests.delete(item)
    return documents.flatMap((document) => {
      if (!requests.has(document.item)) requests.set(document.item, requestOf(document))
      return requests.get(document.item) ?? []
    })
  }

  function toJudge(summary: RecordSummary, { reading }: OpenReading, { birthDate, sex }: PatientLabel): ToJudge {
    const documents = reading.documents.map(({ uniqueId, typeCode, creationTime, serviceStartTime, authors }) => ({ uniqueId, typeCode, creationTime, serviceStartTime, authors }))
    return { exams: { rules: rules.exams.rules.rules, sources: rules.exams.rules.sources }, vaccination: rules.vaccination.rules, documents, patient: { birthDate, sex }, isWhole: isReadWhole(summary), mayJudge, now: now() }
  }

  return {
    async get() {
      const summarised = await summary.get()
      const open = summarised && panel.openReading()
      if (!summarised || open?.generation !== summarised.generation) return null
      const patient = panel.shown(open.generation)
      if (!patient.ok) return null
      const { label, ins } = patient.value
      const [asked, judged] = await Promise.all([requestsFor(ins), summary.judge(summarised, toJudge(summarised, open, label), rulesName)])
      // Another patient, another way in or a refusal may have come meanwhile.
      if (judged === null || panel.openReading()?.way.way !== open.way.way) return null
      made = applyRules(rules, { summary: summarised, judged, birthDate: label.birthDate, requests: asked, isAvoided: (exam) => told.has(keyOf(ins, exam)) })
      return made
    },
    tellAvoided({ generation, rule, date, avoided: isAvoided }) {
      const patient = panel.shown(generation)
      if (!patient.ok) return patient
      if (made?.generation !== generation || !made.exams.done.some((exam) => exam.rule === rule && exam.date === date && exam.verdict === 'redundant')) return failure('not-found')
      const key = keyOf(patient.value.ins, { rule, date })
      const before = told.get(key)
      if (isAvoided === (before !== undefined)) return success(undefined)
      avoided.count(isAvoided ? 1 : -1, before ?? now())
      if (isAvoided) told.set(key, now())
      else told.delete(key)
      return success(undefined)
    },
  }
}

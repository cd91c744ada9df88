import type { Passages, Reader } from '#connector/history/index.ts'
import type { RecordDocument, RecordStanding } from '#shared/contract/index.ts'
import { madePatient, testInsOid } from './made-patients.ts'
import type { BenchmarkOptions } from './options.ts'
import { practice, rooms } from './program.ts'
import { quantiles, timesOf, type AnswerTimes } from './answer-times.ts'

/** Times in milliseconds. */
export interface SearchFigures {
  readonly documents: number
  /** Documents of other patients the same reader was shown. */
  readonly others: number
  readonly takenDownMs: number
  /** How long one step of it holds the program up, and the processor's time in the dearest: the first has what other processes took. */
  readonly step: AnswerTimes & { readonly work: number }
  /** Reading the same list, of the same store in the same run. */
  readonly list: AnswerTimes
  readonly searches: readonly (AnswerTimes & { readonly found: number })[]
}

const otherPatients = 30
const documentsOfOthers = 40
const asked = ['allergie', 'hypertension arterielle', 'insuffisance renale chron', 'metformine hba1c oedeme', 'co', 'inexistant']
const words =
  'patient adressé pour suivi hypertension artérielle insuffisance rénale chronique diabète traitement metformine ramipril allergie pénicilline œdème membre échographie normale hémoglobine HbA1c créatinine contrôle consultation cardiologie absence douleur thoracique fièvre toux examen clinique radiographie pulmonaire compte rendu conclusion surveillance ordonnance renouvelée'.split(' ')
const standing: RecordStanding = { existence: 'open', authorisation: 'valid', isTreatingDoctor: true, closure: null, attachedToMonEspaceSante: null, opposedToBreakGlass: null, opposedToEmergencyAccess: null }

/** Always the same for the same number. */
function text(number: number, length: number): string {
  let state = 1 + ((number * 7_919) % 2_147_483_646)
  const next = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
  const parts: string[] = []
  // One word in four is of this document: numbers, names, doses.
  while (parts.length < length) parts.push(next(4) === 0 ? `v${next(100_000)}` : words[next(words.length)]!)
  return parts.join(' ')
}

function listed(number: number): RecordDocument {
  return {
    uniqueId: `1.2.250.1.999.77.9.${number}`, entryUuid: `urn:uuid:${number}`, logicalId: null, repositoryUniqueId: '1.2.3', typeCode: '11488-4', typeLabel: 'CR ou fiche de consultation ou de visite', classCode: '10', classLabel: 'Comptes rendus',
    title: `Compte rendu ${text(number, 3)}`, mimeType: 'text/xml', formatCode: 'urn:ihe:iti:xds-sd:text:2008', creationTime: new Date(Date.UTC(2020, 0, 1) + number * 3_600_000).toISOString(), serviceStartTime: null, serviceStopTime: null,
    authors: [], legalAuthenticatorId: null, referenceIds: [], status: 'approved', hash: null, size: null, maskedToProfessionals: false, hiddenFromPatient: false, hiddenFromRepresentatives: false, fromPatient: false,
  }
}

const narrative = (number: number) =>
  Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section><title>Conclusion</title><text><paragraph>${text(number, 600)}</paragraph></text></section></component></structuredBody></component></ClinicalDocument>`)

interface Step {
  readonly wall: number
  readonly work: number
}

/** The same, with what each call takes written down. */
function timed(passages: Passages, steps: Step[]): Passages {
  return new Proxy(passages, {
    get: (target, name: keyof Passages) => (...given: unknown[]) => {
      const [at, before] = [performance.now(), process.threadCpuUsage()]
      const result = (target[name] as (...given: unknown[]) => unknown)(...given)
      const { user, system } = process.threadCpuUsage(before)
      steps.push({ wall: performance.now() - at, work: (user + system) / 1000 })
      return result
    },
  })
}

/** Keeps the documents of many patients as a reader is shown them, has them taken down by the program's own filler, and searches those of one. */
export async function measureSearch(folder: string, { searched, calls }: BenchmarkOptions): Promise<SearchFigures> {
  const opened = await rooms.store.openStore({ directory: folder, key: rooms.store.newKey(), role: 'benchmark', now: Date.now() })
  if (!opened.ok) throw new Error(opened.failure.code)
  const store = opened.value
  const { openPassages, openReadings, fillSearch, openTextReader } = rooms.history
  const passages = openPassages(store)
  const readings = openReadings(store, { passages })
  const professional = practice.professionals[0]!
  const structure = practice.structures.find(({ id }) => id === professional.structure)!
  const reader: Reader = { party: { kind: 'professional', professional, structure }, inReinforcedMode: false, without: null }
  const show = (rank: number, count: number) => {
    const kept = readings.of(reader, { value: madePatient(rank).ins, oid: testInsOid })
    const numbers = Array.from({ length: count }, (_, index) => rank * 10_000 + index)
    kept.keep({ documents: numbers.map(listed), standing, loadedAt: Date.now() })
    for (const number of numbers) kept.keepContent(listed(number).uniqueId, narrative(number))
    return kept
  }
  for (let rank = 1; rank <= otherPatients; rank++) show(rank, documentsOfOthers)
  const kept = show(0, searched)
  const startedAt = performance.now()
  const steps: Step[] = []
  const failed: unknown[] = []
  const filler = fillSearch({ store, passages: timed(passages, steps), reader: openTextReader(), onBug: (error) => failed.push(error) })
  await filler.settled()
  const takenDownMs = performance.now() - startedAt
  if (failed.length > 0) throw failed[0]
  const list = await timesOf('list', calls, async () => kept.get())
  const searches: SearchFigures['searches'][number][] = []
  for (const words of asked) {
    const once = () => kept.search({ words, limit: 20, inTexts: true })
    if (once().searched.texts !== searched) throw new Error('not all texts were taken down')
    searches.push({ ...(await timesOf(words, calls, async () => once())), found: once().total })
  }
  await filler.close()
  store.close()
  return { documents: searched, others: otherPatients * documentsOfOthers, takenDownMs, step: { ...quantiles('step', steps.map(({ wall }) => wall)), work: Math.max(...steps.map(({ work }) => work)) }, list, searches }
}

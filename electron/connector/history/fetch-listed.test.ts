import { afterEach, beforeEach, expect, it } from 'vitest'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import { everyDocument, fetchListed, structured as whatIsStructured } from './fetch-listed.ts'
import { readDocument, type Consultation } from './read-record.ts'
import { openReadings } from './readings.ts'
import { answeringRecord, doctorExample, documentExample, insExample as ins, openStanding } from './record-example.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
beforeEach(async () => {
  handle = await temporaryStore()
})
afterEach(() => handle.remove())

const turn = () => new Promise((resolve) => setImmediate(resolve))
const structured = (number: number) => documentExample(number < 99 ? `1.${number}` : `1.0${number}`, { formatCode: 'urn:asip:ci-sis:vsm:2013', creationTime: `2026-01-${String(number).padStart(2, '0')}T00:00:00Z` })

/** A record each of whose documents is given by the test. */
function fetching(numbers: number, change: Partial<Consultation> = {}, isWanted?: () => boolean, wanted = whatIsStructured) {
  const kept = openReadings(handle.store).of(doctorExample, ins)
  kept.keep({ documents: [...Array.from({ length: numbers }, (_, index) => structured(index + 1)), documentExample('1.99')], standing: openStanding, loadedAt: 5 })
  const asked: { uniqueId: string; answer: (result: Result<Uint8Array>) => void }[] = []
  const record = { ...answeringRecord({}), retrieve: (_party: unknown, _ins: unknown, { uniqueId }: { uniqueId: string }) => new Promise<Result<Uint8Array>>((answer) => asked.push({ uniqueId, answer })) }
  const told: string[] = []
  const consultation: Consultation = { way: 'w', ins, entry: null, reader: doctorExample, kept, stop: () => null, ...change }
  const done = fetchListed(consultation, wanted, async (uniqueId) => {
    const read = await readDocument(record, consultation, uniqueId, () => 6)
    if (read.ok) told.push(uniqueId)
    return read
  }, { ...(isWanted && { isWanted }) })
  return { kept, asked, done, told }
}

it('fetches what is declared structured, newest first, four at a time, and tells each that came', async () => {
  const { kept, asked, done, told } = fetching(9)
  await turn()
  expect(asked.map(({ uniqueId }) => uniqueId)).toEqual(['1.9', '1.8', '1.7', '1.6'])
  for (let index = 0; index < 9; index += 1) {
    asked[index]!.answer(index === 4 ? failure('document-hash-mismatch') : success(Buffer.from(`of ${index}`)))
    for (let turns = 0; turns < 20 && asked.length < Math.min(9, index + 5); turns += 1) await turn()
  }
  await done
  expect(asked.map(({ uniqueId }) => uniqueId)).toEqual(['1.9', '1.8', '1.7', '1.6', '1.5', '1.4', '1.3', '1.2', '1.1'])
  expect([...kept.fetched()].sort()).toEqual(['1.1', '1.2', '1.3', '1.4', '1.6', '1.7', '1.8', '1.9'])
  expect(told).toEqual(['1.9', '1.8', '1.7', '1.6', '1.4', '1.3', '1.2', '1.1'])
})

it('asks no more once the way in is over, nor of a record that does not answer', async () => {
  let stop: ReturnType<Consultation['stop']> = null
  const over = fetching(9, { stop: () => stop })
  await turn()
  stop = 'access-changed'
  for (const { answer } of over.asked) answer(success(Buffer.from('late')))
  await over.done
  expect([over.asked.length, over.kept.fetched().size, over.told]).toEqual([4, 0, []])

  let isWanted = true
  const unwanted = fetching(9, {}, () => isWanted)
  await turn()
  isWanted = false
  for (const { answer } of unwanted.asked) answer(success(Buffer.from('asked for')))
  expect(await unwanted.done).toEqual(failure('access-changed'))
  expect([unwanted.asked.length, unwanted.told.length]).toEqual([4, 4])

  const silent = fetching(9)
  await turn()
  for (const { answer } of silent.asked) answer(failure('record-unreachable'))
  expect(await silent.done).toEqual(failure('record-unreachable'))
  expect(silent.asked).toHaveLength(4)
})

it('asks for nothing that was fetched, and nothing for whoever may read no document', async () => {
  const { kept, asked, done } = fetching(1)
  await turn()
  asked[0]!.answer(success(Buffer.from('one')))
  await done
  await fetchListed({ way: 'w', ins, entry: null, reader: doctorExample, kept, stop: () => null }, whatIsStructured, () => Promise.reject(new Error('not to be asked')))
  if (doctorExample.party.kind !== 'professional') throw new Error('a professional')
  const occupational = { ...doctorExample, party: { ...doctorExample.party, professional: { ...doctorExample.party.professional, specialty: 'SM25' } } }
  const theirs = fetching(2, { reader: occupational })
  await theirs.done
  expect(theirs.asked).toEqual([])
})

it('fetches each document of the list when somebody asked for all of them, more than a hundred too', async () => {
  const { kept, asked, done } = fetching(120, {}, undefined, everyDocument)
  for (let answered = 0; answered < 121; answered += 1) {
    while (asked.length <= answered) await turn()
    asked[answered]!.answer(answered === 60 ? failure('document-hash-mismatch') : success(Buffer.from('one')))
  }
  expect(await done).toEqual(success(undefined))
  expect(kept.fetched().size).toBe(120)
  expect(kept.fetched().has('1.99')).toBe(true)
})

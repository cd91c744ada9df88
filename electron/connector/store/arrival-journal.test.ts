import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openArrivalJournal } from './arrival-journal.ts'
import { temporaryFolder, testKey } from './test-folder.ts'

const journalIn = (directory: string) => openArrivalJournal(path.join(directory, 'arrivals'), testKey)
const filesIn = (directory: string) => fs.readdirSync(path.join(directory, 'arrivals')).sort()

describe('the journal of arrivals', () => {
  it('gives back what was appended, in order, over restarts, and shows nothing of it on the disk', async () => {
    const directory = temporaryFolder()
    const journal = journalIn(directory)
    expect(journal.isEmpty()).toBe(true)
    await journal.append({ name: 'PLANTED', number: 0 })
    await Promise.all(Array.from({ length: 50 }, (_, index) => journal.append({ number: index + 1 })))
    await journal.close()
    const again = journalIn(directory)
    await again.append({ number: 51 })
    expect([...again.readSince()].map((record) => (record as { number: number }).number)).toEqual(Array.from({ length: 52 }, (_, index) => index))
    expect(again.isEmpty()).toBe(false)
    await again.close()
    for (const file of filesIn(directory)) expect(fs.readFileSync(path.join(directory, 'arrivals', file)).includes('PLANTED')).toBe(false)
  })

  it('passes over a record cut anywhere, and over damage in the middle', async () => {
    const directory = temporaryFolder()
    const journal = journalIn(directory)
    for (const number of [1, 2, 3]) await journal.append({ number, text: 'x'.repeat(40) })
    await journal.close()
    const file = path.join(directory, 'arrivals', filesIn(directory)[0]!)
    const whole = fs.readFileSync(file)
    const third = whole.lastIndexOf('RJ1\n')
    const read = (bytes: Buffer) => {
      fs.writeFileSync(file, bytes)
      const unreadable: string[] = []
      const numbers = [...journalIn(directory).readSince((what) => unreadable.push(what))].map((record) => (record as { number: number }).number)
      return { numbers, unreadable }
    }
    for (let length = third + 1; length < whole.length; length++) expect(read(whole.subarray(0, length))).toEqual({ numbers: [1, 2], unreadable: ['unfinished'] })
    const second = whole.indexOf('RJ1\n', 1)
    for (let at = second; at < third; at++) {
      const bytes = Buffer.from(whole)
      bytes[at]! ^= 0xff
      expect(read(bytes)).toEqual({ numbers: [1, 3], unreadable: ['damaged'] })
    }
    expect(read(whole)).toEqual({ numbers: [1, 2, 3], unreadable: [] })
    const last = Buffer.from(whole)
    last[last.length - 1]! ^= 0xff
    expect(read(last)).toEqual({ numbers: [1, 2], unreadable: ['damaged'] })
    // A file that was made longer before it was written.
    expect(read(Buffer.concat([whole, Buffer.alloc(500)]))).toEqual({ numbers: [1, 2, 3], unreadable: ['unfinished'] })
  })

  it('keeps what came since before the older of the last two copies, no more', async () => {
    const directory = temporaryFolder()
    let journal = journalIn(directory)
    const numbers = () => [...journal.readSince()] as number[]
    await journal.append(1)
    await journal.rotate()
    await journal.append(2)
    await journal.rotate()
    await journal.append(3)
    expect(numbers()).toEqual([1, 2, 3])
    await journal.close()
    journal = journalIn(directory)
    await journal.append(4)
    await journal.rotate()
    expect(numbers()).toEqual([2, 3, 4])
    await journal.append(5)
    await journal.rotate()
    expect(numbers()).toEqual([3, 4, 5])
    await journal.close()
  })

  it('a failed write is refused to those who waited for it, and the next one passes', async () => {
    const directory = temporaryFolder()
    fs.writeFileSync(path.join(directory, 'arrivals'), 'a file where the folder should be')
    const journal = openArrivalJournal(path.join(directory, 'arrivals', 'inside'), testKey)
    await expect(journal.append(1)).rejects.toThrow(/ENOTDIR|EEXIST/)
    fs.rmSync(path.join(directory, 'arrivals'))
    await journal.append(2)
    expect([...journal.readSince()]).toEqual([2])
    await journal.close()
  })
})

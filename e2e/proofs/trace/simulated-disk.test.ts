import { describe, expect, it } from 'vitest'
import { openRandom } from '../random.ts'
import { momentsOf } from './moments.ts'
import { SimulatedDisk, type PowerCut } from './simulated-disk.ts'
import { readCalls } from './strace-calls.ts'

/** The files a power cut may leave, over many draws, as one text each. */
function outcomes(lines: readonly string[], keeps: PowerCut['keeps'] = 0.5): string[] {
  const found = new Set<string>()
  for (let seed = 0; seed < 300; seed += 1) {
    const disk = diskAfter(lines)
    const files = disk.image({ sector: 512, keeps, random: openRandom(seed) })
    found.add(files.map((file) => `${file.path}=${file.bytes.toString('latin1')}`).sort().join(' '))
  }
  return [...found].sort()
}

function diskAfter(lines: readonly string[]): SimulatedDisk {
  const disk = new SimulatedDisk('/d')
  for (const { call, phase } of momentsOf(readCalls(lines.map((line) => (/^\d/.test(line) ? line : `1 1.0 ${line}`))))) disk[phase](call)
  return disk
}

const make = (name: string, descriptor: number) => `openat(AT_FDCWD</>, "/d/${name}", O_WRONLY|O_CREAT, 0600) = ${descriptor}</d/${name}>`
const durable = ['mkdir("/d/f", 0700) = 0', 'fsync(9</d>) = 0']

describe('the simulated disk', () => {
  it('promises a file only once its bytes and its name are synced', () => {
    const written = [make('a', 3), 'write(3</d/a>, "x", 1) = 1']
    expect(outcomes(written, 'nothing')).toEqual([''])
    expect(outcomes([...written, 'fsync(3</d/a>) = 0'], 'nothing')).toEqual([''])
    expect(outcomes([...written, 'fsync(9</d>) = 0'], 'nothing')).toEqual(['a='])
    expect(outcomes([...written, 'fsync(3</d/a>) = 0', 'fsync(9</d>) = 0'], 'nothing')).toEqual(['a=x'])
    expect(outcomes(written, 'everything')).toEqual(['a=x'])
  })

  it('does not count a write that was under way when the sync began', () => {
    const racing = [make('a', 3), 'fsync(9</d>) = 0', '1 1.0 fsync(3</d/a> <unfinished ...>', '2 1.0 write(3</d/a>, "x", 1) = 1', '1 1.0 <... fsync resumed>) = 0']
    expect(outcomes(racing, 'nothing')).toEqual(['a='])
  })

  it('leaves the old name, the new one, both or none of an unsynced rename; a synced folder holds its side', () => {
    const renamed = [...durable, make('a', 3), 'write(3</d/a>, "x", 1) = 1', 'fsync(3</d/a>) = 0', 'fsync(9</d>) = 0', 'rename("/d/a", "/d/f/b") = 0']
    expect(outcomes(renamed)).toEqual(['', 'a=x', 'a=x f/b=x', 'f/b=x'])
    expect(outcomes([...renamed, 'fsync(9</d/f>) = 0'])).toEqual(['a=x f/b=x', 'f/b=x'])
    expect(outcomes([...renamed, 'fsync(9</d/f>) = 0', 'fsync(9</d>) = 0'])).toEqual(['f/b=x'])
  })

  it('lets a removed file come back until its folder is synced', () => {
    const removed = [make('a', 3), 'write(3</d/a>, "x", 1) = 1', 'fsync(3</d/a>) = 0', 'fsync(9</d>) = 0', 'unlink("/d/a") = 0']
    expect(outcomes(removed)).toEqual(['', 'a=x'])
    expect(outcomes([...removed, 'fsync(9</d>) = 0'])).toEqual([''])
  })

  it('loses a folder with all that is in it when its own name was never synced', () => {
    const inside = ['mkdir("/d/f", 0700) = 0', make('f/a', 3), 'write(3</d/f/a>, "x", 1) = 1', 'fsync(3</d/f/a>) = 0', 'fsync(9</d/f>) = 0']
    expect(outcomes(inside)).toEqual(['', 'f/a=x'])
    expect(outcomes([...inside, 'fsync(9</d>) = 0'])).toEqual(['f/a=x'])
  })

  it('cuts a file short before its length was synced', () => {
    const cut = [make('a', 3), 'write(3</d/a>, "abcd", 4) = 4', 'fsync(3</d/a>) = 0', 'fsync(9</d>) = 0', 'ftruncate(3</d/a>, 1) = 0']
    expect(outcomes(cut, 'everything')).toEqual(['a=a'])
    expect(outcomes(cut, 'nothing')).toEqual(['a=abcd'])
    expect(outcomes([...cut, 'fdatasync(3</d/a>) = 0'], 'nothing')).toEqual(['a=a'])
  })

  it('tears a write between sectors, never inside one, and keeps an older sector beside a newer one', () => {
    const sectors = (letter: string) => `"${letter.repeat(1024)}", 1024`
    const torn = [make('a', 3), `pwrite64(3</d/a>, ${sectors('o')}, 0) = 1024`, 'fsync(3</d/a>) = 0', 'fsync(9</d>) = 0', `pwrite64(3</d/a>, ${sectors('n')}, 0) = 1024`]
    const whole = outcomes(torn)
      .map((outcome) => outcome.slice(2))
      .filter((bytes) => /^[on]*$/.test(bytes))
    expect(whole.map((bytes) => [bytes[0], bytes[511], bytes[512], bytes[1023]].join('')).sort()).toEqual(['nnnn', 'nnoo', 'oonn', 'oooo'])
  })

  it('follows the position of a file that is appended to or written on', () => {
    const appended = ['openat(AT_FDCWD</>, "/d/a", O_WRONLY|O_CREAT|O_APPEND, 0600) = 3</d/a>', 'write(3</d/a>, "ab", 2) = 2', 'write(3</d/a>, "c", 1) = 1', make('b', 4), 'write(4</d/b>, "de", 2) = 2', 'write(4</d/b>, "f", 1) = 1']
    expect(outcomes(appended, 'everything')).toEqual(['a=abc b=def'])
  })

  it('refuses what it does not model rather than pass over it', () => {
    expect(() => diskAfter([make('a', 3), 'write(3</d/a>, "abc"..., 4096) = 4096'])).toThrow(/not modelled/)
    expect(() => diskAfter([make('a', 3), 'fallocate(3</d/a>, 0, 0, 4096) = 0'])).toThrow(/not modelled/)
    expect(() => diskAfter(['write(3</d/a>, "x", 1) = 1', 'rename("/d/x", "/d/y") = 0'])).toThrow(/never seen/)
  })
})

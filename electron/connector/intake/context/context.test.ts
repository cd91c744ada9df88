import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseProfile } from '../folder/profile.ts'
import { followContext } from './follow-context.ts'
import { readContext } from './read-context.ts'

const parsed = parseProfile(fs.readFileSync(path.resolve(import.meta.dirname, '../../../../resources/profiles/default.json'), 'utf8'))
if (!parsed.ok) throw new Error(parsed.failure.detail)
const profile = parsed.value
const oid = '1.2.250.1.213.1.4.10'
const one = { ins: '279035121518989', insOid: oid }
const read = (text: string) => readContext(Buffer.from(text), profile)

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

describe('what a context file says', () => {
  it.each([
    ['a link', `relais://patient?ins=279035121518989&insOid=${oid}\r\n`],
    ['JSON', JSON.stringify({ patient: { ins: one.ins, insOid: oid, nom: 'MOREL' } })],
    ['XML', `<?xml version="1.0"?><contexte><patient><ins oid="${oid}">279035121518989</ins></patient></contexte>`.replaceAll('contexte', 'export')],
    ['INI', `; écrit par le logiciel\r\n[Patient]\r\nINS=279035121518989\r\nOID_INS="${oid}"\r\nNom=MOREL\r\n`],
    ['bare lines', `ins=279035121518989\ninsOid=${oid}`],
  ])('is read from %s', (_, text) => expect(read(text)).toEqual({ ok: true, value: one }))

  it('says nothing when empty', () => expect(read(' \r\n')).toEqual({ ok: true, value: null }))

  it.each([
    ['half a JSON', '{"ins":"2790351215', 'sidecar-invalid'],
    ['half an XML', '<patient><ins>279035', 'sidecar-invalid'],
    ['a document type', '<!DOCTYPE a><patient><ins>279035121518989</ins></patient>', 'sidecar-invalid'],
    ['another link', 'relais://patient?x=1', 'sidecar-invalid'],
    ['prose', 'Marie Dupont', 'sidecar-invalid'],
    ['two patients under two names', '{"ins":"279035121518989","matriculeIns":"188102B17295165"}', 'sidecar-two-patients'],
    ['two patients in two sections', '[patient]\nins=279035121518989\n[usager]\nnumeroIns=188102B17295165', 'sidecar-two-patients'],
    ['two patients', '[{"ins":"279035121518989"},{"ins":"188102B17295165"}]', 'sidecar-two-patients'],
    ['nobody by INS', '[Patient]\nNom=MOREL', 'ins-missing'],
  ])('refuses %s', (_, text, code) => expect(read(text)).toMatchObject({ ok: false, failure: { code } }))

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('', '{', '[', '<a>', 'ins=', 'relais:'), (bytes, begin) => {
        readContext(Buffer.concat([Buffer.from(begin), bytes]), profile)
      }),
    )
  })
})

async function follow() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-context-'))
  ends.push(() => fs.rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'patient.ini')
  const heard: unknown[] = []
  const problems: (string | null)[] = []
  const write = (ins: string, at: number) => {
    fs.writeFileSync(file, `ins=${ins}`)
    fs.utimesSync(file, at, at)
  }
  const start = async () => {
    const followed = await followContext({
      file,
      profile,
      lookMs: 5,
      onPatient: async (named) => void heard.push(named.ok ? named.value.ins : named.failure.code),
      onProblem: (code) => {
        problems.push(code)
        world.onLook()
      },
      onBug: (error) => heard.push(error),
    })
    ends.push(() => followed.close())
  }
  const world = { folder, file, heard, problems, write, start, onLook: () => {}, hears: (what: unknown[]) => vi.waitFor(() => expect(heard).toEqual(what)) }
  return world
}

describe('a context file that is followed', () => {
  it('opens nobody for what stood there before, then each patient written, also one written again alike', async () => {
    const { write, start, heard, hears, problems } = await follow()
    write('279035121518989', 1000)
    await start()
    const looks = problems.length
    await vi.waitFor(() => expect(problems.length).toBeGreaterThan(looks + 10))
    expect(heard).toEqual([])
    write('188102B17295165', 2000)
    await hears(['188102B17295165'])
    write('188102B17295165', 3000)
    await hears(['188102B17295165', '188102B17295165'])
  })

  it('sees another patient of the same length written at the same time', async () => {
    const { write, start, hears } = await follow()
    await start()
    write('279035121518989', 1000)
    await hears(['279035121518989'])
    write('188102B17295165', 1000)
    await hears(['279035121518989', '188102B17295165'])
  })

  it('waits for the rest of a half-written file, and tells one that never gets better', async () => {
    const world = await follow()
    const { file, start, hears } = world
    await start()
    fs.writeFileSync(file, '{"ins":"2790351')
    let looks = 0
    // The rest comes in the fourth look at the first half.
    world.onLook = () => {
      looks += 1
      if (looks === 4) fs.writeFileSync(file, '{"ins":"279035121518989"}')
    }
    await hears(['279035121518989'])
    expect(looks).toBeGreaterThan(4)
    fs.writeFileSync(file, '{"ins":"1881')
    await hears(['279035121518989', 'sidecar-invalid'])
  })

  it('says nothing of a file that is removed or emptied, and follows the next', async () => {
    const { file, write, start, heard, hears, problems } = await follow()
    await start()
    write('279035121518989', 1000)
    await hears(['279035121518989'])
    for (const change of [() => fs.rmSync(file), () => fs.writeFileSync(file, '')]) {
      change()
      const looks = problems.length
      await vi.waitFor(() => expect(problems.length).toBeGreaterThan(looks + 10))
      expect(heard).toHaveLength(1)
    }
    write('188102B17295165', 2000)
    await hears(['279035121518989', '188102B17295165'])
  })

  it('never reads a folder, a link or a large file, and says so', async () => {
    const { folder, file, write, start, heard, problems } = await follow()
    await start()
    fs.mkdirSync(file)
    await vi.waitFor(() => expect(problems.at(-1)).toBe('not-a-file'))
    fs.rmdirSync(file)
    const other = path.join(folder, 'other')
    fs.writeFileSync(other, 'ins=279035121518989')
    fs.symlinkSync(other, file)
    await vi.waitFor(() => expect(problems.at(-1)).toBe('not-a-file'))
    fs.rmSync(file)
    fs.writeFileSync(file, 'ins=279035121518989'.padEnd(70_000))
    await vi.waitFor(() => expect(problems.at(-1)).toBe('file-too-large'))
    expect(heard).toEqual([])
    write('188102B17295165', 2000)
    await vi.waitFor(() => expect(heard).toEqual(['188102B17295165']))
    expect(problems.at(-1)).toBeNull()
  })
})

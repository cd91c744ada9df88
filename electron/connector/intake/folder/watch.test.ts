import { appendFile, chmod, chown, copyFile, link, mkdir, mkdtemp, open, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import iconv from 'iconv-lite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { adt, flag, mshOf, oru, syntheticCda, visible } from '../hl7/synthetic-messages.ts'
import { testLedger } from '../test-ledger.ts'
import { sourceProfile } from './profile.ts'
import { loadProfiles } from './load-profiles.ts'
import { defaultPace, type FolderState } from './pace.ts'
import { watchFolder, type WatchOptions } from './watch.ts'

const silent = { info: () => undefined, warn: () => undefined }
const shipped = (await loadProfiles([path.resolve(import.meta.dirname, '../../../../resources/profiles')])).profiles.get('default')!
const pdf = (text = 'one') => `%PDF-1.4\n% ${text}\n%%EOF\n`

let directory: string
const open_: { close(): Promise<void> }[] = []
const ledgers: { remove(): void }[] = []
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'relais-folder-'))
})
afterEach(async () => {
  for (const watch of open_.splice(0)) await watch.close()
  for (const ledger of ledgers.splice(0)) ledger.remove()
  await rm(directory, { recursive: true, force: true })
})
const at = (...names: string[]) => path.join(directory, ...names)

async function emptyLedger() {
  const ledger = await testLedger()
  ledgers.push(ledger)
  return ledger
}

/** A watch on a clock of ours: time passes only by `later`, each step being one listing. */
async function start(changes: Partial<WatchOptions> = {}, given?: Awaited<ReturnType<typeof emptyLedger>>) {
  const ledger = given ?? (await emptyLedger())
  let clock = 1_000_000
  const states: FolderState[] = []
  const applied: string[] = []
  const watch = await watchFolder({
    directory,
    profile: shipped,
    ledger,
    applyIdentity: (identity) => {
      applied.push(identity.identity.birthName ?? '')
      return null
    },
    now: () => clock,
    log: silent,
    onState: (state) => states.push(state),
    ...changes,
  })
  open_.push(watch)
  const later = async (ms: number, step = 1000) => {
    for (let passed = 0; passed < ms; passed += step) {
      clock += step
      await watch.rescan()
    }
  }
  const summary = () => ledger.arrivals.map(({ fileName, hints }) => `${fileName}: ${hints.refusal ? `${hints.refusal.outcome} ${hints.refusal.code}` : (hints.identity?.ins ?? hints.identity?.birthName ?? 'taken')}`).sort()
  return { watch, ledger, states, applied, later, summary, tick: (ms: number) => (clock += ms) }
}
const content = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()

describe('when a file is taken', () => {
  it('takes a clinical document as it is, after two looks, with its path', async () => {
    const { ledger, later } = await start()
    await writeFile(at('a.xml'), syntheticCda)
    await later(1000)
    expect(ledger.arrivals).toHaveLength(0)
    await later(1000)
    expect(content(ledger.arrivals[0]?.bytes)).toBe(syntheticCda)
    expect(ledger.arrivals[0]).toMatchObject({ source: { kind: 'folder', name: path.basename(directory), reference: 'a.xml' }, hints: { fileName: 'a.xml' }, file: { path: at('a.xml'), size: Buffer.byteLength(syntheticCda) } })
    await later(60_000, 10_000)
    expect(ledger.arrivals).toHaveLength(1)
  })

  it('waits for a slow writer, whatever its pace', async () => {
    const { ledger, later, summary } = await start()
    for (const part of syntheticCda.match(/[\s\S]{1,30}/g)!) {
      await appendFile(at('slow.xml'), part)
      await later(1000)
    }
    expect(ledger.arrivals).toHaveLength(0)
    await later(2000)
    expect(summary()).toEqual(['slow.xml: taken'])
    expect(content(ledger.arrivals[0]?.bytes)).toBe(syntheticCda)
  })

  it('does not believe a stalled half, and takes the whole when it comes', async () => {
    const { ledger, later, summary } = await start()
    await writeFile(at('stall.pdf'), pdf().slice(0, 12))
    await later(30_000)
    expect(ledger.arrivals).toHaveLength(0)
    await writeFile(at('stall.pdf'), pdf())
    await later(62_000)
    expect(summary()).toEqual(['stall.pdf: taken'])
    expect(content(ledger.arrivals[0]?.bytes)).toBe(pdf())
  })

  it('takes a half that stays a half once patience is over, for the documents room to say so', async () => {
    const { ledger, later } = await start()
    await writeFile(at('half.pdf'), pdf().slice(0, 12))
    await writeFile(at('half.xml'), syntheticCda.slice(0, 120))
    await later(125_000, 5000)
    expect(ledger.arrivals.map(({ fileName, bytes }) => `${fileName} ${bytes.length}`).sort()).toEqual(['half.pdf 12', 'half.xml 120'])
  })

  it('does not believe zeros reserved in advance', async () => {
    const { ledger, later } = await start()
    const file = await open(at('reserved.pdf'), 'w')
    await file.truncate(4096)
    await later(20_000, 2000)
    expect(ledger.arrivals).toHaveLength(0)
    const whole = pdf('x'.repeat(4096 - pdf('').length))
    await file.write(whole, 0)
    await file.close()
    await later(64_000, 2000)
    expect(content(ledger.arrivals[0]?.bytes)).toBe(whole)
  })

  it('passes over temporary names and takes the file once renamed', async () => {
    const { ledger, later, states, summary } = await start()
    await Promise.all(['~x.tmp', 'b.part', 'c.pdf.crdownload', '.~lock.d.odt#', 'Thumbs.db', 'desktop.ini', '.hidden'].map((name) => writeFile(at(name), 'x')))
    await writeFile(at('real.xml.tmp'), syntheticCda)
    await later(3000)
    expect(ledger.arrivals).toHaveLength(0)
    expect(states.at(-1)).toMatchObject({ state: 'watching', pending: 0, skipped: 8 })
    await rename(at('real.xml.tmp'), at('real.xml'))
    await later(3000)
    expect(summary()).toEqual(['real.xml: taken'])
  })

  it('takes new content written over a file, same size and all', async () => {
    const { ledger, later } = await start()
    await writeFile(at('same.xml'), syntheticCda)
    await later(3000)
    const second = syntheticCda.replace('1.2.3.4.5', '1.2.3.4.6')
    await writeFile(at('same.xml'), second)
    await utimes(at('same.xml'), new Date(), new Date(Date.now() + 5000))
    await later(3000)
    expect(ledger.arrivals.map(({ bytes }) => content(bytes))).toEqual([syntheticCda, second])
  })

  it('looks into subfolders', async () => {
    const { later, summary } = await start()
    await mkdir(at('2026', '01'), { recursive: true })
    await writeFile(at('2026', '01', 'deep.xml'), syntheticCda)
    await later(3000)
    expect(summary()).toEqual(['deep.xml: taken'])
  })

  it('takes five hundred files, each once', async () => {
    const { ledger, later, states } = await start()
    await Promise.all(Array.from({ length: 500 }, (_, index) => writeFile(at(`f${index}.xml`), syntheticCda.replace('1.2.3.4.5', `1.2.3.4.${index + 100}`))))
    await later(4000)
    expect(new Set(ledger.arrivals.map(({ fileName }) => fileName)).size).toBe(500)
    expect(ledger.arrivals).toHaveLength(500)
    expect(states.at(-1)).toMatchObject({ pending: 0 })
  })

  it('does not take again what an earlier run took', async () => {
    const ledger = await emptyLedger()
    const first = await start({}, ledger)
    await writeFile(at('a.xml'), syntheticCda)
    await writeFile(at('b.pdf'), pdf())
    await writeFile(at('b.json'), JSON.stringify({ nomNaissance: 'GARNIER' }))
    await first.later(3000)
    expect(ledger.arrivals).toHaveLength(2)
    await first.watch.close()
    const second = await start({}, ledger)
    await second.later(90_000, 5000)
    expect(ledger.arrivals).toHaveLength(2)
  })

  it('takes a document again with the sidecar that came while nobody watched', async () => {
    const ledger = await emptyLedger()
    const first = await start({}, ledger)
    await writeFile(at('b.pdf'), pdf())
    await first.later(80_000, 5000)
    await first.watch.close()
    await writeFile(at('b.json'), JSON.stringify({ nomNaissance: 'GARNIER' }))
    const second = await start({}, ledger)
    await second.later(90_000, 5000)
    expect(second.summary()).toEqual(['b.pdf: GARNIER', 'b.pdf: taken'])
  })

  it('keeps a file for the next time when the storage fails', async () => {
    const { ledger, later, summary, states } = await start()
    ledger.before = () => {
      throw new Error('disk full')
    }
    await writeFile(at('a.xml'), syntheticCda)
    await later(5000)
    expect(states.at(-1)).toMatchObject({ pending: 1, lastTakenAt: null })
    ledger.before = () => undefined
    await later(40_000, 5000)
    expect(summary()).toEqual(['a.xml: taken'])
  })

  it('is told by an event long before its own next listing', async () => {
    const ledger = await emptyLedger()
    await start({ now: Date.now, pace: { rescanMs: 3_600_000, recheckMs: 3_600_000, stabilityMs: 20 } }, ledger)
    await writeFile(at('event.xml'), syntheticCda)
    await vi.waitFor(() => expect(ledger.arrivals).toHaveLength(1), { timeout: 60_000 })
  })

  it('works without any event', async () => {
    const ledger = await emptyLedger()
    await start({ now: Date.now, pace: { rescanMs: 20, stabilityMs: 20, hintFiles: -1 } }, ledger)
    await writeFile(at('alone.xml'), syntheticCda)
    await vi.waitFor(() => expect(ledger.arrivals).toHaveLength(1), { timeout: 60_000 })
  })
})

describe('what cannot be taken', () => {
  it('says so of an empty file, after patience', async () => {
    const { later, summary, ledger } = await start()
    await writeFile(at('empty.pdf'), '')
    await later(50_000, 5000)
    expect(ledger.arrivals).toHaveLength(0)
    await later(15_000, 5000)
    expect(summary()).toEqual(['empty.pdf: parked file-empty'])
  })

  it('never follows a link', async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), 'relais-outside-'))
    await writeFile(path.join(outside, 'secret.xml'), syntheticCda)
    await symlink(path.join(outside, 'secret.xml'), at('link.xml'))
    await symlink(outside, at('linked-folder'))
    const { later, summary, ledger } = await start()
    await later(10_000)
    expect(summary()).toEqual(['link.xml: ignored file-link-refused', 'linked-folder: ignored file-link-refused'])
    expect(ledger.arrivals.every(({ bytes }) => !content(bytes).includes('ClinicalDocument'))).toBe(true)
    await rm(outside, { recursive: true })
  })

  it('parks a file that has a second name elsewhere, and takes it once that name is gone', async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), 'relais-outside-'))
    await writeFile(path.join(outside, 'a.xml'), syntheticCda)
    await link(path.join(outside, 'a.xml'), at('a.xml'))
    const { later, summary } = await start()
    await later(65_000, 5000)
    expect(summary()).toEqual(['a.xml: parked file-link-refused'])
    await rm(outside, { recursive: true })
    await later(5000)
    expect(summary()).toEqual(['a.xml: parked file-link-refused', 'a.xml: taken'])
  })

  it('reads only the head of a file over the cap, however large', async () => {
    await writeFile(at('huge.pdf'), pdf())
    await truncate(at('huge.pdf'), 5 * 1024 ** 3)
    const { later, ledger, summary } = await start()
    await later(2000)
    expect(summary()).toEqual(['huge.pdf: parked file-too-large'])
    expect(ledger.arrivals[0]!.bytes.length).toBe(65_536)
  })

  it('parks forbidden names', async () => {
    await writeFile(at('CON.pdf'), pdf())
    await writeFile(at('a.pdf:stream'), pdf())
    await writeFile(at('a.pdf.'), pdf())
    const { later, summary } = await start()
    await later(2000)
    expect(summary()).toEqual(['CON.pdf: parked file-name-forbidden', 'a.pdf.: parked file-name-forbidden', 'a.pdf:stream: parked file-name-forbidden'])
  })

  it('reports a file that never stops growing, once, and takes it when it stops', async () => {
    const { later, summary } = await start()
    for (let minute = 0; minute < 20; minute += 1) {
      await appendFile(at('log.xml'), '<a/>')
      await later(60_000, 60_000)
    }
    expect(summary()).toEqual(['log.xml: parked file-still-growing'])
    await writeFile(at('log.xml'), syntheticCda)
    await later(3000)
    expect(summary()).toEqual(['log.xml: parked file-still-growing', 'log.xml: taken'])
  })

  it('notes a file removed between the moment it was ready and the moment it would be read, of which nothing was kept', async () => {
    const { later, summary } = await start({ pace: { keptBytes: 0 } })
    await writeFile(at('gone.pdf'), pdf())
    await later(3000)
    await rm(at('gone.pdf'))
    await later(1000)
    expect(summary()).toEqual(['gone.pdf: ignored file-vanished'])
  })

  it.runIf(process.getuid?.() === 0 && process.seteuid !== undefined)('tries a file it may not read again and again, reports it, and takes it when it may', async () => {
    await chown(directory, 65_534, 65_534)
    await writeFile(at('closed.xml'), syntheticCda)
    await chmod(at('closed.xml'), 0o000)
    const ledger = await emptyLedger()
    const asRoot = Object.assign(Object.create(ledger) as typeof ledger, {
      async receive(...arrived: Parameters<typeof ledger.receive>) {
        const before = process.geteuid!()
        process.seteuid!(0)
        try {
          return await ledger.receive(...arrived)
        } finally {
          process.seteuid!(before)
        }
      },
    })
    const { later, summary } = await start({}, asRoot)
    process.seteuid!(65_534)
    try {
      await later(60_000, 5000)
      expect(summary()).toEqual([])
      await later(300_000, 20_000)
      expect(summary()).toEqual(['closed.xml: parked file-unreadable'])
    } finally {
      process.seteuid!(0)
    }
    await chmod(at('closed.xml'), 0o644)
    await later(60_000, 20_000)
    expect(summary()).toEqual(['closed.xml: parked file-unreadable', 'closed.xml: taken'])
  })

  it('takes whole what the ledger could not look up for a moment, and refuses with its bytes what makes the program fail twice', async () => {
    const ledger = await emptyLedger()
    let refusals = 3
    const moody = Object.assign(Object.create(ledger) as typeof ledger, {
      async heldOther(file: string, sha256: string) {
        if (file.endsWith('b.xml')) throw new TypeError('a bug')
        if (refusals-- > 0) throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' })
        return ledger.heldOther(file, sha256)
      },
    })
    const { later, summary } = await start({}, moody)
    await writeFile(at('a.xml'), syntheticCda)
    await writeFile(at('b.xml'), syntheticCda)
    await later(60_000)
    expect(summary()).toEqual(['a.xml: taken', 'b.xml: parked crashed-twice'])
    expect(ledger.arrivals.map(({ bytes }) => content(bytes))).toEqual([syntheticCda, syntheticCda])
  })

  it('says that the folder is out of reach, and recovers by itself', async () => {
    const { later, states, summary } = await start()
    await writeFile(at('before.xml'), syntheticCda)
    await later(3000)
    await rm(directory, { recursive: true })
    await later(2000)
    expect(states.at(-1)).toMatchObject({ state: 'unreachable', problem: 'ENOENT' })
    await mkdir(directory)
    await writeFile(at('after.xml'), syntheticCda.replace('1.2.3.4.5', '1.2.3.4.6'))
    await later(3000)
    expect(states.at(-1)).toMatchObject({ state: 'watching', pending: 0 })
    expect(summary()).toEqual(['after.xml: taken', 'before.xml: taken'])
  })

  it('starts on a folder that does not exist yet', async () => {
    const { states, later, summary } = await start({ directory: at('not-yet') })
    expect(states.at(-1)).toMatchObject({ state: 'unreachable' })
    await mkdir(at('not-yet'))
    await writeFile(at('not-yet', 'a.xml'), syntheticCda)
    await later(3000)
    expect(summary()).toEqual(['a.xml: taken'])
  })
})

describe('sidecars', () => {
  const sidecar = { matriculeIns: '290017512345678', nomNaissance: 'GARNIER', prenom: 'Amélie', dateNaissance: '15/01/1990', sexe: 'F', lieuNaissance: '69381', type: 'Ordonnance', titre: 'Ordonnance du jour', rpps: '10101234567' }

  it.each([
    ['PDF first', ['a.pdf', 'A.JSON']],
    ['sidecar first', ['A.JSON', 'a.pdf']],
  ])('pairs by name, %s', async (_name, order) => {
    const { ledger, later } = await start()
    for (const name of order) {
      await writeFile(at(name), name === 'a.pdf' ? pdf() : JSON.stringify(sidecar))
      await later(10_000, 5000)
    }
    await later(10_000, 5000)
    expect(ledger.arrivals).toHaveLength(1)
    expect(content(ledger.arrivals[0]!.bytes)).toBe(pdf())
    expect(ledger.arrivals[0]!.hints).toEqual({
      fileName: 'a.pdf',
      identity: { ins: '290017512345678', birthName: 'GARNIER', givenName: 'Amélie', birthDate: '1990-01-15', sex: 'F', birthPlace: '69381', origin: 'sidecar' },
      typeCode: '57833-6',
      title: 'Ordonnance du jour',
      authorId: '10101234567',
    })
    expect(ledger.arrivals[0]!.alongside?.map((file) => path.basename(file.path))).toEqual(['A.JSON'])
  })

  it('pairs an index, in windows-1252, with each of its files, those that come later too', async () => {
    const { ledger, later, summary } = await start()
    const csv = 'Fichier;INS;Nom de naissance;Prénom;Date de naissance;Type\r\nun.pdf;290017512345678;GARNIER;Amélie;15/01/1990;CR consultation\r\n"sous\\deux.pdf";190017512345612;"HÉRAULT; FILS";Zoé;01/02/1980;Courrier\r\n'
    await writeFile(at('index.csv'), iconv.encode(csv, 'win1252'))
    await writeFile(at('un.pdf'), pdf('un'))
    await later(3000)
    await mkdir(at('sous'))
    await writeFile(at('sous', 'deux.pdf'), pdf('deux'))
    await later(3000)
    expect(summary()).toEqual(['deux.pdf: 190017512345612', 'un.pdf: 290017512345678'])
    expect(ledger.arrivals.map(({ hints }) => [hints.identity?.birthName, hints.typeCode])).toEqual([
      ['GARNIER', '11488-4'],
      ['HÉRAULT; FILS', '96349-6'],
    ])
    await later(70_000, 5000)
    expect(ledger.arrivals).toHaveLength(2)
  })

  it.each([
    ['index.csv', 'fichier;ins\nun.pdf;1\ndeux.pdf;2\n'],
    ['lot.json', JSON.stringify({ documents: [{ fichier: 'un.pdf', ins: '1' }, { fichier: 'deux.pdf', ins: '2' }] })],
  ])('pairs an index of an earlier run with a file that comes now: %s', async (name, index) => {
    const ledger = await emptyLedger()
    const first = await start({}, ledger)
    await writeFile(at(name), index)
    await writeFile(at('un.pdf'), pdf('un'))
    await first.later(3000)
    await first.watch.close()
    const second = await start({}, ledger)
    await second.later(3000)
    await writeFile(at('deux.pdf'), pdf('deux'))
    await second.later(3000)
    expect(second.summary()).toEqual(['deux.pdf: 2', 'un.pdf: 1'])
  })

  it('parks a file named for two patients', async () => {
    const { later, summary } = await start()
    await writeFile(at('index.csv'), 'fichier;ins\nx.pdf;290017512345678\nx.pdf;190017512345612\n')
    await writeFile(at('x.pdf'), pdf())
    await later(5000)
    expect(summary()).toEqual(['x.pdf: parked sidecar-two-patients'])
  })

  it('vouches for no content with the sidecar of the one its name held before', async () => {
    const { later, ledger } = await start()
    await writeFile(at('reuse.json'), JSON.stringify(sidecar))
    await writeFile(at('reuse.pdf'), pdf('first patient'))
    await later(5000)
    await writeFile(at('reuse.pdf'), pdf('second patient, longer'))
    await later(10_000)
    expect(ledger.arrivals).toHaveLength(1)
    await writeFile(at('reuse.json'), JSON.stringify({ ...sidecar, matriculeIns: '190017512345612', nomNaissance: 'AUTRE' }))
    await later(5000)
    expect(ledger.arrivals.map(({ hints }) => [hints.identity?.ins, hints.identity?.unconfirmed])).toEqual([['290017512345678', undefined], ['190017512345612', true]])
  })

  it('says of a new content, when no new sidecar comes, what stands beside it, unconfirmed', async () => {
    const { later, ledger } = await start()
    await writeFile(at('reuse.json'), JSON.stringify(sidecar))
    await writeFile(at('reuse.pdf'), pdf('first patient'))
    await later(5000)
    await writeFile(at('reuse.pdf'), pdf('second patient, longer'))
    await later(60_000, 2000)
    expect(ledger.arrivals.map(({ hints }) => [hints.identity?.ins, hints.identity?.unconfirmed])).toEqual([['290017512345678', undefined], ['290017512345678', true]])
  })

  it('sets aside a file that would make the program fail, and the others go on', async () => {
    const { later, summary, states } = await start()
    await writeFile(at('deep.json'), `{"documents":${'['.repeat(20_000)}${']'.repeat(20_000)}}`)
    await writeFile(at('z.xml'), syntheticCda)
    await later(60_000, 2000)
    expect(summary()).toEqual(['deep.json: parked sidecar-invalid', 'z.xml: taken'])
    expect(states.every(({ state }) => state === 'watching')).toBe(true)
  })

  it('reports a name whose bytes are no text', async () => {
    const { later, ledger } = await start()
    await writeFile(Buffer.concat([Buffer.from(at('ordonnance-')), Buffer.of(0xe9), Buffer.from('.xml')]), syntheticCda)
    await later(10_000)
    expect(ledger.arrivals.map(({ hints }) => hints.refusal?.code)).toEqual(['file-name-forbidden'])
  })

  it('reports a sidecar whose document never comes, and still pairs it when it does', async () => {
    const { later, summary, ledger } = await start()
    await writeFile(at('late.json'), JSON.stringify(sidecar))
    await later(15_000, 5000)
    expect(summary()).toEqual([])
    await later(20_000, 5000)
    expect(summary()).toEqual(['late.json: parked sidecar-invalid'])
    await writeFile(at('late.pdf'), pdf())
    await later(5000)
    expect(summary()).toEqual(['late.json: parked sidecar-invalid', 'late.pdf: 290017512345678'])
    // So late that it may well be of another document.
    expect(ledger.arrivals.at(-1)?.hints.identity?.unconfirmed).toBe(true)
  })

  it('takes a document again with its sidecar when the sidecar comes after the wait', async () => {
    const { later, summary } = await start()
    await writeFile(at('alone.pdf'), pdf())
    await later(80_000, 5000)
    await writeFile(at('alone.json'), JSON.stringify(sidecar))
    await later(25_000)
    expect(summary()).toEqual(['alone.pdf: 290017512345678', 'alone.pdf: taken'])
  })

  it('sends a document again once at most for a sidecar, whatever stands beside it', async () => {
    const { later, summary } = await start()
    await writeFile(at('a.pdf'), pdf('a'))
    await writeFile(at('a.json'), JSON.stringify(sidecar))
    await writeFile(at('a.xml'), '<facture><montant>3</montant></facture>')
    await writeFile(at('b.pdf'), '')
    await writeFile(at('b.json'), JSON.stringify(sidecar))
    await writeFile(at('c.hl7'), adt('A08'))
    await writeFile(at('c.json'), JSON.stringify(sidecar))
    await writeFile(at('d.xml'), syntheticCda)
    await later(3000)
    await writeFile(at('d.json'), JSON.stringify({ invisiblePatient: 'oui' }))
    await later(200_000, 5000)
    expect(summary()).toEqual(['a.pdf: 290017512345678', 'b.pdf: parked file-empty', 'c.hl7: ignored hl7-identity-applied', 'd.xml: taken', 'd.xml: taken'])
  })

  it('says again what a changed sidecar says, not one that is only written again, and takes none for a stranger at the next start', async () => {
    const { later, summary, watch, ledger } = await start()
    await writeFile(at('a.pdf'), pdf('a'))
    await writeFile(at('a.json'), JSON.stringify(sidecar))
    await later(3000)
    await writeFile(at('a.json'), `${JSON.stringify(sidecar)}\n`)
    await later(25_000)
    expect(summary()).toEqual(['a.pdf: 290017512345678'])
    await watch.close()
    const again = await start({}, ledger)
    await again.later(60_000, 5000)
    expect(summary().filter((line) => line.startsWith('a.json'))).toEqual([])
    await writeFile(at('a.json'), JSON.stringify({ ...sidecar, invisiblePatient: 'oui' }))
    await again.later(25_000)
    expect(ledger.arrivals.at(-1)?.hints.visibility?.hiddenFromPatient).toBe(true)
    await writeFile(at('a.json'), JSON.stringify({ ...sidecar, matriculeIns: '190017512345612' }))
    await again.later(25_000)
    expect(ledger.arrivals.at(-1)?.hints.identity).toMatchObject({ ins: '190017512345612', unconfirmed: true })
    expect(summary().filter((line) => line.startsWith('a.json'))).toEqual([])
  })

  it('takes a sidecar for the next content of a name that is used again, which is given the time to come', async () => {
    const { later, summary, ledger } = await start()
    const other = JSON.stringify({ ...sidecar, matriculeIns: '190017512345612', nomNaissance: 'AUTRE' })
    await writeFile(at('reuse.json'), JSON.stringify(sidecar))
    await writeFile(at('reuse.pdf'), pdf('first patient'))
    await later(5000)
    await writeFile(at('reuse.json'), other)
    await later(15_000)
    expect(ledger.arrivals).toHaveLength(1)
    await writeFile(at('reuse.pdf'), pdf('second patient, longer'))
    await later(60_000)
    expect(ledger.arrivals.map(({ bytes, hints }) => [content(bytes).includes('second'), hints.identity?.ins])).toEqual([[false, '290017512345678'], [true, '190017512345612']])
    expect(summary()).toHaveLength(2)
  })

  /** A step of software that uses one name: who is announced, whose document is written, or how long passes. */
  type Step = { says: string } | { writes: string } | { passes: number } | 'off' | 'on'
  const [a, b, c] = ['290017512345678', '190017512345612', '190017512345699'] as const
  const says = (ins: string): Step => ({ says: ins })
  const writes = (ins: string): Step => ({ writes: ins })
  const passes = (ms: number): Step => ({ passes: ms })

  it.each<[string, Step[]]>([
    ['the next sidecar right after each document', [says(a), passes(3000), writes(a), says(b), passes(3000), writes(b), says(c), passes(3000), writes(c), passes(30_000)]],
    ['the same, the order of the name being known', [says(c), passes(3000), writes(c), passes(60_000), says(a), passes(3000), writes(a), says(b), passes(3000), writes(b), passes(30_000)]],
    ['the document first, and the next one before its sidecar', [writes(a), passes(1000), says(a), passes(5000), writes(b), passes(5000), says(c), writes(c), passes(60_000)]],
    ['documents written while the program is off', [says(a), writes(a), passes(5000), 'off', writes(b), says(c), 'on', passes(60_000), writes(c), passes(30_000)]],
    ['a sidecar written over while the program is off, once the name is known', [says(c), writes(c), passes(5000), 'off', says(a), writes(a), says(b), 'on', passes(30_000), writes(b), passes(30_000)]],
    ['a document without its sidecar, and then another', [says(a), writes(a), passes(5000), writes(b), passes(30_000), writes(c), passes(8000), says(c), passes(30_000)]],
    ['documents alone, one over the other', [writes(a), passes(8000), writes(b), passes(8000), writes(c), passes(60_000)]],
    ['a sidecar that comes 26 s before its document', [says(c), writes(c), passes(5000), says(a), passes(26_000), writes(a), passes(60_000)]],
  ])('gives no content the patient of another without saying so, and loses none: %s', async (_what, steps) => {
    let written = 0
    let running = await start()
    const { ledger } = running
    const documents: string[] = []
    for (const step of steps) {
      if (step === 'off') await running.watch.close()
      else if (step === 'on') running = await start({}, ledger)
      else if ('passes' in step) await running.later(step.passes)
      else if ('says' in step) await writeFile(at('export.json'), JSON.stringify({ ...sidecar, matriculeIns: step.says, nomNaissance: step.says, titre: `title ${(written += 1)}` }))
      else {
        documents.push(step.writes)
        await writeFile(at('export.pdf'), pdf(`of ${step.writes} ${'x'.repeat((written += 1))}`))
      }
    }
    const taken = ledger.arrivals.filter(({ fileName, hints }) => fileName === 'export.pdf' && !hints.refusal)
    for (const { bytes, hints } of taken) {
      const whose = /of (\d+)/.exec(content(bytes))![1]
      if (hints.identity?.ins !== whose) expect([undefined, true]).toContain(hints.identity && (hints.identity.unconfirmed ?? false))
    }
    expect(new Set(taken.map(({ bytes }) => /of (\d+)/.exec(content(bytes))![1]))).toEqual(new Set(documents))
  })

  it('takes of a former content’s sidecar whom it names, and nothing else', async () => {
    const { later, ledger } = await start()
    await writeFile(at('out.json'), JSON.stringify({ ...sidecar, idDocument: '7', invisiblePatient: 'oui' }))
    await writeFile(at('out.pdf'), pdf('letter'))
    await later(5000)
    await writeFile(at('out.pdf'), pdf('result, longer'))
    await later(30_000)
    expect(ledger.arrivals.at(-1)?.hints).toEqual({ identity: { ...ledger.arrivals[0]?.hints.identity, unconfirmed: true }, fileName: 'out.pdf' })
  })

  it('remembers that a sidecar was whole when it is found changed at the moment its document is taken', async () => {
    const { later, ledger } = await start()
    const real = ledger.saidOf.bind(ledger)
    let isNext = false
    ledger.saidOf = async (file) => {
      // Between its reading and the taking of the document beside it.
      if (isNext) {
        isNext = false
        await writeFile(at('first.json'), JSON.stringify({ ...sidecar, matriculeIns: b, nomNaissance: 'AUTRE' }))
      }
      return real(file)
    }
    await writeFile(at('first.json'), JSON.stringify(sidecar))
    await later(3000)
    await writeFile(at('first.pdf'), pdf('of a'))
    isNext = true
    await later(60_000)
    expect(ledger.arrivals.filter(({ fileName }) => fileName === 'first.pdf').map(({ hints }) => [hints.identity?.ins, hints.identity?.unconfirmed])).toEqual([[b, true]])
  })

  it('keeps with a person what would go by itself and was written over before the sidecar beside it was read', async () => {
    const { later, summary } = await start()
    await writeFile(at('x.json'), '{"invisiblePatient":')
    await writeFile(at('x.xml'), syntheticCda)
    await later(5000)
    await writeFile(at('x.xml'), syntheticCda.replace('1.2.3.4.5', '1.2.3.4.6'))
    await later(2000)
    expect(summary()).toEqual(['x.xml: parked sidecar-invalid'])
  })

  it('tells of what was whole, not kept, and written over', async () => {
    const { later, summary } = await start({ pace: { keptBytes: 0 } })
    await writeFile(at('y.pdf'), pdf('one'))
    await later(3000)
    await writeFile(at('y.pdf'), pdf('two, longer'))
    await later(30_000)
    expect(summary()).toEqual(['y.pdf: ignored file-vanished', 'y.pdf: taken'])
  })

  /** Of each arrival of this name: whom it is said to be of, and whether that is unconfirmed. */
  const toldOf = (ledger: { arrivals: readonly { fileName: string; hints: { identity?: { ins?: string | undefined; unconfirmed?: true | undefined } | undefined } }[] }, name: string) =>
    ledger.arrivals.filter(({ fileName }) => fileName === name).map(({ hints }) => [hints.identity?.ins, hints.identity?.unconfirmed])

  it('keeps in doubt, under any other path or name, a content that stood in doubt once', async () => {
    const { later, ledger, watch } = await start()
    for (const name of ['move', 'copy', 'root']) {
      await writeFile(at(`${name}.json`), JSON.stringify({ ...sidecar, titre: name }))
      await writeFile(at(`${name}.pdf`), pdf(`of a, ${name}`))
    }
    await later(5000)
    for (const name of ['move', 'copy', 'root']) await writeFile(at(`${name}.pdf`), pdf(`of b, ${name}, longer`))
    await later(30_000)
    expect(toldOf(ledger, 'root.pdf')).toEqual([[a, undefined], [a, true]])
    await mkdir(at('archive'))
    for (const end of ['pdf', 'json']) await rename(at(`move.${end}`), at('archive', `move.${end}`))
    for (const end of ['pdf', 'json']) await copyFile(at(`copy.${end}`), at(`copy 2.${end}`))
    await later(30_000)
    expect(toldOf(ledger, 'copy 2.pdf')).toEqual([[a, true]])
    expect(toldOf(ledger, 'move.pdf').at(-1)).toEqual([a, true])
    await watch.close()
    const moved = `${directory}-2`
    await rename(directory, moved)
    const again = await start({ directory: moved }, ledger)
    await again.later(30_000)
    await again.watch.close()
    await rename(moved, directory)
    expect(toldOf(ledger, 'root.pdf').at(-1)).toEqual([a, true])
    expect(ledger.arrivals.filter(({ bytes, hints }) => content(bytes).includes('of b') && hints.identity && !hints.identity.unconfirmed)).toEqual([])
  })

  it.each([
    ['in the same run', false, {}],
    ['after a restart', true, {}],
    ['which the profile required', false, { required: true }],
  ])('leaves it in doubt whether a sidecar that comes after its document was taken for nobody is of that one, %s', async (_when, isRestarted, required) => {
    const profile = sourceProfile.parse({ ...shipped, sidecar: { ...shipped.sidecar, ...required } })
    const first = await start({ profile })
    await writeFile(at('impression.pdf'), pdf('of a'))
    await first.later(26_000)
    if (isRestarted) await first.watch.close()
    const running = isRestarted ? await start({ profile }, first.ledger) : first
    await running.later(5000)
    await writeFile(at('impression.json'), JSON.stringify({ ...sidecar, matriculeIns: b, nomNaissance: 'AUTRE' }))
    await running.later(30_000)
    expect(toldOf(first.ledger, 'impression.pdf')).toEqual([[undefined, undefined], [b, true]])
  })

  it('lets no row of an index that was left behind vouch for a later file of its name', async () => {
    const { later, ledger } = await start()
    await writeFile(at('index.csv'), `fichier;ins\n0001.pdf;${a}\n0002.pdf;${b}\n`)
    await writeFile(at('0002.pdf'), pdf('of b'))
    await later(30_000)
    await writeFile(at('0001.pdf'), pdf('of c, when the counter began again'))
    await later(30_000)
    expect([toldOf(ledger, '0002.pdf'), toldOf(ledger, '0001.pdf')]).toEqual([[[b, undefined]], [[a, true]]])
  })

  it('does not take an index for left behind while its documents come', async () => {
    const { later, ledger } = await start()
    await writeFile(at('index.csv'), `fichier;ins\n1.pdf;${a}\n2.pdf;${b}\n3.pdf;${c}\n`)
    for (const number of [1, 2, 3]) {
      await later(15_000)
      await writeFile(at(`${number}.pdf`), pdf(`number ${number}`))
    }
    await later(10_000)
    expect([1, 2, 3].flatMap((number) => toldOf(ledger, `${number}.pdf`))).toEqual([[a, undefined], [b, undefined], [c, undefined]])
  })

  const writeOver = async (name: string, text: string) => {
    await writeFile(at(`~${name}.tmp`), text)
    await rename(at(`~${name}.tmp`), at(name))
  }
  /** The text of each arrival of this name, and of whom it is said to be. */
  const told = (ledger: Awaited<ReturnType<typeof emptyLedger>>, name: string) =>
    ledger.arrivals.filter(({ fileName }) => fileName === name).map(({ bytes, hints }) => `${/of \w/.exec(content(bytes))?.[0] ?? '-'}: ${hints.refusal?.code ?? hints.identity?.ins ?? 'nobody'}${hints.identity?.unconfirmed ? '?' : ''}`)

  it.each([
    ['cut', { first: pdf(`of a${'x'.repeat(300)}`).slice(0, -8), seenFor: 6000, keptBytes: 1_000_000 }, ['of a: nobody', `of b: ${a}?`, `of b: ${b}?`]],
    ['cut and not kept', { first: pdf('of a').slice(0, -8), seenFor: 6000, keptBytes: 0 }, ['-: file-vanished', `of b: ${a}?`, `of b: ${b}?`]],
    ['seen once, longer', { first: pdf(`of a${'x'.repeat(300)}`), seenFor: 0, keptBytes: 1_000_000 }, ['-: file-vanished', `of b: ${a}?`, `of b: ${b}?`]],
    ['seen once, shorter', { first: pdf('of a').slice(0, 20), seenFor: 0, keptBytes: 1_000_000 }, ['-: file-vanished', `of b: ${a}?`, `of b: ${b}?`]],
  ])('lets nothing beside a name vouch for what was written over a content nobody took, and tells of that one: %s', async (_what, { first, seenFor, keptBytes }, expected) => {
    const { later, ledger, watch } = await start({ pace: { keptBytes } })
    await writeFile(at('export.json'), JSON.stringify(sidecar))
    await later(2000)
    await writeFile(at('export.pdf'), first)
    await watch.rescan()
    await later(seenFor)
    await writeOver('export.pdf', pdf('of b, in room'))
    await later(26_000)
    await writeOver('export.json', JSON.stringify({ ...sidecar, matriculeIns: b, nomNaissance: 'AUTRE' }))
    await later(40_000)
    expect(told(ledger, 'export.pdf')).toEqual(expected)
  })

  it.each([
    ['longer and longer', (whole: string) => [whole.slice(0, 9), whole.slice(0, 30), whole]],
    ['into room reserved in advance', (whole: string) => [whole.slice(0, 9).padEnd(whole.length, '\0'), whole.slice(0, 30).padEnd(whole.length, '\0'), whole]],
  ])('doubts no document that is written slowly, %s', async (_how, parts) => {
    const { later, ledger, summary } = await start()
    await writeFile(at('slow.json'), JSON.stringify(sidecar))
    for (const [index, part] of parts(pdf(`of a ${'x'.repeat(60)}`)).entries()) {
      await writeFile(at('slow.pdf'), part)
      await utimes(at('slow.pdf'), new Date(), new Date(Date.now() + index * 5000))
      await later(4000)
    }
    await later(20_000)
    expect([told(ledger, 'slow.pdf'), summary()]).toEqual([[`of a: ${a}`], [`slow.pdf: ${a}`]])
  })

  it('waits for the rest of a copy whose size and time stand still', async () => {
    const { later, ledger } = await start()
    const [whole, time] = [pdf(`of a ${'x'.repeat(60)}`), new Date()]
    await writeFile(at('slow.json'), JSON.stringify(sidecar))
    for (const part of [9, 30, 60, whole.length]) {
      await writeFile(at('slow.pdf'), whole.slice(0, part).padEnd(whole.length, '\0'))
      await utimes(at('slow.pdf'), time, time)
      await later(40_000, 2000)
    }
    await later(70_000, 2000)
    expect(ledger.arrivals.map(({ bytes }) => content(bytes))).toEqual([whole])
  })

  it('loses nothing while the disk is low, and lets no sidecar vouch for what was written over meanwhile', async () => {
    let isRoomy = false
    const { later, ledger, applied } = await start({ hasRoom: () => isRoomy })
    await writeFile(at('export.json'), JSON.stringify(sidecar))
    for (const text of ['of a', 'of b, longer', 'of c, the longest']) {
      await writeOver('export.pdf', pdf(text))
      await writeOver('list.hl7', adt('A08').replace('GARNIER', text.slice(0, 4)))
      await later(8000)
    }
    expect([ledger.arrivals, applied]).toEqual([[], []])
    isRoomy = true
    await later(10_000)
    expect(told(ledger, 'export.pdf')).toEqual(['of a: nobody', 'of b: nobody', `of c: ${a}?`])
    expect(applied).toEqual(['of a', 'of b', 'of c'])
  })

  it('loses no HL7 file without a last line end, though another is written over it before that was waited for', async () => {
    const { later, applied } = await start()
    for (const name of ['ONE', 'TWO', 'THREE']) {
      await writeOver('plain.hl7', adt('A08').trimEnd().replace('GARNIER', name))
      await later(4000)
    }
    await rm(at('plain.hl7'))
    await later(4000)
    expect(applied).toEqual(['ONE', 'TWO', 'THREE'])
  })

  it('lets the sidecar of a document that was cut speak of the whole one, unconfirmed', async () => {
    const { later, ledger } = await start()
    await writeFile(at('slow.json'), JSON.stringify(sidecar))
    await writeFile(at('slow.pdf'), pdf('of a').slice(0, 14))
    await later(70_000, 2000)
    await writeFile(at('slow.pdf'), pdf('of a'))
    await later(30_000)
    const [cut, whole] = ledger.arrivals.map(({ hints }) => hints)
    expect(cut?.identity?.unconfirmed).toBeUndefined()
    expect(whole).toEqual({ ...cut, identity: { ...cut?.identity, unconfirmed: true } })
  })

  it('follows a document that is renamed while it waits, with what is doubtful of it', async () => {
    const { later, ledger, summary } = await start()
    await writeFile(at('export.pdf'), pdf('of a'))
    await later(5000)
    await rename(at('export.pdf'), at('0001.pdf'))
    await writeFile(at('0001.json'), JSON.stringify(sidecar))
    await later(30_000)
    expect(summary()).toEqual([`0001.pdf: ${a}`])
    for (const [text, passes] of [['of b, first', 26_000], ['of c, waits', 5000]] as const) {
      await writeFile(at('export.pdf'), pdf(text))
      await later(passes)
    }
    await rename(at('export.pdf'), at('0002.pdf'))
    await writeFile(at('0002.json'), JSON.stringify({ ...sidecar, matriculeIns: b }))
    await later(30_000)
    expect([told(ledger, 'export.pdf'), told(ledger, '0001.pdf'), told(ledger, '0002.pdf')]).toEqual([['of b: nobody'], [`of a: ${a}`], [`of c: ${b}?`]])
  })

  it('waits for the rest of a row, and refuses one that stays short', async () => {
    const head = 'ins;titre;invisible patient\n'
    const { later, ledger, summary } = await start()
    for (const name of ['slow', 'short']) await writeFile(at(`${name}.pdf`), pdf(name))
    for (const name of ['slow', 'short']) await writeFile(at(`${name}.csv`), `${head}${a};Annonce`)
    await later(30_000)
    expect(summary()).toEqual([])
    await writeFile(at('slow.csv'), `${head}${a};Annonce diagnostic;oui\n`)
    await later(60_000, 2000)
    expect(summary()).toEqual(['short.pdf: parked sidecar-invalid', `slow.pdf: ${a}`])
    expect(ledger.arrivals.find(({ fileName }) => fileName === 'slow.pdf')?.hints.visibility?.hiddenFromPatient).toBe(true)
  })

  it('does not take a linearised PDF for whole at the end mark near its beginning', async () => {
    const head = (length: number) => `%PDF-1.4\n1 0 obj\n<< /Linearized 1 /L ${length} /H [ 1 2 ] >>\nendobj\nstartxref\n0\n%%EOF\n`
    const whole = `${head(400)}${'x'.repeat(400 - head(400).length - 6)}%%EOF\n`
    const { later, ledger } = await start()
    await writeFile(at('lin.json'), JSON.stringify(sidecar))
    await writeFile(at('lin.pdf'), whole.slice(0, head(400).length + 20))
    await later(20_000)
    expect(ledger.arrivals).toHaveLength(0)
    await writeFile(at('lin.pdf'), whole)
    await later(5000)
    expect(ledger.arrivals.map(({ bytes, hints }) => [content(bytes), hints.identity?.unconfirmed])).toEqual([[whole, undefined]])
  })

  it('takes what is written over one name, time and again, while a backlog is taken', async () => {
    const { later, ledger, tick } = await start({ pace: { portionMs: 0, portionPerListing: 0 } })
    let written = 0
    const writes = async () => {
      written += 1
      await writeOver('export.json', JSON.stringify({ ...sidecar, titre: `title ${written}` }))
      await writeOver('export.pdf', pdf(`of ${a}${' '.repeat(written)}`))
    }
    const taken = () => ledger.arrivals.filter(({ fileName }) => fileName === 'export.pdf').length
    await writes()
    await later(5000)
    for (let index = 0; index < 60; index += 1) await writeFile(at(`lot ${index}.xml`), syntheticCda.replace('1.2.3.4.5', `1.2.3.4.${index + 100}`))
    await later(1000)
    ledger.before = async () => {
      tick(200)
      if (taken() === written) await writes()
    }
    await later(4000)
    const order = ledger.arrivals.map(({ fileName }) => fileName)
    expect(new Set(order).size).toBe(61)
    expect(order.slice(0, order.findLastIndex((name) => name !== 'export.pdf')).filter((name) => name === 'export.pdf').length).toBeGreaterThanOrEqual(2)
  })

  it('lets an index of an earlier batch vouch for no document of the next', async () => {
    const index = (one: string, two: string) => `fichier;ins;nom de naissance\nscan1.pdf;${one};X\nscan2.pdf;${two};X\n`
    const { later, ledger, watch } = await start()
    await writeFile(at('scan1.pdf'), pdf('c1'))
    await writeFile(at('scan2.pdf'), pdf('c2'))
    await writeFile(at('index.csv'), index(c, c))
    await later(6000)
    await watch.close()
    // Of the batch of A the first document was written over by that of B's, whose index is still to come.
    await writeFile(at('scan2.pdf'), pdf('a2 longer'))
    await writeFile(at('index.csv'), index(a, a))
    await writeFile(at('scan1.pdf'), pdf('b1 much longer'))
    const again = await start({}, ledger)
    await again.later(30_000)
    expect(ledger.arrivals.slice(2).map(({ hints }) => hints.identity?.unconfirmed)).toEqual([true, true])
  })

  /** Listings of its own making, as fast as this machine goes, and no event to bring one forward. */
  const onItsOwn = { now: Date.now, pace: { ...defaultPace, rescanMs: 50, stabilityMs: 50, hintFiles: -1 } }
  /** A machine whose listings are dear lists every 30 s at most. */
  const untilTaken = (ledger: { arrivals: readonly unknown[] }, count: number) => vi.waitFor(() => expect(ledger.arrivals.length).toBeGreaterThanOrEqual(count), { timeout: 60_000, interval: 10 })
  const threeListings = 180_000

  it('takes a document with what its sidecar says when it is taken, though nothing told of the change', async () => {
    const hasty = sourceProfile.parse({ ...shipped, sidecar: { ...shipped.sidecar, waitSeconds: 0.5 } })
    const { ledger, summary } = await start({ ...onItsOwn, profile: hasty, pace: { ...onItsOwn.pace, freshMs: 0, recheckMs: 3_600_000 } })
    await writeFile(at('x.json'), JSON.stringify(sidecar))
    await untilTaken(ledger, 1)
    expect(summary()).toEqual(['x.json: parked sidecar-invalid'])
    await writeFile(at('x.json'), JSON.stringify({ ...sidecar, matriculeIns: b }))
    await writeFile(at('x.pdf'), pdf('of b'))
    await untilTaken(ledger, 2)
    expect(ledger.arrivals.flatMap(({ fileName, hints }) => (fileName === 'x.pdf' ? hints.identity?.ins : []))).toEqual([b])
  }, threeListings)

  it('waits for what a sidecar of an earlier run says now, though nothing told of the change', async () => {
    const quiet = { ...onItsOwn, pace: { ...onItsOwn.pace, freshMs: 0, recheckMs: 3_600_000 } }
    const first = await start(quiet)
    await writeFile(at('x.json'), JSON.stringify(sidecar))
    await writeFile(at('x.pdf'), pdf('of a'))
    await untilTaken(first.ledger, 1)
    await vi.waitFor(() => expect(first.states.at(-1)).toMatchObject({ pending: 0 }))
    await first.watch.close()
    const second = await start({ ...quiet, profile: sourceProfile.parse({ ...shipped, sidecar: { ...shipped.sidecar, waitSeconds: 0.5 } }) }, first.ledger)
    await rm(at('x.pdf'))
    await second.watch.rescan()
    await writeFile(at('x.json'), JSON.stringify({ ...sidecar, matriculeIns: b }))
    await writeFile(at('x.pdf'), pdf('of b, longer'))
    await untilTaken(first.ledger, 2)
    expect(first.ledger.arrivals[1]?.hints.identity?.ins).toBe(b)
  }, threeListings)

  it('does not let a sidecar vouch for a second document of its stem', async () => {
    const { later, ledger } = await start()
    await writeFile(at('Case.json'), JSON.stringify(sidecar))
    await writeFile(at('Case.pdf'), pdf('of a'))
    await later(5000)
    await writeFile(at('case.pdf'), pdf('of c, longer'))
    await later(30_000)
    expect(ledger.arrivals.map(({ hints }) => hints.identity?.unconfirmed)).toEqual([undefined, true])
  })

  it('takes what a share brings back as it was, kept or not', async () => {
    for (const keptBytes of [0, 1_000_000]) {
      const away = await mkdtemp(path.join(os.tmpdir(), 'relais-away-'))
      const { later, ledger, watch } = await start({ pace: { keptBytes } })
      await writeFile(at('back.pdf'), pdf(`back ${keptBytes}`))
      await later(3000)
      await rename(at('back.pdf'), path.join(away, 'back.pdf'))
      await later(3000)
      await rename(path.join(away, 'back.pdf'), at('back.pdf'))
      await writeFile(at('back.json'), JSON.stringify(sidecar))
      await later(30_000)
      expect(ledger.arrivals.at(-1)).toMatchObject({ fileName: 'back.pdf', hints: { identity: { ins: a } } })
      await watch.close()
      await rm(at('back.pdf'))
      await rm(at('back.json'))
      await rm(away, { recursive: true })
    }
  })

  it('asks nobody whose a document is that was moved or renamed after it was taken, and asks of a copy', async () => {
    const { later, summary } = await start()
    for (const name of ['one', 'two', 'three']) {
      await writeFile(at(`${name}.json`), JSON.stringify(sidecar))
      await writeFile(at(`${name}.pdf`), pdf(name))
    }
    await later(5000)
    await mkdir(at('archive'))
    await rename(at('one.pdf'), at('archive', 'one.pdf'))
    await rename(at('two.pdf'), at('two_SENT.pdf'))
    await writeFile(at('copy.pdf'), pdf('three'))
    await later(30_000)
    expect(summary()).toEqual([
      'copy.pdf: taken', 'one.pdf: 290017512345678', 'one.pdf: ignored already-received', 'three.pdf: 290017512345678', 'two.pdf: 290017512345678', 'two_SENT.pdf: ignored already-received',
    ])
  })

  it('goes on when the clock is set back by years', async () => {
    const { later, summary, tick } = await start()
    tick(300_000_000_000)
    await writeFile(at('a.xml'), syntheticCda)
    await writeFile(at('b.pdf'), pdf('b'))
    await later(2000)
    tick(-300_000_000_000)
    await later(30_000)
    expect(summary()).toEqual(['a.xml: taken', 'b.pdf: taken'])
  })

  it('keeps what waited for its sidecar and was removed', async () => {
    const { later, ledger, summary } = await start()
    await writeFile(at('gone.pdf'), pdf('gone'))
    await later(8000)
    ledger.before = () => {
      throw new Error('full')
    }
    await rm(at('gone.pdf'))
    await later(5000)
    expect(summary()).toEqual([])
    ledger.before = () => undefined
    await later(5000)
    expect(summary()).toEqual(['gone.pdf: taken'])
    expect(content(ledger.arrivals[0]!.bytes)).toBe(pdf('gone'))
  })

  it('sees what is written over a new file where nothing tells of it', async () => {
    const { ledger } = await start({ ...onItsOwn, pace: { ...onItsOwn.pace, recheckMs: 3_600_000 } })
    const contents = ['1', '2 ', '3 x'].map((text) => syntheticCda.replace('</ClinicalDocument>', `<!--${text}--></ClinicalDocument>`))
    for (const [index, text] of contents.entries()) {
      await writeFile(at('o.xml'), text)
      await untilTaken(ledger, index + 1)
    }
    expect(ledger.arrivals.map(({ bytes }) => content(bytes))).toEqual(contents)
  }, threeListings)

  it('hides a document from whoever one of its sidecars hides it from, and believes none of two types', async () => {
    const { later, ledger, summary } = await start()
    for (const name of ['m', 't']) await writeFile(at(`${name}.pdf`), pdf(name))
    await writeFile(at('m.json'), JSON.stringify(sidecar))
    // It is seen later than the other, and is on its way when the other can be read.
    await later(1000)
    await writeFile(at('m.csv'), `ins;masque\n${a};oui\n`)
    await writeFile(at('t.json'), JSON.stringify(sidecar))
    await writeFile(at('t.csv'), `ins;type\n${a};Compte rendu de consultation\n`)
    await later(6000)
    expect(ledger.arrivals.filter(({ fileName }) => fileName === 'm.pdf')).toHaveLength(1)
    expect(ledger.arrivals.find(({ fileName }) => fileName === 'm.pdf')?.hints).toMatchObject({ identity: { ins: a }, visibility: { masked: true } })
    expect(summary()).toContain('t.pdf: parked sidecar-invalid')
  })

  it('knows a document that was written again as it was by what was said of it', async () => {
    const { later, summary } = await start()
    await writeFile(at('a.json'), JSON.stringify(sidecar))
    await writeFile(at('a.pdf'), pdf('a'))
    await later(5000)
    await utimes(at('a.pdf'), new Date(), new Date(Date.now() + 60_000))
    await later(60_000)
    expect(summary()).toEqual(['a.pdf: 290017512345678', 'a.pdf: 290017512345678'])
  })

  it('parks the document of a sidecar that cannot be read', async () => {
    const { later, summary } = await start()
    await writeFile(at('a.pdf'), pdf('a'))
    await writeFile(at('a.xml'), '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><doc><ins>&e;</ins></doc>')
    await writeFile(at('b.pdf'), pdf('b'))
    await writeFile(at('b.json'), '{"ins": }')
    await writeFile(at('c.pdf'), pdf('c'))
    await writeFile(at('c.json'), JSON.stringify({ dateNaissance: '31/02/90' }))
    await writeFile(at('d.pdf'), pdf('d'))
    await writeFile(at('d.json'), JSON.stringify({ something: 'else' }))
    await later(70_000, 5000)
    expect(summary()).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name}.pdf: parked sidecar-invalid`))
  })

  it('reads a name when no sidecar comes, and nothing from a name that says nothing', async () => {
    const { later, ledger } = await start()
    await writeFile(at('GARNIER_AMELIE_19900115_ORDONNANCE.pdf'), pdf('a'))
    await writeFile(at('scan001.pdf'), pdf('b'))
    await later(8000)
    expect(ledger.arrivals.map(({ hints }) => hints)).toEqual([
      {
        fileName: 'GARNIER_AMELIE_19900115_ORDONNANCE.pdf',
        identity: { birthName: 'GARNIER', givenName: 'AMELIE', birthDate: '1990-01-15', origin: 'file-name' },
        typeCode: '57833-6',
        title: 'ORDONNANCE',
      },
    ])
    await later(60_000, 5000)
    expect(ledger.arrivals[1]?.hints).toEqual({ fileName: 'scan001.pdf' })
  })

  it('refuses a document without sidecar when the profile requires one', async () => {
    const profile = sourceProfile.parse({ name: 'strict', sidecar: { required: true, waitSeconds: 10 } })
    const { later, summary } = await start({ profile })
    await writeFile(at('a.pdf'), pdf())
    await later(15_000)
    expect(summary()).toEqual(['a.pdf: parked sidecar-missing'])
  })

  it('does not take a clinical document for the sidecar of a PDF beside it', async () => {
    const { later, summary } = await start()
    await writeFile(at('x.pdf'), pdf())
    await writeFile(at('x.xml'), syntheticCda)
    await later(70_000, 5000)
    expect(summary()).toEqual(['x.pdf: taken', 'x.xml: taken'])
  })

  it('hands on XML that is neither a document nor a sidecar', async () => {
    const { later, summary } = await start()
    await writeFile(at('other.xml'), '<facture><montant>3</montant></facture>')
    await later(70_000, 5000)
    expect(summary()).toEqual(['other.xml: taken'])
  })
})

describe('HL7 files', () => {
  it('takes the documents inside, and applies identities', async () => {
    const { later, ledger, applied } = await start()
    await writeFile(at('resultats.hl7'), oru())
    await writeFile(at('patients.txt'), adt('A08'))
    await later(3000)
    expect(applied).toEqual(['GARNIER'])
    const [document, identity] = ['resultats.xml', 'patients.txt'].map((name) => ledger.arrivals.find(({ fileName }) => fileName === name))
    expect(content(document?.bytes)).toBe(syntheticCda)
    expect(document).toMatchObject({ source: { kind: 'folder', reference: 'resultats.hl7' }, file: { path: at('resultats.hl7') }, hints: { identity: { qualified: true } } })
    expect(identity?.hints.refusal).toEqual({ code: 'hl7-identity-applied', outcome: 'ignored' })
    expect(content(identity?.bytes)).toBe(adt('A08'))
  })

  it('answers each message of a file, with its reason', async () => {
    const { later, ledger } = await start()
    const flags = [...visible, flag('DESTDMP', 'N')]
    await writeFile(at('batch.er7'), `BHS|^~\\&|A\r${oru()}${oru({ flags })}${mshOf('ACK^R01^ACK')}\rMSA|AA|1\r${oru({ documents: ['AAAA'] })}${adt('A08')}BTS|5\r`)
    await writeFile(at('broken.hl7'), 'PID|1||\r')
    await later(3000)
    const answers = ledger.arrivals.map(({ hints }) => (hints.refusal ? `${hints.refusal.outcome} ${hints.refusal.code}` : 'document'))
    expect(answers).toEqual(['document', 'ignored hl7-not-for-dmp', 'ignored hl7-acknowledgement', 'parked hl7-document-broken', 'ignored hl7-identity-applied', 'parked hl7-no-msh'])
  })

  it('keeps the file for later when an identity cannot be applied', async () => {
    let broken = true
    const { later, summary } = await start({
      applyIdentity: () => {
        if (broken) throw new Error('disk')
        return null
      },
    })
    await writeFile(at('a.hl7'), adt('A08'))
    await later(10_000, 2000)
    expect(summary()).toEqual([])
    broken = false
    await later(60_000, 5000)
    expect(summary()).toEqual(['a.hl7: ignored hl7-identity-applied'])
  })
})

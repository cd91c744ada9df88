import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { recordConfig, type Result } from '#shared/contract/index.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { preload, startSandbox, type Sandbox } from '../sandbox/index.ts'
import type { Connector } from './connector.ts'
import { testDocument, testIns, testPrescription } from './record/dmp/test-deposit.ts'
import { startTestConnector } from './test-connector.ts'

/** A record that files another patient's document under the one asked for, in either tongue: list and entry are theirs, the document is not. */
const [own, foreign] = ['1.2.250.1.999.77.3.1', '1.2.250.1.999.77.3.2']
const another = '279035121518989'
const who = { ins: testIns.value, insOid: testIns.oid }

let folder: string
let sandbox: Sandbox
let connector: Connector
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-foreign-'))
  const filed = (uniqueId: string, bytes: Buffer) => ({ bytes, metadata: { ...testDocument, uniqueId, formatCode: { code: 'urn:ihe:pcc:hp:2005', system: '1.3.6.1.4.1.19376.1.2.3', label: '' } }, submittedAt: new Date('2026-11-21T09:16:00Z') })
  await preload(path.join(folder, 'sandbox'), [filed(own, testPrescription(own, 'un')), filed(foreign, testPrescription(foreign, 'deux', another))])
  sandbox = await startSandbox({ dir: path.join(folder, 'sandbox'), port: 0, practice: demoPractice() })
})
afterEach(async () => {
  await connector.stop()
  await sandbox.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.failure.code)

it.each(['xds', 'fhir'] as const)('is told as another patient’s over %s, gives nothing, and leaves the rest readable', async (protocol) => {
  const started = await startTestConnector({
    directory: path.join(folder, 'data'),
    practice: { ...demoPractice(), copyFolder: path.join(folder, 'copies') },
    record: { config: recordConfig.parse({ ...(JSON.parse(fs.readFileSync(sandbox.configPath, 'utf8')) as object), protocol }), baseDir: path.join(folder, 'sandbox') },
  })
  if (!started.ok) throw new Error(started.failure.code)
  connector = started.value
  fs.mkdirSync(path.join(folder, 'copies'))
  const opened = await connector.panel.open(who)
  const { generation } = opened.ok ? opened.value : { generation: -1 }
  const shown = await connector.panel.refresh()
  expect(shown).toMatchObject({ generation, listed: { count: 2 }, failure: null })

  for (const act of ['get', 'open', 'copy', 'print'] as const) expect(`${act} ${codeOf(await connector.record[act](who, foreign))}`).toBe(`${act} document-of-another`)
  expect(codeOf(await connector.record.attachment(who, foreign, 0))).toBe('document-of-another')
  expect(fs.readdirSync(path.join(folder, 'copies'))).toEqual([])
  expect(codeOf(await connector.record.open(who, own))).toBe('ok')
  expect(await connector.record.facts(who)).toMatchObject({ ok: true, value: expect.arrayContaining([expect.objectContaining({ document: foreign, status: 'notLoaded' })]) })
  expect(await connector.panel.summary()).toMatchObject({ documents: { unread: 1 } })

  const lines = await connector.audit.export({ from: null, to: null })
  const trace: { object?: string; act?: string; outcome?: string; code?: string }[] = []
  if (lines.ok) for await (const { event } of lines.value) trace.push(JSON.parse(event))
  const told = trace.filter(({ object, code }) => object === foreign && code === 'document-of-another')
  expect(new Set(told.map(({ act }) => act))).toEqual(new Set(['retrieval', 'document-opened', 'document-copied']))
  expect(trace.some(({ object, act, outcome }) => object === foreign && act !== 'retrieval' && outcome === 'success')).toBe(false)
})

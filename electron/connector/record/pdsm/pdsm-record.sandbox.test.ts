import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { recordConfig, type RecordConfig } from '#shared/contract/index.ts'
import { startSandbox, type Sandbox } from '../../../sandbox/index.ts'
import { openRecord } from '../index.ts'
import { contractPractice, recordContract, type OpenedRecord } from '../record-contract.ts'

/** An adapter on a training record of its own. */
async function open(more: Partial<RecordConfig>): Promise<OpenedRecord> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'pdsm-sandbox-'))
  let sandbox: Sandbox = await startSandbox({ dir, port: 0, practice: contractPractice })
  const config = { ...recordConfig.parse(JSON.parse(await readFile(sandbox.configPath, 'utf8'))), ...more }
  const record = await openRecord({ config, baseDir: dir, now: Date.now, randomUuid: randomUUID, softwareVersion: '1.2.3' })
  const write = (name: string, content: unknown) => (content === null ? rm(path.join(dir, name), { force: true }) : writeFile(path.join(dir, name), JSON.stringify(content)))
  return {
    record,
    lacks: config.protocol === 'fhir' ? ['authorisation'] : [],
    deposits: config.protocol === 'fhir' ? config.fhirDeposit : 'ITI-41',
    setPatient: (ins, state) => write('patients.json', state && { [ins]: state }),
    setFaults: (set) => write('faults.json', set),
    stored: (uniqueId) => readFile(path.join(dir, 'documents', `${uniqueId}.xml`)).catch(() => null),
    requests: async () => (await readdir(path.join(dir, 'wire'))).filter((file) => file.endsWith('.request')).length,
    goAway: () => sandbox.close(),
    async comeBack() {
      sandbox = await startSandbox({ dir, port: sandbox.port, practice: contractPractice })
    },
    async close() {
      await record.close()
      await sandbox.close()
      await rm(dir, { recursive: true })
    },
  }
}

recordContract('XDS.b', () => open({ protocol: 'xds' }))
recordContract('FHIR by transaction', () => open({ protocol: 'fhir' }))
recordContract('FHIR by simplified publication', () => open({ protocol: 'fhir', fhirDeposit: 'ITI-105' }))

import path from 'node:path'
import { startConnector, type ConnectorOptions } from './connector.ts'

const resources = path.resolve(import.meta.dirname, '../../resources')

/** The real connector in a folder of a test, with the product's profiles and clinical rules; it watches nothing and listens to nothing but what the test says. */
export function startTestConnector(options: Pick<ConnectorOptions, 'directory' | 'practice' | 'record'> & Partial<ConnectorOptions>): ReturnType<typeof startConnector> {
  return startConnector({
    key: 'ab'.repeat(32),
    watch: [],
    hl7Port: null,
    profileFolders: [path.join(resources, 'profiles')],
    clinicalFolder: path.join(resources, 'clinical'),
    active: true,
    takeAll: false,
    onDamaged: () => undefined,
    version: 'test',
    role: 'test',
    log: () => undefined,
    ...options,
  })
}

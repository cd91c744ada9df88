import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { zoneOf } from './practice-zone.ts'

it('is that of the computer where a French practice may stand, else that of Paris', () => {
  expect(['America/Martinique', 'Indian/Reunion', 'Europe/Paris', 'UTC', 'Etc/UTC', 'America/New_York'].map(zoneOf)).toEqual(['America/Martinique', 'Indian/Reunion', 'Europe/Paris', 'Europe/Paris', 'Europe/Paris', 'Europe/Paris'])
})

it('has a day begin at midnight there', () => {
  const program = `import { cdaTime, instantSaid } from ${JSON.stringify(new URL('cda-time.ts', import.meta.url).href)}\nconsole.log(cdaTime(instantSaid('2026-12-01')))`
  const written = (TZ: string) => execFileSync(process.execPath, ['--input-type=module', '--eval', program], { env: { ...process.env, TZ }, encoding: 'utf8' }).trim()
  expect(['America/Martinique', 'Indian/Reunion', 'UTC'].map(written)).toEqual(['20261201000000-0400', '20261201000000+0400', '20261201000000+0100'])
})

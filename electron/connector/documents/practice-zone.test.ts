import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { zoneOf } from './practice-zone.ts'

it('is that of the computer, or of Paris where that names no place', () => {
  for (const place of ['America/Martinique', 'America/La_Paz', 'Indian/Reunion', 'Europe/Paris']) expect(zoneOf(place)).toBe(place)
  for (const none of ['UTC', 'Etc/UTC', 'Etc/GMT+4', 'GMT', 'Zulu']) expect(zoneOf(none)).toBe('Europe/Paris')
})

it('has a day begin at midnight there', () => {
  const program = `import { cdaTime, instantSaid } from ${JSON.stringify(new URL('cda-time.ts', import.meta.url).href)}\nconsole.log(cdaTime(instantSaid('2026-12-01')))`
  const written = (TZ: string) => execFileSync(process.execPath, ['--input-type=module', '--eval', program], { env: { ...process.env, TZ }, encoding: 'utf8' }).trim()
  expect(['America/Martinique', 'Indian/Reunion', 'UTC'].map(written)).toEqual(['20261201000000-0400', '20261201000000+0400', '20261201000000+0100'])
})

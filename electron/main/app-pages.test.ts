import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentSecurityPolicy } from '../../shared/pages/served-page.ts'
import { answerPage, pageFile } from './app-pages.ts'

const root = mkdtempSync(path.join(tmpdir(), 'relais-pages-'))
const pages = path.join(root, 'renderer')
mkdirSync(path.join(pages, 'windows', 'panel'), { recursive: true })
mkdirSync(path.join(root, 'renderer-secret'))
writeFileSync(path.join(pages, 'windows', 'panel', 'index.html'), '<p>panel</p>')
writeFileSync(path.join(root, 'renderer-secret', 'key'), 'secret')
writeFileSync(path.join(root, 'key'), 'secret')

test('serves a page with the policy and its type', async () => {
  const answer = await answerPage(pages, { url: 'app://relais/windows/panel/index.html?ins=1#x', method: 'GET' })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('content-security-policy')).toBe(contentSecurityPolicy)
  expect(await answer.text()).toBe('<p>panel</p>')
})

test.each([
  'app://relais/',
  'app://relais/windows/panel',
  'app://relais/absent.js',
  'app://relais/../key',
  'app://relais/%2e%2e/key',
  'app://relais/..%2fkey',
  'app://relais/..%2frenderer-secret/key',
  'app://relais/%5c..%5ckey',
  'app://relais/windows%00',
  'app://relais/%ff',
  'app://relais/C:/key',
  'app://other/windows/panel/index.html',
  'app://relais.evil/windows/panel/index.html',
  'http://relais/windows/panel/index.html',
  'file:///windows/panel/index.html',
  'nonsense',
])('%s is not found', async (url) => {
  const answer = await answerPage(pages, { url, method: 'GET' })
  expect([answer.status, await answer.text()]).toEqual([404, ''])
})

test('only reading is answered', async () => {
  expect((await answerPage(pages, { url: 'app://relais/windows/panel/index.html', method: 'POST' })).status).toBe(404)
})

test('no address leads out of the folder', () => {
  const part = fc.oneof(fc.constantFrom('..', '%2e%2e', '%2E.', '%5c', '\\', '%2f', '/', 'windows', '.', '%00', '%252e%252e', 'renderer-secret', 'key'), fc.string({ maxLength: 6 }))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
      const file = pageFile(pages, `app://relais/${parts.join('/')}`)
      expect(file === null || file.startsWith(pages + path.sep)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

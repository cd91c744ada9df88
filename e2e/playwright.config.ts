import { defineConfig, type PlaywrightTestConfig } from '@playwright/test'

const report = process.env['RELAIS_E2E_REPORT']
const windowSpecs = /renderer-states\.spec\.ts$/
const chromium: PlaywrightTestConfig['use'] = {
  browserName: 'chromium',
  launchOptions: {
    ...(process.platform === 'linux' ? { executablePath: '/usr/bin/chromium' } : {}),
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  },
  locale: 'fr-FR',
}

export default defineConfig({
  testDir: './specs',
  outputDir: '../test-results',
  // End what hangs. No spec is judged by how long it takes.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  workers: 2,
  retries: 0,
  fullyParallel: false,
  reporter: [['list'], ...(report ? [['json', { outputFile: report }] as ['json', { outputFile: string }]] : [])],
  projects: [
    // The windows on made-up states: nothing but pages. What acts has one of its own; what only looks shares one with nothing left in it.
    { name: 'windows', testMatch: windowSpecs, fullyParallel: true, use: chromium },
    // The real program: one at a time.
    { name: 'chromium', testIgnore: [/\.electron\.spec\.ts$/, windowSpecs], workers: 1, use: chromium },
    { name: 'electron', testMatch: /\.electron\.spec\.ts$/, workers: 1 },
  ],
})

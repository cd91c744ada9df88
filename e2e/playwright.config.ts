import { defineConfig } from '@playwright/test'

const report = process.env['RELAIS_E2E_REPORT']

export default defineConfig({
  testDir: './specs',
  outputDir: '../test-results',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 1,
  retries: 0,
  fullyParallel: false,
  reporter: [['list'], ...(report ? [['json', { outputFile: report }] as ['json', { outputFile: string }]] : [])],
  projects: [
    {
      name: 'chromium',
      testIgnore: /\.electron\.spec\.ts$/,
      use: {
        browserName: 'chromium',
        launchOptions: {
          ...(process.platform === 'linux' ? { executablePath: '/usr/bin/chromium' } : {}),
          args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
        },
        locale: 'fr-FR',
      },
    },
    { name: 'electron', testMatch: /\.electron\.spec\.ts$/ },
  ],
})

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['{electron,shared,renderer,resources,e2e/laws,e2e/support,e2e/proofs}/**/*.test.{ts,tsx}'],
    environment: 'node',
    // Days and local times are of where the practice is, which the computer's zone may say.
    env: { TZ: 'UTC' },
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['e2e/support/long-waits.ts'],
    expect: { poll: { timeout: 30_000 } },
    // Ends a test that hangs. None is judged by how long it takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})

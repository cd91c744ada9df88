import path from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const here = (...parts: string[]) => path.join(import.meta.dirname, ...parts)

/**
 * Three builds. `main` also carries the connector program (`relais.js`) and its workers (training record, copies of the database, the card's library, text and facts of documents): the same entry runs forked by Electron and under plain
 * Node. Packages stay outside both, so that native ones are found as installed. The pages are one build for both hosts.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          index: here('electron/main/index.ts'),
          relais: here('electron/headless/relais.ts'),
          'sandbox-worker': here('electron/headless/sandbox-worker.ts'),
          'database-worker': here('electron/connector/store/database-worker.ts'),
          'card-library-process': here('electron/connector/sign-in/card-library-process.ts'),
          'text-worker': here('electron/connector/history/search/text-worker.ts'),
          'pdf-text-worker': here('electron/connector/documents/pdf-text-worker.ts'),
          'facts-worker': here('electron/connector/history/facts-worker.ts'),
        },
        // All beside each other: a program finds the project's root, and its workers, from where it lies.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload is CommonJS and can require nothing but Electron.
      rollupOptions: { input: { index: here('electron/preload/index.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      // Nothing inline: the pages' policy allows no `data:` script, style or font.
      assetsInlineLimit: 0,
      rollupOptions: {
        input: {
          panel: here('renderer/windows/panel/index.html'),
          sync: here('renderer/windows/sync/index.html'),
          viewer: here('renderer/windows/viewer/index.html'),
        },
      },
    },
  },
})

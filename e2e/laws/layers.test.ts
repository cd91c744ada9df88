import { describe, expect, it } from 'vitest'
// @ts-expect-error plain JavaScript, loaded by the linter as it is
import { breach, resolveImport, roomArrows } from './layers.js'

describe('the layer law', () => {
  it.each([
    ['electron/connector/intake/folder/watch.ts', 'electron/connector/documents/index.ts', false, true],
    ['electron/connector/documents/recognise.ts', 'electron/connector/intake/index.ts', false, false],
    ['electron/connector/intake/folder/watch.ts', 'electron/connector/documents/recognise.ts', false, false],
    ['electron/connector/store/open.ts', 'electron/connector/audit/index.ts', false, false],
    ['electron/connector/connector.ts', 'electron/connector/outbox/index.ts', false, true],
    ['electron/connector/outbox/loop.ts', 'electron/connector/connector.ts', false, false],
    ['electron/connector/outbox/loop.ts', 'electron', true, false],
    ['electron/main/index.ts', 'electron', true, true],
    ['electron/main/index.ts', 'electron/connector/connector.ts', false, false],
    ['electron/sandbox/server.ts', 'electron/connector/record/index.ts', false, false],
    ['renderer/features/documents/list.tsx', 'renderer/features/outbox/list.tsx', false, false],
    ['renderer/windows/panel/main.tsx', 'renderer/features/outbox/list.tsx', false, true],
    ['renderer/features/documents/list.tsx', 'node:fs', true, false],
    ['shared/contract/index.ts', 'node:fs', true, false],
    ['shared/contract/index.ts', 'fs', true, false],
    ['renderer/app/connection.ts', 'pino', true, false],
    ['renderer/app/connection.ts', '@orpc/client/websocket', true, true],
    ['electron/headless/connect.ts', 'electron/connector/prepare-item.ts', false, false],
    ['electron/headless/connect.ts', 'electron/connector/connector.ts', false, true],
    ['electron/headless/sandbox-worker.ts', 'electron/sandbox/registry.ts', false, false],
  ])('%s → %s', (importer, target, isPackage, allowed) => {
    expect(breach(importer, target, isPackage) === null).toBe(allowed)
  })

  it('resolves our own specifiers and leaves packages alone', () => {
    expect(resolveImport('electron/connector/outbox/loop.ts', '../record/index.ts')).toBe('electron/connector/record/index.ts')
    expect(resolveImport('electron/connector/outbox/loop.ts', '#shared/contract/index.ts')).toBe('shared/contract/index.ts')
    expect(resolveImport('electron/connector/outbox/loop.ts', 'zod')).toBeNull()
  })

  it('has no cycle between rooms', () => {
    const visit = (room: string, seen: string[]): void => {
      expect(seen).not.toContain(room)
      for (const next of roomArrows[room] as string[]) visit(next, [...seen, room])
    }
    for (const room of Object.keys(roomArrows)) visit(room, [])
  })
})

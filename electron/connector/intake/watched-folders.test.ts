import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { identifyFolder, nameFolders, type WatchedFolder } from './watched-folders.ts'

/** Watches these one after the other, each start a list of what is asked for and where it lies; gives what is then known. */
function watched(...starts: readonly (readonly [string, string | null])[][]): { ids: string[][]; known: WatchedFolder[] } {
  let known: WatchedFolder[] = []
  const ids = starts.map((start) =>
    start.map(([given, real]) => {
      const folder = identifyFolder(known, given, real)
      known = [...known.filter(({ id }) => id !== folder.id), folder]
      return folder.id
    }),
  )
  return { ids, known }
}

describe('a watched folder', () => {
  it('is itself whatever else is watched, and another one of the same name is not', () => {
    const { ids } = watched([['/weda/export', '/weda/export']], [['/medi/export', '/medi/export'], ['/weda/export', '/weda/export']], [['/medi/export', '/medi/export']])
    expect(ids[1]).toEqual([ids[2]![0], ids[0]![0]])
    expect(ids[0]).not.toEqual(ids[2])
  })

  it('is where it lies, by whatever link it is reached, and another place behind the same link is another', () => {
    const { ids } = watched([['/export', '/weda/export']], [['/weda/export', '/weda/export']], [['/export', '/medi/export']], [['/export', null]], [['/export', '/weda/export']])
    const [weda, medi] = [ids[0], ids[2]]
    expect(ids).toEqual([weda, weda, medi, medi, weda])
    expect(weda).not.toEqual(medi)
  })

  it('is the same before and after it is first reached', () => {
    const { ids, known } = watched([['/export', null]], [['/export', '/share/export']], [['/share/export', '/share/export']])
    expect(new Set(ids.flat()).size).toBe(1)
    expect(known).toHaveLength(1)
  })

  it('has the identity it had when nothing is remembered any more', () => {
    expect(identifyFolder([], '/export', '/weda/export').id).toBe(watched([['/weda/export', '/weda/export']]).ids[0]![0])
  })

  it('is called by as much of its path as tells it from the others', () => {
    const directories = ['/a/export', '/x/site/export', '/y/site/export', '/y/scans']
    const names = nameFolders(directories)
    expect(directories.map((directory) => names.get(directory))).toEqual([['a', 'export'], ['x', 'site', 'export'], ['y', 'site', 'export'], ['scans']].map((parts) => parts.join(path.sep)))
    expect(nameFolders(['/a/export']).get('/a/export')).toBe('export')
    expect([...nameFolders(['/export', '/a/export']).values()]).toEqual(['export', ['a', 'export'].join(path.sep)])
  })
})

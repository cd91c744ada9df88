import path from 'node:path'
import type { Argument, Call } from './strace-calls.ts'

/** What a call asks of one file of the folder looked at; paths are relative to it, the folder itself is ''. */
export type FileAction =
  | { readonly kind: 'open'; readonly path: string; readonly descriptor: number; readonly create: boolean; readonly append: boolean; readonly empty: boolean }
  | { readonly kind: 'write'; readonly path: string; readonly descriptor: number; readonly bytes: Buffer; /** Null = where the last write ended. */ readonly offset: number | null }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'rename' | 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'make-folder'; readonly path: string }

/** Room kept free on the disk (`store/ballast.ts`): nothing is ever read from it. */
const carriesNothing = /^ballast(?:\.draft)?$/

/** Reads a call as an action on a file under `root`; null when it is none. Throws when it is one that is not modelled: nothing is passed over. */
export function actionOf(call: Call, root: string): FileAction | null {
  const inside = (file: string | null): string | null => {
    if (file === null) return null
    const relative = path.relative(root, file)
    return relative.startsWith('..') || carriesNothing.test(relative) ? null : relative
  }
  const at = (index: number) => fileOf(call.arguments[index])
  const named = (index: number) => textOf(call.arguments[index])
  const unknown = (): never => {
    throw new Error(`${call.name} is not modelled: ${JSON.stringify(call.arguments.map((argument) => (argument.kind === 'bytes' ? `${argument.bytes.length} bytes` : argument)))}`)
  }

  switch (call.name) {
    case 'openat': {
      const opened = inside(resolveAt(call.arguments, 0))
      const flags = otherOf(call.arguments[2])
      if (opened === null || !/O_WRONLY|O_RDWR|O_CREAT/.test(flags)) return null
      return { kind: 'open', path: opened, descriptor: call.result ?? -1, create: flags.includes('O_CREAT'), append: flags.includes('O_APPEND'), empty: flags.includes('O_TRUNC') }
    }
    case 'write':
    case 'writev':
    case 'pwrite64':
    case 'pwritev':
    case 'pwritev2': {
      const file = inside(at(0))
      if (file === null) return null
      const data = call.arguments[1]
      if (data?.kind !== 'bytes' || data.cut) return unknown()
      const placed = call.name.startsWith('pwrite')
      return { kind: 'write', path: file, descriptor: descriptorOf(call), bytes: data.bytes, offset: placed ? Number(otherOf(call.arguments[3])) : null }
    }
    case 'ftruncate':
    case 'truncate': {
      const file = inside(call.name === 'ftruncate' ? at(0) : named(0))
      return file === null ? null : { kind: 'truncate', path: file, length: Number(otherOf(call.arguments[1])) }
    }
    case 'fsync':
    case 'fdatasync': {
      const file = inside(at(0))
      return file === null ? null : { kind: 'sync', path: file }
    }
    case 'rename':
    case 'renameat':
    case 'renameat2': {
      const from = inside(call.name === 'rename' ? named(0) : resolveAt(call.arguments, 0))
      const to = inside(call.name === 'rename' ? named(1) : resolveAt(call.arguments, 2))
      if (from === null && to === null) return null
      if (from === null || to === null || (call.name === 'renameat2' && otherOf(call.arguments[4]) !== '0' && otherOf(call.arguments[4]) !== 'RENAME_NOREPLACE')) return unknown()
      return { kind: 'rename', from, to }
    }
    case 'link':
    case 'linkat': {
      const from = inside(call.name === 'link' ? named(0) : resolveAt(call.arguments, 0))
      const to = inside(call.name === 'link' ? named(1) : resolveAt(call.arguments, 2))
      if (from === null && to === null) return null
      return from === null || to === null ? unknown() : { kind: 'link', from, to }
    }
    case 'unlink':
    case 'rmdir':
    case 'unlinkat': {
      const file = inside(call.name === 'unlinkat' ? resolveAt(call.arguments, 0) : named(0))
      return file === null ? null : { kind: 'remove', path: file }
    }
    case 'mkdir':
    case 'mkdirat': {
      const folder = inside(call.name === 'mkdirat' ? resolveAt(call.arguments, 0) : named(0))
      return folder === null ? null : { kind: 'make-folder', path: folder }
    }
    case 'mmap': {
      // SQLite shares its index of the log this way; it is rebuilt after a crash and never trusted.
      const file = inside(at(4))
      const shared = otherOf(call.arguments[3]).includes('MAP_SHARED') && otherOf(call.arguments[2]).includes('PROT_WRITE')
      return file === null || !shared || file.endsWith('-shm') ? null : unknown()
    }
    case 'sendto':
    case 'sendmsg':
    case 'msync':
      return null
    case 'sync':
    case 'syncfs':
      // More than is asked for: not counted, so that nothing rests on it.
      return null
    default:
      return call.arguments.some((argument) => inside(fileOf(argument)) !== null || inside(textOf(argument)) !== null) ? unknown() : null
  }
}

function fileOf(argument: Argument | undefined): string | null {
  return argument?.kind === 'file' ? argument.path : null
}

function textOf(argument: Argument | undefined): string | null {
  return argument?.kind === 'bytes' ? argument.bytes.toString() : null
}

function otherOf(argument: Argument | undefined): string {
  return argument?.kind === 'other' ? argument.text : ''
}

function descriptorOf(call: Call): number {
  const first = call.arguments[0]
  return first?.kind === 'file' ? first.descriptor : -1
}

/** A name beside the folder it is relative to. */
function resolveAt(given: readonly Argument[], index: number): string | null {
  const folder = fileOf(given[index])
  const name = textOf(given[index + 1])
  return name === null ? null : path.resolve(folder ?? '/', name)
}

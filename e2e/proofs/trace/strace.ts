import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { readCalls, type Call } from './strace-calls.ts'

/** Every call that can change or sync a file, and those a program writes an answer with. `mmap` is there to be refused. */
const traced = [
  'openat', 'write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'sendto', 'sendmsg',
  'fsync', 'fdatasync', 'sync', 'syncfs', 'sync_file_range', 'msync', 'mmap',
  'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'rmdir', 'mkdir', 'mkdirat', 'link', 'linkat', 'symlink', 'symlinkat',
  'ftruncate', 'truncate', 'fallocate', 'copy_file_range', 'sendfile',
] // prettier-ignore

/** Longest text strace shows whole: more than any one write of the program. */
const longestText = 16 * 1024 * 1024

/** The command that runs `command` and writes to `file` what it asks of the system. */
export function tracedCommand(file: string, command: readonly string[]): { command: string; args: string[] } {
  return { command: 'strace', args: ['-f', '--seccomp-bpf', '-ttt', '-y', '-s', String(longestText), '-o', file, '-e', `trace=${traced.join(',')}`, ...command] }
}

/** Keeps a traced program from writing behind strace's back. */
export const tracedEnvironment: NodeJS.ProcessEnv = { ...process.env, UV_USE_IO_URING: '0' }

/** Why nothing can be traced here, in one sentence; null when it can. */
export function straceUnavailable(): string | null {
  if (process.platform !== 'linux') return 'system calls are traced with strace, which is for Linux'
  if (!runs('strace', ['-V'])) return 'strace is not installed (on Debian: apt-get install strace)'
  return runs('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true']) ? null : 'this system does not let a process be traced'
}

/** The same, strace being installed first when it is missing, on Debian and as root. */
export function ensureStrace(): string | null {
  if (process.platform === 'linux' && !runs('strace', ['-V']) && process.getuid?.() === 0 && runs('apt-get', ['--version'])) {
    process.stderr.write('installing strace\n')
    const install = ['install', '-y', '--no-install-recommends', 'strace']
    if (!runs('apt-get', install) && runs('apt-get', ['update'])) runs('apt-get', install)
  }
  return straceUnavailable()
}

function runs(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0
}

/** Reads a file written by `tracedCommand`; `from` as in `readCalls`. */
export function readTrace(file: string, from = 0): Call[] {
  return readCalls(linesOf(fs.readFileSync(file)), from)
}

/** Lines as strace wrote them, a byte a character: a trace may be longer than the longest text of the language. */
function* linesOf(bytes: Buffer): Generator<string> {
  let from = 0
  while (from < bytes.length) {
    const newline = bytes.indexOf(10, from)
    const to = newline === -1 ? bytes.length : newline
    if (to > from) yield bytes.toString('latin1', from, to)
    from = to + 1
  }
}

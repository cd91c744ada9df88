import { describe, expect, it } from 'vitest'
import { readCalls } from './strace-calls.ts'

const read = (...lines: string[]) => readCalls(lines)

describe('lines of strace', () => {
  it('gives a call with its file, its bytes and its result', () => {
    const [call] = read(String.raw`4242 1795306146.759040 pwrite64(21</data/relais.db-wal>, "\0\1\2\"\\7\0007\310\377\n\r\t<>)", 16, 4120) = 16`)
    expect(call).toMatchObject({ thread: 4242, name: 'pwrite64', begin: 1, end: 1, result: 16 })
    expect(call!.arguments).toEqual([
      { kind: 'file', descriptor: 21, path: '/data/relais.db-wal' },
      { kind: 'bytes', bytes: Buffer.from([0, 1, 2, 0x22, 0x5c, 0x37, 0, 0x37, 0xc8, 0xff, 10, 13, 9, 0x3c, 0x3e, 0x29]), cut: false },
      { kind: 'other', text: '16' },
      { kind: 'other', text: '4120' },
    ])
  })

  it('tells bytes that strace did not show whole', () => {
    const [call] = read('1 1.0 write(3</data/a>, "abc"..., 4096) = 4096')
    expect(call!.arguments[1]).toEqual({ kind: 'bytes', bytes: Buffer.from('abc'), cut: true })
  })

  it('joins a call that another thread interrupted in the trace', () => {
    const calls = read(
      '10 1.0 fsync(22</data/a> <unfinished ...>',
      '11 1.1 write(23</data/b>, "x", 1) = 1',
      '10 1.2 <... fsync resumed>) = 0',
    )
    expect(calls.map(({ name, begin, end, result }) => ({ name, begin, end, result }))).toEqual([
      { name: 'fsync', begin: 1, end: 3, result: 0 },
      { name: 'write', begin: 2, end: 2, result: 1 },
    ])
  })

  it('ends a call with the process that was killed in it, without a result', () => {
    const calls = read('10 1.0 rename("/data/a", "/data/b" <unfinished ...>', '11 1.1 --- SIGCHLD {si_signo=SIGCHLD} ---', '10 1.2 +++ killed by SIGKILL +++')
    expect(calls).toMatchObject([{ name: 'rename', begin: 1, end: 3, result: null }])
  })

  it('refuses a trace that was cut', () => {
    expect(() => read('10 1.0 fsync(22</data/a> <unfinished ...>')).toThrow(/cut/)
  })

  it('takes the buffers of a vector as one, whatever is in them', () => {
    const [writev, sendmsg] = read(
      String.raw`1 1.0 writev(28<socket:[99]>, [{iov_base="a]\"}", iov_len=4}, {iov_base="b", iov_len=1}], 2) = 5`,
      '1 1.1 sendmsg(28<socket:[99]>, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="hello", iov_len=5}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, MSG_NOSIGNAL) = 5',
    )
    expect(writev!.arguments[1]).toEqual({ kind: 'bytes', bytes: Buffer.from('a]"}b'), cut: false })
    expect(sendmsg!.arguments[1]).toEqual({ kind: 'bytes', bytes: Buffer.from('hello'), cut: false })
    expect(sendmsg!.arguments[0]).toEqual({ kind: 'file', descriptor: 28, path: 'socket:[99]' })
  })

  it('reads errors, folders of reference and files without a name', () => {
    const [failed, opened, deleted] = read(
      '1 1.0 mkdir("/data/spool", 0700) = -1 EEXIST (File exists)',
      '1 1.1 openat(AT_FDCWD</home>, "/data/a", O_WRONLY|O_CREAT|O_EXCL, 0600) = 21</data/a>',
      '1 1.2 write(22</data/b>(deleted), "q", 1) = 1',
    )
    expect(failed!.result).toBe(-1)
    expect(opened).toMatchObject({ result: 21, arguments: [{ kind: 'file', path: '/home' }, { kind: 'bytes' }, { kind: 'other', text: 'O_WRONLY|O_CREAT|O_EXCL' }, { kind: 'other', text: '0600' }] })
    expect(deleted!.arguments[0]).toMatchObject({ path: '/data/b' })
  })
})

import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { approvalPage } from './approval-page.ts'
import { connectorArguments, readCommandLine, usualDataFolder } from './command-line.ts'
import { readDeepLink } from '#shared/text/deep-link.ts'
import { keySource } from './key-source.ts'
import { pauseUntil } from './pause-until.ts'
import { readConnectorFile, readReadyLine } from './ready-line.ts'
import { restartDelay } from './restart-delay.ts'
import { isOurPage } from './sender.ts'
import { centred, dockedRight, stillVisible } from './window-bounds.ts'
import { windowRequest } from './window-request.ts'

describe('the command line', () => {
  test('reads what is ours and skips what Electron, Chromium and drivers add', () => {
    const options = readCommandLine(
      ['--inspect=0', '--remote-debugging-port=0', '--no-sandbox', '-r', '/driver.js', '/app', '--data', 'here', '--watch', 'a', '--watch', '/b', '--hl7-port', '2575', '--record', 'sandbox', '--demo', '--hidden', '--attach', '--practice', 'p.json', 'relais://patient?ins=1'],
      '/cwd',
    )
    expect(options).toEqual({
      data: path.resolve('/cwd/here'),
      attach: true,
      hidden: true,
      practice: path.resolve('/cwd/p.json'),
      record: 'sandbox',
      watch: [path.resolve('/cwd/a'), path.resolve('/b')],
      hl7Port: '2575',
      demo: true,
      link: 'relais://patient?ins=1',
    })
    expect(connectorArguments(options, '/data')).toEqual(['serve', '--data', '/data', '--practice', path.resolve('/cwd/p.json'), '--record', 'sandbox', '--watch', path.resolve('/cwd/a'), '--watch', path.resolve('/b'), '--hl7-port', '2575', '--demo'])
  })

  test('nothing said gives nothing but the usual folder', () => {
    const options = readCommandLine([], '/cwd')
    expect(options).toEqual({ data: null, attach: false, hidden: false, practice: null, record: null, watch: [], hl7Port: null, demo: false, link: null })
    expect(connectorArguments(options, '/data')).toEqual(['serve', '--data', '/data'])
    expect(usualDataFolder('linux', '/home/a', {})).toBe(path.join('/home/a', '.local', 'share', 'relais'))
    expect(usualDataFolder('linux', '/home/a', { XDG_DATA_HOME: '/x' })).toBe(path.join('/x', 'relais'))
    expect(usualDataFolder('win32', '/home/a', { LOCALAPPDATA: '/l' })).toBe(path.join('/l', 'Relais'))
    expect(usualDataFolder('darwin', '/Users/a', {})).toBe(path.join('/Users/a', 'Library', 'Application Support', 'Relais'))
  })

  test('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('--data', '--watch=', '--record', '--', '-', '--hidden=1'))), (words) => void readCommandLine(words, '/cwd')))
  })
})

describe('the deep link', () => {
  test('names a patient', () => {
    expect(readDeepLink('relais://patient?ins=279035121518989')).toEqual({ ins: '279035121518989' })
    expect(readDeepLink('relais://patient/?ins=2%2079%2003&insOid=1.2.250.1.213.1.4.10')).toEqual({ ins: '2 79 03', insOid: '1.2.250.1.213.1.4.10' })
  })

  test.each([
    [null],
    [''],
    ['relais://patient'],
    ['relais://patient?ins='],
    ['relais://patient?ins=1&ins=2'],
    ['relais://patient/delete?ins=1'],
    ['relais://settings?ins=1'],
    ['https://patient?ins=1'],
    ['relais:patient?ins=1'],
    ['relais://patient?ins=<script>'],
    ['relais://patient?ins=1&insOid=../../x'],
    [`relais://patient?ins=${'1'.repeat(65)}`],
    [`relais://patient?ins=1&x=${'1'.repeat(600)}`],
  ])('ignores %s', (link) => expect(readDeepLink(link)).toBeNull())

  test('gives back only texts the contract takes, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (ins) => {
        const read = readDeepLink(`relais://patient?ins=${encodeURIComponent(ins)}`)
        if (read !== null) expect(read.ins).toMatch(/^[0-9A-Za-z ]{1,64}$/)
      }),
    )
  })
})

describe('what a page may ask', () => {
  test('one of our windows with short texts', () => {
    expect(windowRequest.safeParse({ window: 'viewer', query: { uniqueId: '1.2.3', ins: '1' } }).success).toBe(true)
    expect(windowRequest.safeParse({ window: 'sync', query: {} }).success).toBe(true)
  })

  test.each([
    [null],
    [{}],
    [{ window: 'settings', query: {} }],
    [{ window: 'panel' }],
    [{ window: 'panel', query: { a: 1 } }],
    [{ window: 'panel', query: { '../a': 'x' } }],
    [{ window: 'panel', query: { a: 'x'.repeat(257) } }],
    [{ window: 'panel', query: Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`k${index}`, 'v'])) }],
    [{ window: 'panel', query: {}, url: 'https://elsewhere' }],
    [[]],
    ['panel'],
  ])('refuses %j', (request) => expect(windowRequest.safeParse(request).success).toBe(false))

  test('only from the main frame of a page of ours', () => {
    expect(isOurPage({ url: 'app://relais/windows/panel/index.html', parent: null })).toBe(true)
    expect(isOurPage({ url: 'app://relais/windows/panel/index.html', parent: {} })).toBe(false)
    for (const url of ['', 'about:blank', 'app://relais.evil/x', 'app://relaisx/', 'https://relais/', 'file:///app://relais/']) expect(isOurPage({ url, parent: null }), url).toBe(false)
    expect(isOurPage(null)).toBe(false)
  })
})

describe('the page of a sign-in', () => {
  const opened = (page: string | null) => approvalPage({ approval: { page, words: null } })

  test('is opened over HTTPS, or on this computer', () => {
    expect(opened('https://service.example/auth?client_id=relais')).toBe('https://service.example/auth?client_id=relais')
    expect(opened('http://127.0.0.1:4711/auth')).toBe('http://127.0.0.1:4711/auth')
  })

  test.each(['http://service.example/', 'http://127.0.0.1.example/', 'file:///etc/passwd', 'javascript:alert(1)', 'ms-settings:', 'relais://patient?ins=1', '//service.example', ''])('%s is not', (page) => expect(opened(page)).toBeNull())

  test('is none when no browser is awaited', () => {
    expect(opened(null)).toBeNull()
    expect(approvalPage({ approval: null })).toBeNull()
  })
})

describe('the connector address', () => {
  test('is read from the ready line', () => {
    expect(readReadyLine('{"event":"ready","panel":"http://127.0.0.1:4711/#token=abc","pid":1}')).toEqual({ origin: 'http://127.0.0.1:4711', token: 'abc' })
  })

  test.each(['', 'listening', '{"event":"starting"}', '{"event":"ready","panel":"http://127.0.0.1:1/"}', '{"event":"ready","panel":"http://10.0.0.1:1/#token=abc"}', '{"event":"ready","panel":"https://127.0.0.1:1/#token=a"}', '{"event":"ready","panel":"no"}', 'null'])(
    'is not read from %s',
    (line) => expect(readReadyLine(line)).toBeNull(),
  )

  test('is read from connector.json, loopback only', () => {
    const token = 'x'.repeat(43)
    expect(readConnectorFile(JSON.stringify({ url: 'http://127.0.0.1:1', token, pid: 2 }))).toEqual({ origin: 'http://127.0.0.1:1', token, pid: 2 })
    for (const url of ['http://localhost:1', 'http://127.0.0.1.evil:1', 'http://127.0.0.1:1/x', 'http://a@127.0.0.1:1']) expect(readConnectorFile(JSON.stringify({ url, token, pid: 2 })), url).toBeNull()
    for (const text of ['', '{', '[]', JSON.stringify({ url: 'http://127.0.0.1:1', token: 'short', pid: 2 })]) expect(readConnectorFile(text), text).toBeNull()
  })
})

describe('where windows stand', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1040 }
  test('the panel docks to the right edge; other windows stand in the middle; none is larger than the screen', () => {
    expect(dockedRight(screen, 400)).toEqual({ x: 1520, y: 0, width: 400, height: 1040 })
    expect(centred(screen, 1100, 700)).toEqual({ x: 410, y: 170, width: 1100, height: 700 })
    expect(centred({ x: 100, y: 50, width: 800, height: 600 }, 1100, 700)).toEqual({ x: 100, y: 50, width: 800, height: 600 })
  })

  test('a remembered place is kept while a screen shows a quarter of it', () => {
    expect(stillVisible(null, [screen])).toBeNull()
    expect(stillVisible({ x: 1720, y: 0, width: 400, height: 1000 }, [screen])).not.toBeNull()
    expect(stillVisible({ x: 1900, y: 0, width: 400, height: 1000 }, [screen])).toBeNull()
    expect(stillVisible({ x: 1800, y: 0, width: 400, height: 1000 }, [screen, { x: 1920, y: 0, width: 1920, height: 1080 }])).not.toBeNull()
    expect(stillVisible({ x: 5000, y: 0, width: 400, height: 1000 }, [screen])).toBeNull()
  })
})

describe('the store key', () => {
  const facts = { available: true, backend: null, training: false, keyFileExists: false, sealedKeyExists: false, storeExists: false }
  test.each([
    [{}, 'keystore'],
    [{ backend: 'gnome_libsecret' }, 'keystore'],
    [{ backend: 'basic_text' }, 'refused'],
    [{ available: false }, 'refused'],
    [{ available: false, training: true }, 'file'],
    [{ backend: 'basic_text', training: true }, 'file'],
    [{ training: true, keyFileExists: true }, 'file'],
    [{ training: true }, 'keystore'],
    // A real record never runs on a key in clear, and a sealed store never falls back to one.
    [{ keyFileExists: true, available: false }, 'refused'],
    [{ training: true, sealedKeyExists: true, available: false }, 'refused'],
    [{ training: true, sealedKeyExists: true, keyFileExists: true }, 'keystore'],
    [{ storeExists: true, sealedKeyExists: true }, 'keystore'],
    [{ storeExists: true }, 'refused'],
    [{ storeExists: true, training: true, available: false }, 'refused'],
    [{ storeExists: true, training: true, keyFileExists: true }, 'file'],
  ] as const)('%j lives in: %s', (change, source) => expect(keySource({ ...facts, ...change })).toBe(source))

  test('no facts put real data under a key in clear', () => {
    const any = fc.record({ available: fc.boolean(), backend: fc.constantFrom(null, 'basic_text', 'kwallet6'), training: fc.constant(false), keyFileExists: fc.boolean(), sealedKeyExists: fc.boolean(), storeExists: fc.boolean() })
    fc.assert(
      fc.property(any, (given) => {
        expect(keySource(given)).not.toBe('file')
      }),
    )
  })
})

test('restarts wait longer each time, never more than a minute', () => {
  expect([1, 2, 3, 4, 8, 50].map(restartDelay)).toEqual([500, 1000, 2000, 4000, 60_000, 60_000])
})

test('a pause ends in an hour, at the next midnight of the user, or when somebody resumes', () => {
  const now = new Date(2026, 10, 21, 15, 30).getTime()
  expect(pauseUntil('hour', now)).toBe(new Date(2026, 10, 21, 16, 30).toISOString())
  expect(pauseUntil('tomorrow', now)).toBe(new Date(2026, 10, 22).toISOString())
  expect(pauseUntil('open-ended', now)).toBeNull()
})

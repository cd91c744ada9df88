/**
 * The laws of the house (design.md section 3) as a lint rule: who may import whom.
 * It resolves the path of each import and compares rooms; packages are checked by name.
 */
import { builtinModules } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** For each room of the connector, the rooms it may import; `store` and `audit` use none. */
export const roomArrows = {
  intake: ['documents', 'patients', 'consent', 'outbox', 'store', 'audit'],
  documents: ['patients', 'consent', 'store'],
  patients: ['consent', 'store', 'audit'],
  consent: ['store', 'audit'],
  outbox: ['record', 'consent', 'store', 'audit'],
  record: ['sign-in', 'store', 'audit'],
  history: ['record', 'documents', 'patients', 'consent', 'store', 'audit'],
  'sign-in': ['store', 'audit'],
  audit: ['store'],
  store: [],
}

/** The wiring beside the rooms: what may stand at the connector's root. A decision that grows moves into a room. */
const wiring = ['access-acts', 'apply-identity', 'choose-author', 'choose-party', 'choose-patient', 'choose-type', 'connector', 'document-acts', 'event-hub', 'forgotten-contents', 'global-state', 'item-content', 'open-feed', 'open-trace', 'prepare-item', 'preparer', 'recover', 'retry-rule', 'router', 'says-itself', 'sending-rules', 'sheet-acts', 'stable-oid', 'start-intake', 'test-connector', 'wake-opposed', 'wake-session', 'wake-waiting', 'watch-machine', 'where-written', 'who-speaks', 'wrap-pdf']

/** Packages a page may use; anything else would bring Node or the network into it. */
const pagePackages = ['react', 'react-dom', 'react-aria-components', 'react-i18next', 'i18next', 'zustand', 'zod', '@tanstack/react-query', '@orpc/client', '@orpc/contract', 'pdfjs-dist', 'lucide-react']

const builtin = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]))

/** Places outside the connector and what of ours they may import. */
const placeArrows = {
  'electron/main': ['electron/main', 'electron/preload', 'shared', 'renderer/strings'],
  'electron/preload': ['electron/preload', 'shared'],
  'electron/headless': ['electron/headless', 'electron/connector', 'electron/sandbox', 'shared', 'renderer/strings', 'resources'],
  'electron/sandbox': ['electron/sandbox', 'shared'],
  'electron/connector': ['electron/connector', 'shared', 'renderer/strings'],
  renderer: ['renderer', 'shared'],
  shared: ['shared'],
  resources: ['resources', 'shared'],
}

function placeOf(relative) {
  return Object.keys(placeArrows).find((place) => relative === place || relative.startsWith(`${place}/`))
}

/**
 * Says why `importer` (path from the project's root) may not import `target`, or null when it may.
 * `target` is a path from the root for our own files, a package name otherwise.
 */
export function breach(importer, target, isPackage) {
  if (importer.includes('.test.') || importer.startsWith('e2e/')) return null
  if (isPackage) {
    const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0]
    if (name === 'electron' && !/^electron\/(main|preload)\//.test(importer)) {
      return 'only electron/main and electron/preload may import electron'
    }
    if (importer.startsWith('renderer/') && (builtin.has(target) || !pagePackages.includes(name))) {
      return `a page may use only ${pagePackages.join(', ')}`
    }
    if (importer.startsWith('shared/') && (builtin.has(target) || name.startsWith('react'))) {
      return 'shared/ runs on both sides: neither Node nor React'
    }
    return null
  }
  const place = placeOf(importer)
  if (!place) return null
  if (!placeArrows[place].some((allowed) => target === allowed || target.startsWith(`${allowed}/`))) {
    return `${place} may import only ${placeArrows[place].join(', ')}`
  }
  const feature = /^renderer\/features\/([^/]+)\//.exec(importer)?.[1]
  const targetFeature = /^renderer\/features\/([^/]+)/.exec(target)?.[1]
  if (feature && targetFeature && feature !== targetFeature) return 'features do not import each other; windows compose them'
  if (/^renderer\/(features|ui|app)\//.test(importer) && target.startsWith('renderer/windows/')) return 'only windows compose; nothing imports them'
  if (importer.startsWith('renderer/ui/') && targetFeature) return 'ui knows no feature'
  const room = /^electron\/connector\/([^/]+)\//.exec(importer)?.[1]
  const targetRoom = /^electron\/connector\/([^/]+)\//.exec(target)?.[1]
  if (targetRoom && room !== targetRoom) {
    if (target !== `electron/connector/${targetRoom}/index.ts`) return `enter the room ${targetRoom} by its index.ts`
    if (room && !(roomArrows[room] ?? []).includes(targetRoom)) {
      return `${room} may not import ${targetRoom}: arrows follow the document (${room} → ${(roomArrows[room] ?? []).join(', ') || 'nothing'})`
    }
  }
  if (room && !targetRoom && target.startsWith('electron/connector/')) return 'rooms do not import the wiring'
  const inside = importer.startsWith('electron/connector/')
  if (!inside && target.startsWith('electron/connector/') && !targetRoom && target !== 'electron/connector/connector.ts') {
    return 'enter the connector by connector.ts or by a room'
  }
  if (!importer.startsWith('electron/sandbox/') && target.startsWith('electron/sandbox/') && target !== 'electron/sandbox/index.ts') return 'enter the sandbox by its index.ts'
  return null
}

/** Path of an import from the project's root, or null for a package. */
export function resolveImport(importer, specifier) {
  if (specifier.startsWith('#shared/')) return `shared/${specifier.slice(8)}`
  if (specifier.startsWith('#connector/')) return `electron/connector/${specifier.slice(11)}`
  if (specifier.startsWith('.')) return path.posix.normalize(path.posix.join(path.posix.dirname(importer), specifier))
  return null
}

const layers = {
  meta: { type: 'problem' },
  create(context) {
    const importer = path.relative(root, context.filename ?? context.getFilename()).split(path.sep).join('/')
    const check = (node) => {
      const specifier = node?.source?.value
      if (typeof specifier !== 'string') return
      const target = resolveImport(importer, specifier)
      const why = breach(importer, target ?? specifier, target === null)
      if (why) context.report({ node: node.source, message: `Layer law: ${why}.` })
    }
    // `import('x').Type` is an import too.
    const checkType = (node) => check({ source: node.source ?? node.argument?.literal ?? node.argument })
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check, TSImportType: checkType }
  },
}

const bannedNames = new Set(['utils', 'helpers', 'common', 'manager', 'util', 'helper'])
/** File names are the domain's words, in kebab-case. */
const names = {
  meta: { type: 'problem' },
  create(context) {
    const file = path.relative(root, context.filename ?? context.getFilename()).split(path.sep).join('/')
    return {
      Program(node) {
        const parts = file.split('/').map((part) => part.replace(/\.(test\.)?[a-z]+$/, ''))
        const bad = parts.find((part) => bannedNames.has(part) || part.split('-').some((word) => bannedNames.has(word)))
        if (bad) context.report({ node, message: `"${bad}" says nothing: name it after the domain.` })
        const atRoot = /^electron\/connector\/([a-z-]+)(\.test)?\.ts$/.exec(file)?.[1]
        if (atRoot && !wiring.includes(atRoot)) context.report({ node, message: `${atRoot} is not wiring: give it a room, or name it in e2e/laws/layers.js.` })
        if (!/^[a-z0-9.-]+$/.test(file.split('/').at(-1) ?? '')) context.report({ node, message: 'File names are kebab-case.' })
      },
    }
  },
}

/** Decisions are pure: the files named here take time, ids and randomness as arguments. */
const pureFile =
  /electron\/connector\/(.*\/)?(transition|backoff|circuit|classify|gate|traits|text-identity|text-marks|global-state|choose-party|who-speaks|oid|decide-message|pair-files|compare-identities|identity-status|panel-guard|failures|check-deposit|check-agreement|ebrs-outcome|acknowledgement|habilitation-status|read-event|sign-in-state|front-log|card-situations|read-userinfo|search-words|mark-words|summarise|fact-names|allergy-gravity|analyte-name|medicine-alerts|medicine-codes|treatments-in-force|allergies-in-force|current-medicines|find-duplicates|find-allergies|find-interactions|substance-name|out-of-range|blood-pressure|analytes|calendar|patient-state|changed-medicines|result-judgement|exam-request|exams-already-done|exams-to-show|apply-rules|vaccines-due|last-look|sheet-facts|fit-to-page|plain-text|time-left)\.ts$|electron\/main\/((tray|notification|window-title)-model|quit-question|restart-delay)\.ts$|shared\/terminology\/(access-rights|may-do)\.ts$/
const bannedCalls = new Set(['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'require', 'Date'])
const bannedMembers = new Set(['Date.now', 'Math.random', 'crypto.randomUUID', 'performance.now', 'process.env', 'globalThis.crypto'])
const pure = {
  meta: { type: 'problem' },
  create(context) {
    const file = path.relative(root, context.filename ?? context.getFilename()).split(path.sep).join('/')
    if (!pureFile.test(file) || file.includes('.test.')) return {}
    const report = (node, message) => context.report({ node, message: `${message}: a decision takes time, ids and the world as arguments.` })
    return {
      ImportDeclaration(node) {
        const from = String(node.source.value)
        if (builtin.has(from) || (node.importKind !== 'type' && from.endsWith('/store/index.ts'))) report(node, `${from} in a decision`)
      },
      MemberExpression(node) {
        const text = `${node.object?.name}.${node.property?.name}`
        if (bannedMembers.has(text)) report(node, text)
      },
      CallExpression(node) {
        if (node.callee?.type === 'Identifier' && bannedCalls.has(node.callee.name)) report(node, `${node.callee.name}()`)
      },
      NewExpression(node) {
        if (node.callee?.name === 'Date' && node.arguments.length === 0) report(node, 'The clock')
      },
      VariableDeclarator(node) {
        if (node.id?.type === 'ObjectPattern' && ['Date', 'Math', 'process', 'crypto', 'performance'].includes(node.init?.name)) report(node, `${node.init.name} taken apart`)
      },
    }
  },
}

export default { meta: { name: 'house' }, rules: { layers, names, pure } }

import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { app, dialog, globalShortcut, ipcMain, Menu, MessageChannelMain, Notification, protocol, session, shell } from 'electron'
import type { WebContents } from 'electron'
import type { StatusView } from '#shared/contract/index.ts'
import { clientOverMessagePort } from '#shared/rpc/connector-client.ts'
import type { ConnectorClient } from '#shared/rpc/connector-client.ts'
import { answerPage } from './app-pages.ts'
import { approvalPage } from './approval-page.ts'
import { attachConnector } from './attach-connector.ts'
import { connectorArguments, readCommandLine, usualDataFolder } from './command-line.ts'
import { keepConnector } from './connector-link.ts'
import { readDeepLink } from './deep-link.ts'
import type { PatientLink } from './deep-link.ts'
import { followStatus } from './follow-status.ts'
import { hardenContents, hardenSession } from './harden.ts'
import { storeKey } from './keystore.ts'
import { notice, nothingSaid } from './notification-model.ts'
import { pauseUntil } from './pause-until.ts'
import { quitQuestion } from './quit-question.ts'
import { isTrainingRecord } from './record-training.ts'
import { rememberedBounds } from './remembered-bounds.ts'
import { isOurPage } from './sender.ts'
import type { ConnectorState, ShellView } from './shell-view.ts'
import { startConnector } from './start-connector.ts'
import type { RunningConnector } from './start-connector.ts'
import { shellTexts } from './texts.ts'
import { createTray } from './tray.ts'
import { trayModel } from './tray-model.ts'
import type { TrayAction } from './tray-model.ts'
import { windowRequest } from './window-request.ts'
import { windowTitle } from './window-title-model.ts'
import { createWindows, pagesPartition } from './windows.ts'

const panelShortcut = 'Ctrl+Alt+D'

// 1. What was asked, and where the data lives. Each data folder is a program of its own: one instance for each.
const options = readCommandLine(process.argv.slice(process.defaultApp ? 2 : 1), process.cwd())
const dataDir = options.data ?? usualDataFolder(process.platform, app.getPath('home'), process.env)
mkdirSync(dataDir, { recursive: true, mode: 0o700 })
app.setPath('userData', path.join(dataDir, 'shell'))
// As root (test machines) Chromium has no sandbox and starts only with `--no-sandbox`; the two together stop it.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }])

if (app.requestSingleInstanceLock({ link: options.link })) {
  hardenContents(app)
  // Not awaited here: Electron is ready only after this file has been read to its end.
  void app.whenReady().then(run)
} else {
  // The instance that runs takes over what this one was started for.
  app.exit(0)
}

function run(): void {
  // The project's root, or the packaged archive: not `getAppPath()`, which depends on how Electron was started.
  const home = path.resolve(import.meta.dirname, '../..')
  const icons = path.join(home, 'resources', 'icons')
  // French first, as the pages are; Chromium's own `--lang=en` gives English.
  const language = app.commandLine.getSwitchValue('lang').startsWith('en') ? 'en' : 'fr'
  const { translate, time } = shellTexts(language)
  let view: ShellView = { connector: { kind: 'starting' }, status: null }
  let shortcut: string | null = null
  let said = nothingSaid
  let client: ConnectorClient | null = null
  let patient: PatientLink | null = null
  let leaving = false
  let asking = false

  // 2. The pages: our own files, nothing else.
  const pages = session.fromPartition(pagesPartition)
  hardenSession(session.defaultSession)
  hardenSession(pages)
  pages.protocol.handle('app', (request) => answerPage(path.join(home, 'out', 'renderer'), request))
  Menu.setApplicationMenu(process.platform === 'darwin' ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]) : null)

  // 3. The windows and the tray, painted from the view.
  const windows = createWindows({
    preload: path.join(home, 'out', 'preload', 'index.cjs'),
    icon: path.join(icons, 'relais.png'),
    remembered: rememberedBounds(path.join(dataDir, 'shell', 'windows.json')),
    title: (kind) => windowTitle(kind, view, translate),
    loaded: givePort,
    leaving: () => leaving,
  })
  const tray = createTray(icons, { click: () => windows.show('panel'), doubleClick: () => windows.show('sync'), choose })
  const show = (change: Partial<ShellView>): void => {
    view = { ...view, ...change }
    tray.paint(trayModel(view, { translate, time, shortcut }))
    windows.retitle()
    const next = notice(said, view, Date.now(), translate)
    said = next.memory
    if (next.notice !== null && Notification.isSupported()) {
      const shown = new Notification(next.notice)
      shown.on('click', () => windows.show('sync'))
      shown.show()
    }
  }

  // 4. The connector, kept at hand whatever happens to it.
  const link = keepConnector(
    join,
    {
      up: connected,
      down: (wasUp) => {
        if (wasUp) show({ connector: { kind: 'restarting' } })
        else if (view.connector.kind !== 'no-keystore' && view.connector.kind !== 'restarting') show({ connector: { kind: 'no-answer' } })
      },
    },
    { now: () => Date.now(), wait: (milliseconds, signal) => wait(milliseconds, undefined, { signal }) },
  )

  async function join(signal: AbortSignal): Promise<RunningConnector> {
    const found = await attachConnector(dataDir).catch(() => null)
    if (found !== null) return running(found, { kind: 'running', attached: true })
    if (options.attach) throw new Error('no connector runs on this data folder')
    const key = await storeKey(dataDir, isTrainingRecord(options.record, dataDir)).catch(() => ({ from: 'nowhere' }) as const)
    if (key.from === 'nowhere') {
      show({ connector: { kind: 'no-keystore' } })
      throw new Error('the key of the store cannot be read or kept')
    }
    const started = await startConnector({
      entry: path.join(home, 'out', 'main', 'relais.js'),
      arguments: connectorArguments(options, dataDir),
      key: key.from === 'keystore' ? key.key : null,
      node: process.env['RELAIS_NODE'] ?? path.join(home, 'node_modules', '.bin', 'node'),
      signal,
    })
    return running(started, { kind: 'running', attached: false })
  }

  function running(connector: RunningConnector, state: ConnectorState): RunningConnector {
    view = { ...view, connector: state }
    return connector
  }

  function connected(): void {
    const { port1, port2 } = new MessageChannelMain()
    const own = clientOverMessagePort(port1)
    client = own
    port1.start()
    link.connect(port2)
    void followStatus(own, (status: StatusView) => show({ status })).finally(() => (client = client === own ? null : client))
    for (const contents of windows.contents()) givePort(contents)
    show({})
    openPatient()
  }

  function givePort(contents: WebContents): void {
    const { port1, port2 } = new MessageChannelMain()
    // Without a connector the page would wait on a dead port; it gets a live one at the next `up`.
    if (link.connect(port2)) contents.postMessage('relais:port', null, [port1])
  }

  // 5. What people do: the menu, the shortcut, another window, a deep link, quitting.
  function choose(action: TrayAction): void {
    switch (action.do) {
      case 'open-panel':
        return windows.show('panel')
      case 'open-sync':
        return windows.show('sync', { view: action.view })
      case 'pause':
        return void client?.status.pause({ until: pauseUntil(action.span, Date.now()) }).catch(() => undefined)
      case 'resume':
        return void client?.status.resume().catch(() => undefined)
      case 'quit':
        return app.quit()
    }
  }

  ipcMain.on('relais:open-window', (event, payload: unknown) => {
    const request = windowRequest.safeParse(payload)
    if (isOurPage(event.senderFrame) && windows.contents().includes(event.sender) && request.success) windows.show(request.data.window, request.data.query)
  })

  ipcMain.on('relais:open-approval', (event) => {
    if (isOurPage(event.senderFrame) && windows.contents().includes(event.sender)) void openApproval().catch(() => undefined)
  })

  ipcMain.on('relais:print', (event) => {
    if (isOurPage(event.senderFrame) && windows.contents().includes(event.sender)) event.sender.print()
  })

  async function openApproval(): Promise<void> {
    const page = client && approvalPage(await client.signIn.state())
    if (page) await shell.openExternal(page)
  }

  function follow(text: string | null): void {
    const named = readDeepLink(text)
    if (named === null) return
    patient = named
    openPatient()
    windows.show('panel')
  }

  // A link that comes before the connector waits for it; of two, the last one counts.
  function openPatient(): void {
    if (patient === null || client === null) return
    // The panel shows whatever became of it: the patient, or why not.
    void client.panel.open(patient).catch(() => undefined)
    patient = null
  }

  app.on('second-instance', (_event, _argv, _cwd, given) => {
    const asked = (given as { link?: unknown } | null)?.link
    if (typeof asked === 'string') follow(asked)
    else windows.show('panel')
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    follow(url)
  })
  app.on('activate', () => windows.show('panel'))
  app.on('window-all-closed', () => undefined)
  if (globalShortcut.register(panelShortcut, () => windows.togglePanel())) shortcut = panelShortcut
  if (app.isPackaged) app.setAsDefaultProtocolClient('relais')

  const leave = async (): Promise<void> => {
    if (leaving || asking) return
    const question = quitQuestion(view, translate)
    if (question !== null) {
      asking = true
      const answer = await dialog.showMessageBox({ type: 'question', message: question.message, detail: question.detail, buttons: [question.stay, question.quit], defaultId: 0, cancelId: 0 })
      asking = false
      if (answer.response === 0) return
    }
    await end()
  }
  const end = async (): Promise<void> => {
    leaving = true
    await link.stop()
    app.exit(0)
  }
  app.on('before-quit', (event) => {
    event.preventDefault()
    void leave()
  })
  // The system ends the session: no question.
  process.on('SIGTERM', () => void end())
  process.on('SIGINT', () => void end())

  show({})
  if (options.hidden) windows.warmPanel()
  else windows.show('panel')
  follow(options.link)
}

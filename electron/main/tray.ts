import path from 'node:path'
import { Menu, nativeImage, Tray } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { TrayAction, TrayLine, TrayModel } from './tray-model.ts'

/** The tray's picture and menu on the screen. */
export interface PaintedTray {
  readonly paint: (model: TrayModel) => void
}

/** What the tray's clicks do. */
export interface TrayClicks {
  readonly click: () => void
  readonly doubleClick: () => void
  readonly choose: (action: TrayAction) => void
}

/**
 * Puts the tray on the screen; it paints a model and decides nothing. A desktop without a tray (some Linux ones) gives a tray that
 * paints nowhere: the windows stay reachable by the shortcut and by starting the program again.
 */
export function createTray(icons: string, clicks: TrayClicks): PaintedTray {
  const picture = (icon: TrayModel['icon']) => nativeImage.createFromPath(path.join(icons, `tray-${icon}.png`))
  let tray: Tray
  try {
    tray = new Tray(picture('setup'))
  } catch {
    return { paint: () => undefined }
  }
  tray.on('click', clicks.click)
  tray.on('double-click', clicks.doubleClick)
  let painted = ''
  return {
    paint: (model) => {
      // A menu set again closes under the user's pointer.
      const wanted = JSON.stringify(model)
      if (wanted === painted) return
      painted = wanted
      tray.setImage(picture(model.icon))
      tray.setToolTip(model.tooltip)
      tray.setContextMenu(Menu.buildFromTemplate(model.lines.map((line) => template(line, clicks.choose))))
    },
  }
}

function template(line: TrayLine, choose: TrayClicks['choose']): MenuItemConstructorOptions {
  switch (line.kind) {
    case 'separator':
      return { type: 'separator' }
    case 'sentence':
      return { label: line.text, enabled: false }
    case 'command':
      return {
        label: line.text,
        click: () => choose(line.action),
        // GTK menus outside a window take no accelerator.
        ...(line.shortcut === undefined || process.platform === 'linux' ? {} : { accelerator: line.shortcut, registerAccelerator: false }),
      }
    case 'submenu':
      return { label: line.text, submenu: line.lines.map((inner) => template(inner, choose)) }
  }
}

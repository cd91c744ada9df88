/** A rectangle in device independent pixels, as Electron gives them. */
export interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const seen = (bounds: Bounds, area: Bounds): number => {
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x)
  const height = Math.min(bounds.y + bounds.height, area.y + area.height) - Math.max(bounds.y, area.y)
  return width > 0 && height > 0 ? width * height : 0
}

/**
 * Remembered bounds, if a screen still shows at least a quarter of them: a screen unplugged since must not hide the window.
 *
 * @param areas the work area of each screen
 */
export function stillVisible(remembered: Bounds | null, areas: readonly Bounds[]): Bounds | null {
  if (remembered === null) return null
  const shown = areas.reduce((sum, area) => sum + seen(remembered, area), 0)
  return shown * 4 >= remembered.width * remembered.height ? remembered : null
}

/** The panel's first place: the right edge of the main screen, its whole height, beside the practice software. */
export function dockedRight(area: Bounds, width: number): Bounds {
  const fitting = Math.min(width, area.width)
  return { x: area.x + area.width - fitting, y: area.y, width: fitting, height: area.height }
}

/** A window of this size in the middle of the screen, made smaller when the screen is. */
export function centred(area: Bounds, width: number, height: number): Bounds {
  const size = { width: Math.min(width, area.width), height: Math.min(height, area.height) }
  return { x: area.x + Math.round((area.width - size.width) / 2), y: area.y + Math.round((area.height - size.height) / 2), ...size }
}

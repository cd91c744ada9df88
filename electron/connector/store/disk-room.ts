import fs from 'node:fs'
import { openBallast } from './ballast.ts'
import { roomMarks, roomState, type DiskSpace, type RoomState } from './room-state.ts'

/** The room left on the disk of the data folder. */
export interface DiskRoom {
  state(): RoomState
  /** Bytes free at the last look, without the ballast. */
  freeBytes(): number
  /** Can this many bytes be written without coming under the low mark? */
  hasRoomFor(bytes: number): boolean
  /** Looks now. */
  check(): void
  /** A write found the disk full (ENOSPC, SQLITE_FULL): the ballast is given up before this returns, so that the next one can pass. */
  noteFull(): void
  /** Ends; resolves when nothing is being written any more. The ballast stays for the next start. */
  close(): Promise<void>
}

const everyMs = 5_000
/** A refusal that the free space does not explain (a quota) counts for this long. */
const refusalMs = 30_000
/** After a ballast that could not be written, as long until the next try. */
const retryBallastMs = 600_000

/**
 * Watches the disk of the data folder and keeps a ballast there: made while room is `ok`, given up when it is `full`, made again when it
 * comes back. The free space is counted as if the ballast were there, so that giving it up does not look like room. `now` in
 * milliseconds; `onChange` is told each new state, first of all the one at the start when it is not `ok`.
 */
export function openDiskRoom(options: { directory: string; statfs?: (directory: string) => DiskSpace; now: () => number; onChange: (state: RoomState) => void }): DiskRoom {
  const { directory, statfs = spaceOf, now, onChange } = options
  const ballast = openBallast(directory)
  let state: RoomState = 'ok'
  let space: DiskSpace = { freeBytes: 0, totalBytes: 0 }
  let refusedUntil = 0
  let noBallastBefore = 0
  let making: Promise<void> | null = null
  let closed = false

  function check(): void {
    if (closed) return
    measure()
    const found = now() < refusedUntil ? 'full' : roomState(space, state)
    if (found === 'full') ballast.free()
    if (found !== state) {
      state = found
      onChange(state)
    }
    const wanted = ballastBytes(space.totalBytes)
    if (state === 'ok' && wanted > 0 && ballast.held() === 0 && making === null && now() >= noBallastBefore) making = makeBallast(wanted)
  }

  function measure(): void {
    try {
      const { freeBytes, totalBytes } = statfs(directory)
      space = { freeBytes: freeBytes - Math.max(0, ballastBytes(totalBytes) - ballast.held()), totalBytes }
    } catch {
      // A disk that does not answer for a moment: the last figures stand until it does.
    }
  }

  async function makeBallast(bytes: number): Promise<void> {
    if (!(await ballast.make(bytes))) noBallastBefore = now() + retryBallastMs
    making = null
  }

  const timer = setInterval(check, everyMs).unref()
  check()
  return {
    state: () => state,
    freeBytes: () => Math.max(0, space.freeBytes),
    hasRoomFor: (bytes) => state === 'ok' && space.freeBytes - bytes >= roomMarks(space.totalBytes).low,
    check,
    noteFull() {
      refusedUntil = now() + refusalMs
      ballast.free()
      check()
    },
    async close() {
      closed = true
      clearInterval(timer)
      if (making) ballast.free()
      await making
    },
  }
}

/** The ballast is as large as the mark under which it is given up. */
function ballastBytes(totalBytes: number): number {
  return Math.floor(roomMarks(totalBytes).full)
}

function spaceOf(directory: string): DiskSpace {
  const { bavail, bsize, blocks } = fs.statfsSync(directory)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

/**
 * What a test waits for comes in its own time: on a machine that does much else, a second is no time at all, and the test would be judged by what
 * runs beside it. Vitest has no setting for `vi.waitFor` as it has one for `expect.poll`.
 */
import { vi } from 'vitest'

const { waitFor } = vi
vi.waitFor = (callback, options) => waitFor(callback, typeof options === 'number' ? options : { timeout: 30_000, ...options })

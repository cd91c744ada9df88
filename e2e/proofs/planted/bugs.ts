import type { PlantedBug } from './bug.ts'
import { doubtBugs } from './doubt-bugs.ts'
import { intakeBugs } from './intake-bugs.ts'
import { returnBugs } from './return-bugs.ts'
import { sendingBugs } from './sending-bugs.ts'

/** Every mistake that must be seen, in the order a document meets them. */
export const bugs: readonly PlantedBug[] = [...intakeBugs, ...sendingBugs, ...doubtBugs, ...returnBugs]

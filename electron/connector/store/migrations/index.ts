import type { Migration } from '../migrate.ts'
import { start } from './0001-start.ts'
import { lanes } from './0002-lanes.ts'
import { search } from './0003-search.ts'
import { corrections } from './0004-corrections.ts'
import { audit } from './0005-audit.ts'
import { rights } from './0006-rights.ts'
import { readers } from './0007-readers.ts'
import { readings } from './0008-readings.ts'
import { looks } from './0009-looks.ts'
import { facts } from './0010-facts.ts'
import { paperSheets } from './0011-paper-sheets.ts'
import { renderings } from './0012-renderings.ts'
import { movedFiles } from './0013-moved-files.ts'
import { contentsInDoubt } from './0014-contents-in-doubt.ts'

/** Every step, oldest first. Append only. */
export const migrations: readonly Migration[] = [start, lanes, search, corrections, audit, rights, readers, readings, looks, facts, paperSheets, renderings, movedFiles, contentsInDoubt]

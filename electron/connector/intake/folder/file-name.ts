/** Names of files that are never a document: being written, locks, what was there before, and what systems leave in folders. */
const passing = [/^\./, /^~/, /\.(?:tmp|temp|part|partial|crdownload|download|swp|lock|bak|old|orig)$/i, /~$/, /^thumbs\.db$/i, /^desktop\.ini$/i, /^\$recycle\.bin$/i, /^system volume information$/i]

/** Skipped without a word, and counted. */
export function isPassing(name: string): boolean {
  return passing.some((pattern) => pattern.test(name))
}

/** Names Windows reserves or changes behind one's back, alternate streams, control characters, bytes that are no text. */
export function isForbidden(name: string): boolean {
  return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name) || /[. ]$/.test(name) || /[\u0000-\u001f:\uFFFD]/.test(name)
}

/** A name in the form pairs are compared in: no case, one Unicode form. */
export function comparable(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** Without its last extension. */
export function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, '')
}

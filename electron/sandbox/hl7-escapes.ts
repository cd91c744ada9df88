/** HL7 v2 escapes of a component: separators inside a name would cut it. */
export function escapeHl7(text: string): string {
  return text.replace(/[|^&~\\]/g, (one) => `\\${{ '|': 'F', '^': 'S', '&': 'T', '~': 'R', '\\': 'E' }[one]}\\`)
}

/** Reverses them. */
export function unescapeHl7(text: string): string {
  return text.replace(/\\([FSTRE])\\/g, (_, letter: string) => ({ F: '|', S: '^', T: '&', R: '~', E: '\\' })[letter] ?? '')
}

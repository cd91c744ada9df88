/** How long a call under way may hold the end of the program once everything is closed. */
const hungMs = 3_000

/**
 * Called when all is put down and told: a card's library that hangs would hold the process for ever, its end included. The process
 * then ends as if killed; one that nothing holds ends before, with its own exit code.
 */
export function endThoughHung(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), hungMs).unref()
}

/** What one line of stunnel's log says; connections are numbered in the order they came. */
export type FrontLine =
  | { readonly said: 'listening' }
  | { readonly said: 'accepted' | 'secured' | 'closed'; readonly connection: number }
  | { readonly said: 'problem'; readonly connection: number; readonly text: string }

/** Reads a line of stunnel 5's log at level 6; null when it says nothing of use. */
export function readFrontLine(line: string): FrontLine | null {
  const read = /LOG(\d)\[(\w+)\]: (.*)$/.exec(line)
  if (!read) return null
  const [, level, who = '', text = ''] = read
  if (text === 'Accepting new connections') return { said: 'listening' }
  if (!/^\d+$/.test(who)) return null
  const connection = Number(who)
  if (/^Service \[[\w-]+\] accepted connection from /.test(text)) return { said: 'accepted', connection }
  if (text.startsWith('TLS connected: ')) return { said: 'secured', connection }
  if (/^Connection (closed|reset)/.test(text)) return { said: 'closed', connection }
  return Number(level) <= 4 ? { said: 'problem', connection, text } : null
}

/**
 * The code of a handshake that failed, from what the log said of it, worded as Node words its own so that one reading serves
 * both: the server's certificate, ours, the card, else the network.
 */
export function codeOfProblems(problems: readonly string[]): string {
  const all = problems.join('\n')
  if (/PKCS#11|pkcs11 engine/i.test(all)) return 'CARD_UNAVAILABLE'
  if (/Rejected by CERT|certificate verify failed/.test(all)) return 'CERT_UNTRUSTED'
  if (/alert (bad|unsupported|no) certificate|alert certificate|alert unknown ca|alert access denied/i.test(all)) return 'ERR_SSL_TLS_ALERT_BAD_CERTIFICATE'
  return /refused/i.test(all) ? 'ECONNREFUSED' : 'ERR_TLS_FRONT_CLOSED'
}

/** A line as it may be told: a PIN in it is struck out, and what follows a setting's name that holds one. */
export function withoutPin(line: string, pin: string): string {
  return line.replaceAll(pin, '…').replace(/\bPIN:.*$/, 'PIN:…')
}

/** Whether stunnel says that the card refused its PIN, at its login or at a key's own. */
export function refusesPin(line: string): boolean {
  return /\bLogin failed\b|\bWrong PIN\b|\bPIN (incorrect|invalid|len(gth)? range|expired|locked)\b/i.test(line)
}

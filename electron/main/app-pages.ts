import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { contentSecurityPolicy, pageMediaType, pageName } from '../../shared/pages/served-page.ts'

/** Where every page of ours lives. A scheme of our own: `file:` would give pages the whole disk as their origin. */
export const pagesOrigin = 'app://relais'

/** The file under `root` that an address of ours means, or null when it means none (another host, a way out of the folder). */
export function pageFile(root: string, address: string): string | null {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  if (url.protocol !== 'app:' || url.host !== 'relais') return null
  const name = pageName(url.pathname)
  if (name === null) return null
  const file = path.join(root, name)
  const inside = path.relative(root, file)
  return inside === '' || inside.startsWith('..') || path.isAbsolute(inside) ? null : file
}

/** Answers one request for a page; 404 for what does not exist, without saying why. */
export async function answerPage(root: string, request: { url: string; method: string }): Promise<Response> {
  const file = request.method === 'GET' || request.method === 'HEAD' ? pageFile(root, request.url) : null
  const bytes = file === null ? null : await readFile(file).catch(() => null)
  const headers = { 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }
  if (file === null || bytes === null) return new Response('', { status: 404, headers })
  return new Response(new Uint8Array(bytes), { headers: { ...headers, 'content-type': pageMediaType(file) } })
}

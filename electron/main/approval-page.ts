import type { WhoSpeaks } from '#shared/contract/sign-in.ts'

/**
 * The page where a sign-in is approved, for the system's browser; null when none is awaited. Over HTTPS, or on this computer (the
 * training service). It comes from the connector alone: no page of ours can have another address opened.
 */
export function approvalPage({ approval }: Pick<WhoSpeaks, 'approval'>): string | null {
  if (!approval?.page || !URL.canParse(approval.page)) return null
  const { protocol, hostname, href } = new URL(approval.page)
  return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1') ? href : null
}

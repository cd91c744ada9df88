import type { ConsentView } from '#shared/contract/access.ts'

type Choice = 'agreed' | 'opposed'

/**
 * What a patient may still answer. Deposits need no agreement: there is an opposition to take down, or one to lift. Being read is agreed to
 * or refused, each while the other, or nothing, is known.
 */
export function choicesLeft(kind: 'deposit' | 'consultation', said: Pick<ConsentView, 'choice'> | null): Choice[] {
  const known = said?.choice ?? 'not-collected'
  if (known === 'not-collected') return kind === 'deposit' ? ['opposed'] : ['agreed', 'opposed']
  return [known === 'agreed' ? 'opposed' : 'agreed']
}

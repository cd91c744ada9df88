import type { Page } from '@playwright/test'
import type { RecordDocument } from '#shared/contract/history.ts'
import type { World } from './fixture-connector.ts'
import type { WindowState } from './states.ts'
import { panelWith, recordDocument, recordDocuments } from './world.ts'

export const askOtherStates = async (page: Page) => {
  await page.getByTestId('ask-other-states').click()
}

/** One of each state that is not in force. */
export function notInForce(): RecordDocument[] {
  return [recordDocument(60, { status: 'archived', maskedToProfessionals: true }), recordDocument(61, { status: 'deprecated' }), recordDocument(62, { status: 'deleted' })]
}

const asked = (name: string, otherStates: World['otherStates'], shows: string, more: Partial<World> = {}): WindowState => ({
  name,
  window: 'panel',
  prepare: (world) => Object.assign(world, { panel: panelWith({ documents: recordDocuments(4) }), otherStates, ...more }) && undefined,
  act: askOtherStates,
  shows,
})
const testId = (id: string) => `[data-testid="${id}"]`

/** Every state of the documents that are not in force, beside those that are. */
export const otherStates: readonly WindowState[] = [
  asked('panel-other-states', notInForce(), testId('other-document')),
  asked('panel-other-states-none', [], testId('other-states-none')),
  asked('panel-other-states-failed', 'record-unreachable', testId('other-states-failed')),
  asked('panel-other-states-loading', [], `${testId('other-states')} .skeleton`, { held: { 'record.list': new Promise(() => {}) } }),
  asked('panel-other-states-of-nothing', notInForce(), testId('other-document'), { panel: panelWith({ documents: [] }) }),
]

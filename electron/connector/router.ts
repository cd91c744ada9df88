import { implement } from '@orpc/server'
import { contract, type Failure, type Result } from '#shared/contract/index.ts'
import type { Connector } from './connector.ts'

/** What a procedure can throw at its caller for an expected failure. */
interface Refusals {
  REFUSED(options: { data: { code: Failure['code']; recordText: string | null } }): Error
}

function valueOf<T>(result: Result<T>, errors: Refusals): T {
  if (result.ok) return result.value
  throw errors.REFUSED({ data: { code: result.failure.code, recordText: result.failure.recordText ?? null } })
}

/** The contract, answered by a running connector. Needs nothing from the transport. */
export function routerOf(connector: Connector) {
  const serve = implement(contract)
  return serve.router({
    status: {
      get: serve.status.get.handler(() => connector.status()),
      events: serve.status.events.handler(({ signal }) => connector.events(signal)),
      pause: serve.status.pause.handler(({ input }) => connector.pause(input.until === null ? null : Date.parse(input.until))),
      resume: serve.status.resume.handler(() => connector.resume()),
    },
    items: {
      list: serve.items.list.handler(({ input }) => connector.items.list(input)),
      get: serve.items.get.handler(async ({ input, errors }) => valueOf(await connector.items.get(input.id), errors)),
      content: serve.items.content.handler(async ({ input, errors }) => valueOf(await connector.items.content(input.id), errors)),
      attachment: serve.items.attachment.handler(async ({ input, errors }) => valueOf(await connector.items.attachment(input.id, input.index), errors)),
      retry: serve.items.retry.handler(async ({ input }) => ({ moved: await connector.items.retry(input) })),
      findPatients: serve.items.findPatients.handler(async ({ input, errors }) => valueOf(await connector.items.findPatients(input.id, input.typed), errors)),
      namedByText: serve.items.namedByText.handler(async ({ input, errors }) => valueOf(await connector.items.namedByText(input.id), errors)),
      assignPatient: serve.items.assignPatient.handler(async ({ input, errors }) => valueOf(await connector.items.assignPatient(input.id, input.patientId), errors)),
      chooseType: serve.items.chooseType.handler(async ({ input, errors }) => valueOf(await connector.items.chooseType(input.id, input.typeCode), errors)),
      chooseAuthor: serve.items.chooseAuthor.handler(async ({ input, errors }) => valueOf(await connector.items.chooseAuthor(input.id, input.authorId, input.structureId), errors)),
      hold: serve.items.hold.handler(async ({ input, errors }) => valueOf(await connector.items.hold(input.id), errors)),
      setVisibility: serve.items.setVisibility.handler(async ({ input, errors }) => valueOf(await connector.items.setVisibility(input.id, input.visibility), errors)),
      dismiss: serve.items.dismiss.handler(async ({ input, errors }) => valueOf(await connector.items.dismiss(input.id, input.why), errors)),
      dismissHeld: serve.items.dismissHeld.handler(async ({ input }) => ({ moved: await connector.items.dismissHeld(input.reason, input.why) })),
    },
    panel: {
      open: serve.panel.open.handler(async ({ input, errors }) => valueOf(await connector.panel.open(input), errors)),
      find: serve.panel.find.handler(({ input }) => connector.panel.find(input.typed)),
      close: serve.panel.close.handler(() => connector.panel.close()),
      get: serve.panel.get.handler(() => connector.panel.view()),
      documents: serve.panel.documents.handler(({ input }) => connector.panel.documents(input)?.slice() ?? null),
      refresh: serve.panel.refresh.handler(() => connector.panel.refresh()),
      summary: serve.panel.summary.handler(() => connector.panel.summary()),
      summaryList: serve.panel.summaryList.handler(({ input }) => connector.panel.summaryList(input)),
      summaryLine: serve.panel.summaryLine.handler(({ input }) => connector.panel.summaryLine(input)),
      examAvoided: serve.panel.examAvoided.handler(({ input, errors }) => valueOf(connector.panel.examAvoided(input), errors)),
      fetchAll: serve.panel.fetchAll.handler(async ({ input, errors }) => valueOf(await connector.panel.fetchAll(input), errors)),
    },
    medicines: { check: serve.medicines.check.handler(() => connector.medicines.check()) },
    access: {
      enter: serve.access.enter.handler(async ({ input, errors }) => valueOf(await connector.access.enter(input), errors)),
      leave: serve.access.leave.handler(async ({ input, errors }) => valueOf(await connector.access.leave(input), errors)),
      stay: serve.access.stay.handler(async ({ input, errors }) => valueOf(await connector.access.stay(input), errors)),
      authorise: serve.access.authorise.handler(async ({ input, errors }) => valueOf(await connector.access.authorise(input), errors)),
      recordConsent: serve.access.recordConsent.handler(async ({ input, errors }) => valueOf(await connector.access.recordConsent(input), errors)),
      confirmInformation: serve.access.confirmInformation.handler(async ({ errors }) => valueOf(await connector.access.confirmInformation(), errors)),
    },
    record: {
      list: serve.record.list.handler(async ({ input, errors }) => valueOf(await connector.record.list(input, input.statuses), errors)),
      facts: serve.record.facts.handler(async ({ input, errors }) => valueOf(await connector.record.facts(input), errors)),
      search: serve.record.search.handler(async ({ input, errors }) => valueOf(await connector.record.search(input, input), errors)),
      get: serve.record.get.handler(async ({ input, errors }) => valueOf(await connector.record.get(input, input.uniqueId), errors)),
      open: serve.record.open.handler(async ({ input, errors }) => valueOf(await connector.record.open(input, input.uniqueId), errors)),
      way: serve.record.way.handler(({ input, errors }) => valueOf(connector.record.way(input), errors)),
      look: serve.record.look.handler(async ({ input, errors }) => valueOf(await connector.record.look(input, input.uniqueId), errors)),
      change: serve.record.change.handler(async ({ input, errors }) => valueOf(await connector.record.change(input, input.uniqueId, input.act), errors)),
      attachment: serve.record.attachment.handler(async ({ input, errors }) => valueOf(await connector.record.attachment(input, input.uniqueId, input.index), errors)),
      versions: serve.record.versions.handler(async ({ input, errors }) => valueOf(await connector.record.versions(input, input.uniqueId), errors)),
      lots: serve.record.lots.handler(async ({ input, errors }) => valueOf(await connector.record.lots(input, Date.parse(input.since)), errors)),
      print: serve.record.print.handler(async ({ input, errors }) => valueOf(await connector.record.print(input, input.uniqueId), errors)),
      copy: serve.record.copy.handler(async ({ input, errors }) => valueOf(await connector.record.copy(input, input.uniqueId), errors)),
    },
    myRecords: {
      offered: serve.myRecords.offered.handler(() => connector.myRecords.offered()),
      list: serve.myRecords.list.handler(async ({ input, errors }) => valueOf(await connector.myRecords.list(input), errors)),
    },
    sheets: {
      preview: serve.sheets.preview.handler(async ({ input, errors }) => valueOf(await connector.sheets.preview(input), errors)),
      print: serve.sheets.print.handler(async ({ input, errors }) => valueOf(await connector.sheets.print(input), errors)),
      read: serve.sheets.read.handler(async ({ input, errors }) => valueOf(await connector.sheets.read(input.code), errors)),
      waiting: serve.sheets.waiting.handler(() => connector.sheets.waiting()),
      open: serve.sheets.open.handler(async ({ input, errors }) => valueOf(await connector.sheets.open(input.id), errors)),
      erase: serve.sheets.erase.handler(({ input, errors }) => valueOf(connector.sheets.erase(input.id), errors)),
    },
    audit: {
      verify: serve.audit.verify.handler(() => connector.audit.verify()),
      export: serve.audit.export.handler(async ({ input, errors }) => valueOf(await connector.audit.export(input), errors)),
      attestation: serve.audit.attestation.handler(async ({ input, errors }) => valueOf(await connector.audit.attestation(input, input), errors)),
    },
    signIn: {
      state: serve.signIn.state.handler(() => connector.signIn.state()),
      start: serve.signIn.start.handler(async ({ input, errors }) => valueOf(await connector.signIn.start(input?.professional), errors)),
      givePin: serve.signIn.givePin.handler(async ({ input, errors }) => valueOf(await connector.signIn.givePin(input.pin), errors)),
      choose: serve.signIn.choose.handler(async ({ input, errors }) => valueOf(await connector.signIn.choose(input.structure), errors)),
      end: serve.signIn.end.handler(() => connector.signIn.end()),
    },
  })
}

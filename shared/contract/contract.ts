import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { authoriseInput, consentInput, enterInput, shownInput } from './access.ts'
import { documentActs, documentInRecord } from './document-acts.ts'
import { paperSheet, printableSheet, sheetInput, waitingSheet } from './emergency-sheet.ts'
import { itemContent } from './item-content.ts'
import { foundPatient, itemDetail, itemState, itemView, itemVisibility, knownPatient, patientCandidate } from './items.ts'
import { clinicalFact } from './facts.ts'
import { documentVersions, openedDocument, panelListInput, panelView, recordDocument, recordLot, recordSearch, recordWay, writtenCopy } from './history.ts'
import { medicineCheck } from './medicines.ts'
import { myRecords, myRecordsInput, myRecordsOffer } from './my-records.ts'
import { batchReasons, reasonCode } from './reasons.ts'
import { examAvoidedInput, ruledSummary } from './ruled-summary.ts'
import { whoSpeaks } from './sign-in.ts'
import { statusView } from './status.ts'
import { summaryLine, summaryLineInput, summaryList, summaryListInput } from './summary.ts'
import { attestation, traceLine, traceVerdict } from './trace.ts'
import { longestPatientSearch } from '#shared/text/read-patient-search.ts'
import { longestSheetCode } from '#shared/text/read-sheet-entry.ts'

/**
 * An event tells a page what to ask again; it carries no patient data. `sequence` grows by one: a gap, or a first
 * event after a reconnection, means "ask everything again".
 */
export const connectorEvent = z.object({
  sequence: z.number().int(),
  topic: z.enum(['status', 'items', 'panel', 'summary', 'sheets', 'sign-in', 'hello']),
})
export type ConnectorEvent = z.infer<typeof connectorEvent>

/** Expected failures travel as this typed oRPC error, never as a stack. */
const base = oc.errors({
  REFUSED: { status: 422, data: z.object({ code: reasonCode, recordText: z.string().nullable() }) },
})

/** INS 15 characters with key, as scanned or pasted: blanks allowed, checked by the patients room. */
const insInput = z.object({ ins: z.string().min(1).max(64), insOid: z.string().max(64).optional() })

/** Everything a window, the command line or the shell can ask of the connector. */
export const contract = {
  status: {
    get: base.output(statusView),
    events: base.output(eventIterator(connectorEvent)),
    pause: base.input(z.object({ until: z.string().nullable() })),
    resume: base,
  },
  items: {
    list: base
      .input(
        z.object({
          states: z.array(itemState).optional(),
          /** Only items parked, waiting or ignored for one of these reasons. */
          reasons: z.array(reasonCode).optional(),
          search: z.string().max(200).optional(),
          limit: z.number().int().min(1).max(500).default(100),
          /** Opaque; from the previous answer. */
          cursor: z.string().nullable().default(null),
        }),
      )
      .output(z.object({ items: z.array(itemView), next: z.string().nullable(), total: z.number().int() })),
    get: base.input(z.object({ id: z.string() })).output(itemDetail),
    /** The document itself, as it was received: the practice's own, so no right on the record is asked. An opening, told to the trace first; as is each of `attachment`. */
    content: base.input(z.object({ id: z.string() })).output(itemContent),
    attachment: base.input(z.object({ id: z.string(), index: z.number().int().min(0) })).output(z.instanceof(Blob)),
    /** Puts parked or waiting items back on their way: by id, or all that share a reason. Gives how many moved. */
    retry: base.input(z.union([z.object({ ids: z.array(z.string()).min(1).max(10_000) }), z.object({ reason: reasonCode })])).output(z.object({ moved: z.number().int() })),
    /** Holds back what was never sent, one document at a time, until `retry`: the user's choice, each time. */
    hold: base.input(z.object({ id: z.string() })),
    /** Chooses who sees a document that was never sent; refused when nobody could (`visibility-forbidden`). */
    setVisibility: base.input(z.object({ id: z.string(), visibility: itemVisibility })),
    /** Patients known here, by names and birth date or by INS, as typed, pasted or scanned, beside what is announced of a document that waits for its patient. */
    findPatients: base.input(z.object({ id: z.string(), typed: z.string().max(longestPatientSearch) })).output(z.object({ found: z.array(foundPatient), more: z.boolean() })),
    /** Patients known here whom the own text of a document that waits for its patient names as such; read anew each time, none where it is no PDF or was not read whole. */
    namedByText: base.input(z.object({ id: z.string() })).output(z.array(patientCandidate)),
    /** Gives a waiting item the patient a person has chosen; refused unless that patient's INS is qualified, and for whom a source not in doubt contradicts. */
    assignPatient: base.input(z.object({ id: z.string(), patientId: z.string() })),
    /** Says the type of a document that stands for want of one, or has one that was said so: one of its `typeChoices`. It is prepared again, and goes on its usual way. */
    chooseType: base.input(z.object({ id: z.string(), typeCode: z.string().max(64) })),
    /** Says who of the practice wrote a document, and where, likewise: one of its `authorChoices`. It is prepared again, and goes on its usual way. */
    chooseAuthor: base.input(z.object({ id: z.string(), authorId: z.string().max(64), structureId: z.string().max(64).optional() })),
    /** Sets an item aside for good, with the person's reason; its bytes are kept. */
    dismiss: base.input(z.object({ id: z.string(), why: z.string().min(1).max(500) })),
    /** The same of all that is held together now; what still comes of it is held in its turn. Gives how many were set aside. */
    dismissHeld: base.input(z.object({ reason: z.enum(batchReasons), why: z.string().min(1).max(500) })).output(z.object({ moved: z.number().int() })),
  },
  panel: {
    /** The practice software opened this patient: clears first, then loads. */
    open: base.input(insInput).output(panelView),
    close: base,
    /** Patients known here who have an INS and whose names and birth date are what was typed, at most ten; asks the record nothing. `more`: there are others. */
    find: base.input(z.object({ typed: z.string().max(longestPatientSearch) })).output(z.object({ found: z.array(knownPatient), more: z.boolean() })),
    get: base.output(panelView),
    /** The documents of the list a panel names, newest first. Null = it is on screen no more: the panel says which one is. */
    documents: base.input(panelListInput).output(z.array(recordDocument).nullable()),
    /** Reads the record again for the current patient; a user's act. */
    refresh: base.output(panelView),
    /**
     * What the documents already read here for whoever looks say of the patient on screen, as far as it is painted first; asks nothing of the record.
     * Null = nothing of it is open. Asked again at each `panel` and `summary` event; painted over no panel but its own (`generation`, `loadedAt`).
     */
    summary: base.output(ruledSummary.nullable()),
    /** All of one of its lists, and all of one of its lines. Null = that summary is on screen no more. */
    summaryList: base.input(summaryListInput).output(summaryList.nullable()),
    summaryLine: base.input(summaryLineInput).output(summaryLine.nullable()),
    /** A doctor tells that they did not prescribe again an exam the summary shows as redundant, or takes it back; only counted. */
    examAvoided: base.input(examAvoidedInput),
    /** Fetches each document of the list that nobody opened, so that its words are found and its facts are told; a user's act, each traced. Answers once all are here. */
    fetchAll: base.input(shownInput),
  },
  medicines: {
    /** The treatments of the whole of `panel.summary`, painted or not, checked against one another, the allergies and the practice's prescriptions on their way; as it, null and asked again. */
    check: base.output(medicineCheck.nullable()),
  },
  /** The access to the record of the patient on screen; each act is a person's, for the patient whose panel they see. */
  access: {
    /** Break-glass with its reason, or regulation; refused unless `panelView.access.modes` offers it. Lasts until left, until another patient is opened, or `until`. */
    enter: base.input(enterInput).output(panelView),
    leave: base.input(shownInput).output(panelView),
    /** Whoever entered otherwise still looks: it lasts from now on as long as at its beginning. */
    stay: base.input(shownInput).output(panelView),
    /** TD0.3: adds or removes the reader's own authorisation. */
    authorise: base.input(authoriseInput).output(panelView),
    /** The patient's answer, taken down by the person in front of the panel; dated now. */
    recordConsent: base.input(consentInput).output(panelView),
    /** The professional read what they owe the patient; holds 180 days. */
    confirmInformation: base.output(panelView),
  },
  record: {
    /** What is in force, unless other states are asked for: of those nothing is kept. */
    list: base.input(insInput.extend({ statuses: z.array(recordDocument.shape.status).min(1).optional() })).output(z.array(recordDocument)),
    /** Clinical facts of the patient's documents in force, each with its source; a document that cannot be read is one of them (`notLoaded`). */
    facts: base.input(insInput).output(z.array(clinicalFact)),
    /**
     * Words looked for in what this reader was shown of the patient's record: all of them, the last by its beginning. Asks the record nothing. The trace
     * tells a search once, however often its words are typed anew.
     */
    search: base.input(insInput.extend({ words: z.string().max(200), limit: z.number().int().min(1).max(50).default(20) })).output(recordSearch),
    /** The exact bytes the record holds. */
    get: base.input(insInput.extend({ uniqueId: z.string() })).output(z.instanceof(Blob)),
    open: base.input(insInput.extend({ uniqueId: z.string() })).output(openedDocument),
    /** Whether what was opened of this patient may still be shown; asked again at each `panel` and `sign-in` event. Refused as `open` would be. */
    way: base.input(insInput).output(recordWay),
    /** The document as the record describes it now, and what may be done with it; asks the record, so a user's act. */
    look: base.input(insInput.extend({ uniqueId: z.string() })).output(documentInRecord),
    /** TD3.3: one act on it, answered at once or refused; what is left in doubt is asked of the record before anything is said. */
    change: base.input(insInput.extend({ uniqueId: z.string(), act: z.enum(documentActs) })).output(documentInRecord),
    attachment: base.input(insInput.extend({ uniqueId: z.string(), index: z.number().int().min(0) })).output(z.instanceof(Blob)),
    /** Earlier and later versions (RPLC), asked of the record. */
    versions: base.input(insInput.extend({ uniqueId: z.string() })).output(documentVersions),
    /** What was put into it since an instant (ISO 8601), lot by lot, newest first; nothing is kept. */
    lots: base.input(insInput.extend({ since: z.iso.datetime() })).output(z.array(recordLot)),
    /** A document is about to be printed: told to the trace first, refused as `open` would be; nothing is printed then. Gives when (ISO 8601) and by which way. */
    print: base.input(insInput.extend({ uniqueId: z.string() })).output(z.object({ at: z.string(), way: z.string() })),
    /** Copies the document, with what is to be known of it beside, into the practice's folder (`copyFolder` of the practice file). */
    copy: base.input(insInput.extend({ uniqueId: z.string() })).output(writtenCopy),
  },
  /** The records whoever reads may access (TD0.4), for when no patient is open. */
  myRecords: {
    /** What may be asked by whoever reads now; asks the record nothing. Asked again at each `sign-in` event. */
    offered: base.output(myRecordsOffer),
    /** Asks the record, so a user's act; refused as `offered` says. */
    list: base.input(myRecordsInput).output(myRecords),
  },
  /** Emergency sheets: printed of the patient on screen, and read back from paper, which is never the record. */
  sheets: {
    /** What would be printed of what is shown as read; asks nothing of the record. Refused but for whoever reads normally. */
    preview: base.input(sheetInput).output(printableSheet),
    /** The same, about to be printed: told to the trace first; nothing is printed when it is refused. */
    print: base.input(sheetInput).output(printableSheet),
    /** Reads the code of a sheet, as scanned or pasted, and keeps it for 48 hours at most; one that is kept already keeps its end. */
    read: base.input(z.object({ code: z.string().min(1).max(longestSheetCode) })).output(paperSheet),
    /** Those that wait, soonest gone first. */
    waiting: base.output(z.array(waitingSheet)),
    open: base.input(z.object({ id: z.string().max(64) })).output(paperSheet),
    /** A person has no more use for it. */
    erase: base.input(z.object({ id: z.string().max(64) })),
  },
  audit: {
    /** Walks the whole trace. */
    verify: base.output(traceVerdict),
    /** The lines of a time (`from` included, `to` not; ISO 8601) and of a patient, in order; itself an act of the trace. */
    export: base.input(insInput.partial().extend({ from: z.iso.datetime().nullable(), to: z.iso.datetime().nullable() })).output(eventIterator(traceLine)),
    /** Who consulted this patient's record within a time; itself an act of the trace. */
    attestation: base.input(insInput.extend({ from: z.iso.datetime(), to: z.iso.datetime() })).output(attestation),
  },
  signIn: {
    state: base.output(whoSpeaks),
    /** Begins the sign-in of the mode: looks at the reader again, or asks `professional` for an approval told in the view. A user's act. */
    start: base.input(z.object({ professional: z.string().max(64).optional() }).optional()).output(whoSpeaks),
    /** One try of the card's PIN, kept in memory for the session alone; refused with `card-pin-wrong` and what stops the card. */
    givePin: base.input(z.object({ pin: z.string().min(1).max(64) })).output(whoSpeaks),
    /** Chooses among `situations`, by Struct_IdNat; the next session of the same professional here starts with it. */
    choose: base.input(z.object({ structure: z.string().max(64) })).output(whoSpeaks),
    /** Ends the session and forgets its secrets. */
    end: base.output(whoSpeaks),
  },
}
export type Contract = typeof contract

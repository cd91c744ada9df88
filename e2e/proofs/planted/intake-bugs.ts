import type { PlantedBug } from './bug.ts'

const tooEarly = /was acknowledged too early/
const ledger = 'electron/connector/outbox/sqlite-ledger.ts'
const announced = 'electron/connector/outbox/announced.ts'
const spool = 'electron/connector/store/spool.ts'

/** Between the practice software's message or file and the synced row. */
export const intakeBugs: readonly PlantedBug[] = [
  {
    name: 'a message is acknowledged before it is stored',
    why: 'the practice software forgets what a crash then takes',
    file: 'electron/connector/intake/hl7/handle-message.ts',
    find: 'await deps.ledger.receive([...decision.arrivals, ...kept], incoming)',
    replace: "await Promise.race([deps.ledger.receive([...decision.arrivals, ...kept], incoming), { items: [], message: 'stored' as const }])",
    proof: 'sync',
    signature: tooEarly,
  },
  {
    name: 'a document is named in the spool before it is synced',
    why: 'after a power cut its file is there, and empty',
    file: spool,
    find: 'await handle.sync()',
    replace: '',
    proof: 'sync',
    signature: tooEarly,
  },
  {
    name: 'the folder a document was named in is not synced',
    why: 'after a power cut its file is gone',
    file: spool,
    find: 'await syncShared(folder)',
    replace: '',
    proof: 'sync',
    signature: tooEarly,
  },
  {
    name: 'the journal of arrivals is not synced',
    why: 'a power cut that destroys the database too leaves no trace of the last documents',
    file: 'electron/connector/store/arrival-journal.ts',
    find: 'await file.handle.datasync()',
    replace: '',
    proof: 'power',
    signature: /is not in the journal of arrivals/,
  },
  {
    name: 'commits are not synced one by one',
    why: 'a power cut takes the last acknowledged documents, and the word that something was being sent',
    file: 'electron/connector/store/open-database.ts',
    find: "db.pragma('synchronous = FULL')",
    replace: "db.pragma('synchronous = NORMAL')",
    proof: 'power',
    signature: /is not there|is back at/,
  },
  {
    name: 'the repeat of a message is not recognised',
    why: 'it cannot be booked twice: the sender is refused for ever and stops',
    file: ledger,
    find: 'if (same) {',
    replace: 'if (same && record.items.length === 0) {',
    proof: 'model',
    signature: /UNIQUE constraint failed: message\./,
  },
  {
    name: 'the same PDF is another document each time it comes',
    why: 'what is exported twice is deposited twice',
    file: announced,
    find: 'update(`${sha256}|${named}`)',
    replace: 'update(`${sha256}|${named}|${performance.now()}`)',
    // That it came before is also said by its id in the record, and by what its patient has of it already.
    also: [
      { file: 'electron/connector/wrap-pdf.ts', find: '`${sha256}|${ins}`', replace: '`${sha256}|${ins}|${performance.now()}`' },
      { file: 'electron/connector/prepare-item.ts', find: 'const others = await ledger.othersWithUniqueId(uniqueId, row.seq)', replace: "if (ins !== '') return null\n  const others = await ledger.othersWithUniqueId(uniqueId, row.seq)" },
    ],
    proof: 'kill',
    signature: /^content-registered-twice: /m,
  },
  {
    name: 'the type a person says is not heard',
    why: 'a document that does not say its type never goes',
    file: 'electron/connector/outbox/item.ts',
    find: '? said : (chosen ?? said)',
    replace: '? said : said',
    proof: 'model',
    signature: /stopped for no cause: parked, type-unknown/,
  },
  {
    name: 'a document whose patient is in question goes on',
    why: 'its source has just named another patient, and it goes to the first before anybody looked',
    file: announced,
    find: "(first.state !== 'deposited' && changesOf(first, now).includes('patient'))",
    replace: 'false',
    proof: 'model',
    signature: /was announced otherwise, and nobody said/,
  },
  {
    name: 'a folder gives what a name held to the next patient announced under it',
    why: 'software that uses one file name for all writes the next sidecar before its document: a report goes to the wrong patient',
    file: announced,
    find: "if (changes.includes('patient') && !isSameNumber && !isOpen) return false",
    replace: '',
    proof: 'model',
    signature: /is announced for another patient/,
  },
  {
    name: 'a word that came too late goes by the next one',
    why: 'a document corrected twice goes to a second patient, and nobody said so',
    file: announced,
    find: "state === 'parked' && lateReasons.some((late) => late === reason) ? id : null",
    replace: "state === 'sending' && lateReasons.some((late) => late === reason) ? id : null",
    proof: 'model',
    signature: /went to another patient, and nobody said to send it to both/,
  },
  {
    name: 'a correction that came during a doubt is forgotten',
    why: 'what the record turns out not to have is sent to the former patient after all',
    file: 'electron/connector/sending-rules.ts',
    find: "if (row.corrected === 1) return 'announced-otherwise'",
    replace: '',
    proof: 'model',
    signature: /was announced otherwise, and nobody said/,
  },
]

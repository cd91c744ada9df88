import { startCardLibrary } from './card-library.ts'

/** A program that waits for a card's library until it is killed. Only a test runs it. */
process.send!('started')
await startCardLibrary(process.argv[2]!).open()

/** Loaded before a proof (`node --import`): the first history that fails ends it. */
import fc from 'fast-check'

fc.configureGlobal({ endOnFailure: true })

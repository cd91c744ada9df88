/**
 * Which readers made a fact. Goes up with any change of what they find in a document: what was kept of former ones is then read anew. The test beside
 * holds it to the facts of the demo practice's documents and of one document of each kind of entry.
 */
export const readersVersion = 8

/** Longest title of a document, in the CDA and in its XDS metadata. */
export const titleLength = 128

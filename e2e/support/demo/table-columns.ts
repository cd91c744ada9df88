/** Columns of the tables rows of which mean something: an entry points at them by their place. */
export const allergyColumns = ['Allergène', 'Réaction', 'Gravité', 'Depuis', 'Certitude'] as const
export const problemColumns = ['Problème', 'Depuis', 'Commentaire'] as const
export const treatmentColumns = ['Médicament', 'Posologie', 'Depuis', 'Indication'] as const
export const vaccineColumns = ['Vaccin', 'Date', 'Lot', 'Voie et site'] as const

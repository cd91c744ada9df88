import path from 'node:path'

/** The folder of a data folder where what a practice installs of medicines lies: public data, not encrypted. */
export function medicinesFolder(dataFolder: string): string {
  return path.join(dataFolder, 'medicines')
}

/** The two bases, each a file of its own that an import swaps whole. */
export const baseFiles = { products: 'products.db', interactions: 'interactions.db' } as const
export type BaseName = keyof typeof baseFiles

/** Of the tables below; a file of another format is imported again. */
export const baseFormat = 1

/** Tables of each base. Names of substances and classes are keys (`substanceKey`); levels are those of the contract, in a JSON array. */
export const baseTables: Readonly<Record<BaseName, string>> = {
  products: `
    CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE specialty (cis INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
    CREATE TABLE presentation (cip INTEGER PRIMARY KEY, cis INTEGER NOT NULL) STRICT;
    CREATE TABLE substance (code INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
    CREATE TABLE composition (cis INTEGER NOT NULL, substance INTEGER NOT NULL, PRIMARY KEY (cis, substance)) STRICT, WITHOUT ROWID;
    CREATE TABLE generic (cis INTEGER NOT NULL, generic_group INTEGER NOT NULL, PRIMARY KEY (cis, generic_group)) STRICT, WITHOUT ROWID;
    CREATE TABLE class (cis INTEGER NOT NULL, atc TEXT NOT NULL, PRIMARY KEY (cis, atc)) STRICT, WITHOUT ROWID;`,
  interactions: `
    CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE protagonist (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TABLE member (substance TEXT NOT NULL, class TEXT NOT NULL, PRIMARY KEY (substance, class)) STRICT, WITHOUT ROWID;
    CREATE TABLE pair (first TEXT NOT NULL, second TEXT NOT NULL, first_shown TEXT NOT NULL, second_shown TEXT NOT NULL, levels TEXT NOT NULL, text TEXT NOT NULL, mechanism TEXT NOT NULL,
      UNIQUE (first, second, levels, text)) STRICT;`,
}

/** Gives the text of a key of `renderer/strings`, with its values filled in and its plural chosen by `count`. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string

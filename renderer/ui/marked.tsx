/** A piece of text with the words in it that were looked for marked: text only, whatever it says. */
export function Marked({ parts }: { parts: readonly { readonly text: string; readonly marked: boolean }[] }) {
  return parts.map(({ text, marked }, at) => (marked ? <mark key={at}>{text}</mark> : text))
}

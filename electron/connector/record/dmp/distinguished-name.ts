/** RFC 2253 name (most specific first, commas) from the one-attribute-a-line form Node gives. */
export function distinguishedName(lines: string): string {
  return lines.split('\n').reverse().join(',')
}

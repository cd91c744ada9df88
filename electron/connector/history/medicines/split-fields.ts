/** The fields of one line, quoted or not, an inner quote written twice or after a backslash; null when a quote is not closed or something follows it. */
export function splitFields(line: string, separator: string): string[] | null {
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (line[at] === '"') {
      let field = ''
      at += 1
      for (;;) {
        const char = line[at]
        if (char === undefined) return null
        const isEscaped = (char === '"' || char === '\\') && line[at + 1] === '"' && !(char === '\\' && isLast(line, at + 2, separator))
        if (char === '"' && !isEscaped) break
        field += isEscaped ? '"' : char
        at += isEscaped ? 2 : 1
      }
      at += 1
      if (at < line.length && line[at] !== separator) return null
      fields.push(field)
    } else {
      const end = line.indexOf(separator, at)
      fields.push(line.slice(at, end < 0 ? line.length : end))
      at = end < 0 ? line.length : end
    }
    if (at >= line.length) return fields
    at += 1
    if (at === line.length) return [...fields, '']
  }
}

/** A backslash before the quote that ends a field is a character of it. */
function isLast(line: string, at: number, separator: string): boolean {
  return at >= line.length || line[at] === separator
}

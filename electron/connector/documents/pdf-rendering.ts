import { createHash } from 'node:crypto'
import { decodedStream, openPdf, type PdfFile } from './pdf-file.ts'
import { isName, NotPlain, type PdfDictionary, type PdfReference, type PdfValue } from './pdf-values.ts'
import { withoutXmpDates } from './xmp-dates.ts'

const infoDates = ['CreationDate', 'ModDate']
const fontNames = ['BaseFont', 'FontName']
/** A name for a part of a font, whose six letters are anybody's choice: some writers draw them anew each time (ISO 32000-1, 9.6.4). */
const subsetTag = /^[A-Z]{6}\+/

/**
 * The digest of a PDF that is the same when the same document is rendered again: over all that its catalogue leads to, in the order it leads there, and what is said
 * of it, but for the dates of its rendering, its file ids (trailer and XMP), the letters of font subsets, and where things lie in the file. Streams count
 * byte for byte, as they are compressed. Null when the file is not written so plainly that every reader sees the same in it: encrypted, mended, ambiguous or
 * very large; such a file is the same as its own bytes alone. Another digest says nothing: writers that draw more at random are not recognised.
 */
export function pdfDigest(bytes: Uint8Array): string | null {
  try {
    return digestOf(openPdf(bytes))
  } catch (error) {
    if (error instanceof NotPlain) return null
    throw error
  }
}

function digestOf(file: PdfFile): string {
  const hash = createHash('sha256')
  const met = new Map<string, number>()
  const ahead: PdfReference[] = []
  /** An object is what it is by when it was first met: its number in the file is the writer's affair. */
  const placeOf = (reference: PdfReference): number => {
    const key = `${reference.number} ${reference.generation}`
    const known = met.get(key)
    if (known !== undefined) return known
    met.set(key, met.size)
    ahead.push(reference)
    return met.size - 1
  }

  function textOf(value: PdfValue): string {
    switch (value.kind) {
      case 'atom':
        return value.text
      case 'name':
        return `/${JSON.stringify(value.text)}`
      case 'string':
        return JSON.stringify(value.text)
      case 'reference':
        return `@${placeOf(value)}`
      case 'array':
        return `[${value.items.map(textOf).join(' ')}]`
      case 'dictionary':
        return dictionaryText(value, [])
    }
  }

  function dictionaryText({ entries }: PdfDictionary, without: readonly string[]): string {
    const isFont = isName(entries.get('Type'), 'Font') || isName(entries.get('Type'), 'FontDescriptor')
    const names = [...entries.keys()].filter((name) => !without.includes(name)).sort()
    return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(isFont && fontNames.includes(name) ? untagged(entries.get(name)!) : entries.get(name)!)}`).join(' ')}}`
  }

  function take(text: string): void {
    hash.update(`${text}\n`, 'utf8')
  }

  function takeStream(dictionary: PdfDictionary, stream: Buffer): void {
    const isXmp = isName(dictionary.entries.get('Type'), 'Metadata') && isName(dictionary.entries.get('Subtype'), 'XML')
    const packet = isXmp && !dictionary.entries.has('DecodeParms') ? decodedStream(dictionary, stream) : null
    if (packet !== null) {
      take(`${dictionaryText(dictionary, ['Length', 'Filter'])} packet ${JSON.stringify(withoutXmpDates(packet.toString('latin1')))}`)
      return
    }
    take(`${dictionaryText(dictionary, ['Length'])} stream ${stream.length}`)
    hash.update(stream)
  }

  if (file.root?.kind !== 'reference') throw new NotPlain()
  take(`${file.version} ${textOf(file.root)}`)
  take(infoText(file))
  // It grows while it is gone through.
  for (const next of ahead) {
    const { value, stream } = file.object(next)
    if (stream !== null && value.kind === 'dictionary') takeStream(value, stream)
    else take(textOf(value))
  }
  return hash.digest('hex')

  function resolved(value: PdfValue | undefined): PdfValue | undefined {
    return value?.kind === 'reference' ? file.object(value).value : value
  }

  function infoText({ info }: PdfFile): string {
    if (info === undefined) return '{}'
    const value = resolved(info)
    if (value?.kind !== 'dictionary') throw new NotPlain()
    return dictionaryText(value, infoDates.filter((name) => isDate(resolved(value.entries.get(name)))))
  }
}

/** Written as a date: what another thing stands under that name counts. */
function isDate(value: PdfValue | undefined): boolean {
  if (value?.kind !== 'string') return false
  const text = value.text.startsWith('\u00fe\u00ff') ? value.text.slice(2).replaceAll('\0', '') : value.text
  return /^(D:)?[\d+\-Z'.: ]{0,40}$/.test(text)
}

function untagged(value: PdfValue): PdfValue {
  return value.kind === 'name' ? { kind: 'name', text: value.text.replace(subsetTag, '+') } : value
}

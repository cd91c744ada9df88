// Its types know the default alone.
// oxlint-disable-next-line import/no-named-as-default
import qrcode from 'qrcode-generator'
import { sheetLists, type EmergencySheet, type PrintableSheet, type SheetList } from '#shared/contract/index.ts'
import { encodeSheet, saidBy } from './sheet-code.ts'

/** The largest QR code that prints at some 0.5 mm a module on the sheet's 60 mm: version 25, 117 modules a side; a quarter more of it is for mending (M). */
const largestVersion = 25
const correction = 'M'
/** Characters of the alphanumeric mode such a code holds (ISO/IEC 18004, table 7). */
const mostCharacters = 1_451

/**
 * The QR code of a sheet, and the sheet as it holds it: all of it, else statements and facts of each list in the order of the lists until it is full.
 * `leftOut` counts what of this sheet it does not hold; what the page left out already is counted in the code's own lists too.
 */
export function fitToCode(sheet: EmergencySheet): { readonly code: PrintableSheet['code']; readonly text: string; readonly held: EmergencySheet } {
  let [least, most] = [0, saidBy(sheet)]
  // Deflate makes a longer text shorter now and then: the last step below never trusts that more facts take more room.
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    if (encodeSheet(withFirst(sheet, middle)).length <= mostCharacters) least = middle
    else most = middle - 1
  }
  const held = withFirst(sheet, least)
  const text = encodeSheet(held)
  if (text.length > mostCharacters) throw new Error('a sheet without facts must fit')
  const leftOut = Object.fromEntries(sheetLists.map((name) => [name, held.lists[name].leftOut - sheet.lists[name].leftOut])) as PrintableSheet['code']['leftOut']
  return { code: { rows: rowsOf(text), leftOut }, text, held }
}

/** The sheet with its first so many statements and facts. */
function withFirst(sheet: EmergencySheet, wanted: number): EmergencySheet {
  let left = wanted
  const take = <One>(ones: readonly One[]) => {
    const taken = ones.slice(0, left)
    left -= taken.length
    return taken
  }
  const lists = Object.fromEntries(sheetLists.map((name) => {
    const list = sheet.lists[name]
    const [statements, facts] = [take(list.statements), take(list.facts)]
    return [name, { ...list, statements, facts, leftOut: list.leftOut + list.statements.length - statements.length + list.facts.length - facts.length } satisfies SheetList]
  })) as EmergencySheet['lists']
  return { ...sheet, lists }
}

function rowsOf(text: string): string[] {
  const made = qrcode(0, correction)
  made.addData(text, 'Alphanumeric')
  made.make()
  const side = made.getModuleCount()
  if (side > 17 + 4 * largestVersion) throw new Error('the code of a sheet is too large')
  return Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, column) => (made.isDark(row, column) ? '1' : '0')).join(''))
}

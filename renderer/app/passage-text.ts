/** Words a document's author signed, cells and lines told apart by marks: as lines, then each in one. */
export function passageLines(passage: string): string[] {
  return passage.split('\n').map((line) => line.split(' | ').map((cell) => cell.trim()).filter((cell) => cell !== '' && cell !== '|').join(' · ')).filter((line) => line !== '')
}

/** The same in one line. */
export function passageText(passage: string): string {
  return passageLines(passage).join(' ; ')
}

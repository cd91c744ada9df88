import fs from 'node:fs'
import path from 'node:path'

/** What the program and its proofs are made of; the rest of the project is its windows. */
const parts = ['electron', 'shared', 'renderer/strings', 'resources', 'e2e', 'package.json', 'tsconfig.json']

/** Copies what the proofs need of the project at `root` to a folder that does not exist yet. Packages stay where they are installed. */
export function copyProject(root: string, folder: string): void {
  for (const part of parts) fs.cpSync(path.join(root, part), path.join(folder, part), { recursive: true })
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
  // The program builds its windows when it finds none, and no proof opens one.
  const page = path.join(folder, 'out/renderer/windows/panel/index.html')
  fs.mkdirSync(path.dirname(page), { recursive: true })
  fs.writeFileSync(page, '')
}

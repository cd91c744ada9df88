import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const compiler = '/usr/bin/cc'

/** True where the library cannot be made. */
export const noCompiler = !existsSync(compiler)

const others = ['Finalize', 'GetSlotList', 'GetTokenInfo', 'GetMechanismInfo', 'OpenSession', 'CloseSession', 'Login', 'FindObjectsInit', 'FindObjects', 'FindObjectsFinal', 'GetAttributeValue', 'SignInit', 'Sign']

/** Compiles a card's library whose first call does not return before it is released, as one does that waits for its reader's service. */
export function compileHangingLibrary(): { readonly library: string; entered(): boolean; release(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hanging-'))
  const [source, library, entered, held] = ['library.c', 'library.so', 'entered', 'held'].map((name) => path.join(folder, name)) as [string, string, string, string]
  writeFileSync(source, `#include <stdio.h>
#include <unistd.h>
unsigned long C_Initialize(void *settings) {
  fclose(fopen("${entered}", "w"));
  while (access("${held}", F_OK) == 0) usleep(20000);
  return 5;
}
${others.map((name) => `unsigned long C_${name}(void) { return 5; }`).join('\n')}
`)
  writeFileSync(held, '')
  execFileSync(compiler, ['-shared', '-fPIC', '-o', library, source])
  return {
    library,
    entered: () => existsSync(entered),
    release: () => rmSync(folder, { recursive: true }),
  }
}

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const compiler = '/usr/bin/cc'

/** True where the library cannot be made. */
export const noCompiler = !existsSync(compiler)

const calls = ['Initialize', 'Finalize', 'GetSlotList', 'GetTokenInfo', 'GetMechanismInfo', 'OpenSession', 'CloseSession', 'Login', 'FindObjectsInit', 'FindObjects', 'FindObjectsFinal', 'GetAttributeValue', 'SignInit', 'Sign'] as const

/** A call of the library, or `load`: the system loading it. */
export type HeldCall = `C_${(typeof calls)[number]}` | 'load'

/** A card's library that hangs where a test says. */
export interface HangingLibrary {
  readonly library: string
  /** From now on that call does not return, whoever makes it, until it is released. */
  hold(call: HeldCall): void
  release(call: HeldCall): void
  /** Lets one held call through. */
  pass(call: HeldCall): void
  /** How often it was entered so far, let through or not. */
  entered(call: HeldCall): number
  /** What a reset does to a card that stays in: at the next call every session with it is gone. */
  reset(): void
  close(): void
}

/**
 * Compiles a card's library that hands every call on to another one, or refuses them all (CKR_GENERAL_ERROR) when there is none, and hangs
 * where it is told to, as one does that waits for its reader's service. A front is given the other library, which never hangs.
 */
export function compileHangingLibrary(real: string | null = null): HangingLibrary {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hanging-'))
  const [source, library] = [path.join(folder, 'library.c'), path.join(folder, 'library.so')]
  const file = (kind: 'held' | 'pass' | 'entered' | 'reset', call = '') => path.join(folder, `${kind}-${call}`)
  writeFileSync(source, `#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
typedef unsigned long number;
typedef number (*function)(void *, void *, void *, void *, void *, void *);
static function of(const char *name) {
  static void *real;
  if (!real) real = dlopen("${real ?? ''}", RTLD_NOW);
  return (function)dlsym(real, name);
}
static void enter(const char *name) {
  char held[300], pass[300], entered[300];
  snprintf(held, 300, "${file('held')}%s", name);
  snprintf(pass, 300, "${file('pass')}%s", name);
  snprintf(entered, 300, "${file('entered')}%s", name);
  int told = open(entered, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (write(told, ".", 1) < 0) return;
  close(told);
  while (access(held, F_OK) == 0 && unlink(pass) != 0) usleep(5000);
}
static void reset(void) {
  number slots[8], count = 8;
  if (unlink("${file('reset')}") != 0) return;
  of("C_GetSlotList")((void *)1, slots, &count, 0, 0, 0);
  for (number at = 0; at < count; at++) of("C_CloseAllSessions")((void *)slots[at], 0, 0, 0, 0, 0);
}
__attribute__((constructor)) static void load(void) { enter("load"); }
static number call(const char *name, void *a, void *b, void *c, void *d, void *e, void *f) {
  enter(name);
  ${real === null ? 'return 5;' : 'reset(); return of(name)(a, b, c, d, e, f);'}
}
number C_GetFunctionList(void **list) { return ${real === null ? '5' : 'of("C_GetFunctionList")(list, 0, 0, 0, 0, 0)'}; }
${calls.map((name) => `number C_${name}(void *a, void *b, void *c, void *d, void *e, void *f) { return call("C_${name}", a, b, c, d, e, f); }`).join('\n')}
`)
  execFileSync(compiler, ['-shared', '-fPIC', '-o', library, source])
  return {
    library,
    hold: (call) => writeFileSync(file('held', call), ''),
    release: (call) => rmSync(file('held', call)),
    pass: (call) => writeFileSync(file('pass', call), ''),
    entered: (call) => (existsSync(file('entered', call)) ? readFileSync(file('entered', call)).length : 0),
    reset: () => writeFileSync(file('reset'), ''),
    close: () => rmSync(folder, { recursive: true }),
  }
}

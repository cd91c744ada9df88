import { failure, success, type Result } from '#shared/contract/index.ts'
import { readDeepLink, type PatientLink } from '#shared/text/deep-link.ts'
import { compactIns } from '#shared/text/ins-key.ts'
import type { SourceProfile } from '../folder/profile.ts'
import { fieldsOf, valuesOf } from '../folder/read-sidecar.ts'
import { decodeSidecar, readJsonLeaves, readXmlLeaves, type Leaf } from '../folder/sidecar-leaves.ts'

/**
 * The patient whom a context file names: a `relais://patient?ins=…` line, JSON, XML, or `name=value` lines under `[section]`s, told apart by how they
 * begin; names of fields are the profile's, as in a sidecar. The INS is as written: the connector checks it. Null = an empty file, which says nothing.
 *
 * `sidecar-invalid` when it cannot be read (it may be half-written), `sidecar-two-patients` when it names two, `ins-missing` when it names none by INS.
 */
export function readContext(bytes: Uint8Array, profile: SourceProfile): Result<PatientLink | null> {
  const text = decodeSidecar(bytes, profile.encoding).trim()
  if (text === '') return success(null)
  if (/^relais:/i.test(text)) {
    const link = readDeepLink(text)
    return link ? success(link) : failure('sidecar-invalid', { detail: 'not the address of a patient' })
  }
  const leaves = text.startsWith('<') ? readXmlLeaves(bytes) : /^[[{]\s*["{[}\]]|^\{/.test(text) ? readJsonLeaves(text) : readIniLeaves(text)
  if (!leaves.ok) return leaves
  const fields = fieldsOf(leaves.value, profile)
  const [ins] = fields.get('ins') ?? []
  const others = valuesOf(leaves.value, 'ins', profile).filter((value) => compactIns(value) !== compactIns(ins ?? ''))
  const [insOid, ...otherOids] = fields.get('insOid') ?? []
  if (others.length > 0 || otherOids.length > 0) return failure('sidecar-two-patients')
  if (ins === undefined) return failure('ins-missing')
  return success({ ins, ...(insOid === undefined ? {} : { insOid }) })
}

/** `name=value` lines, `;` and `#` before a remark. */
function readIniLeaves(text: string): Result<Leaf[]> {
  const leaves: Leaf[] = []
  let section: string[] = []
  for (const line of text.split(/\r\n|\r|\n/).map((one) => one.trim())) {
    if (line === '' || /^[;#]/.test(line)) continue
    const title = /^\[([^\]]+)\]$/.exec(line)?.[1]
    const pair = /^([^=]+)=(.*)$/.exec(line)
    if (title !== undefined) section = [title.trim()]
    else if (pair) leaves.push({ names: [...section, pair[1]!.trim()], places: [...section, pair[1]!.trim()], value: pair[2]!.trim().replace(/^"(.*)"$/, '$1') })
    else return failure('sidecar-invalid', { detail: 'a line is neither a section nor name=value' })
  }
  return success(leaves)
}

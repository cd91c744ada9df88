import { failure, success, type Result } from '#shared/contract/index.ts'
import { compactIns } from '#shared/text/ins-key.ts'
import { normaliseName } from '#shared/text/normalise-name.ts'
import type { Store } from '#connector/store/index.ts'
import type { IdentityClaim } from './identity-claim.ts'
import type { LocalPatient } from './local-patient.ts'
import { bornOn, searchKey } from './search-key.ts'
import { areOnePersons } from './traits.ts'

interface PatientRow {
  id: string
  ins: string | null
  ins_oid: string | null
  birth_name: string | null
  given_name: string | null
  given_names: string | null
  used_name: string | null
  used_given_name: string | null
  birth_date: string | null
  sex: 'M' | 'F' | 'U' | null
  birth_place: string | null
  birth_place_name: string | null
  qualified: number
  status: string | null
  source: string
  merged_into: string | null
  updated_at: number
}

/** Where knowledge of a patient comes from: the identity feed is the authority, a document or a message is not. */
export interface IdentitySource {
  readonly kind: 'identity-feed' | 'document' | 'message' | 'person'
  /** A name a person recognises (sending application, folder). */
  readonly name: string
  /** Milliseconds since the epoch of the event itself, not of its arrival. */
  readonly at: number
  /** The source vouches for the identity. */
  readonly qualified: boolean
  /** `homonym`, `doubtful`, `fictitious`; null clears it. Undefined = says nothing of it. */
  readonly status?: string | null
}

/** System of a local number given without one. */
const ownSystem = ''

function given(value: string | null): string | undefined {
  return value ?? undefined
}

/** Compiles what is asked once: it is asked at every document. Only `search` writes its own, for it depends on how many words were typed. */
function prepare({ db }: Store) {
  return {
    byId: db.prepare<[string], PatientRow>('SELECT * FROM patient WHERE id = ?'),
    byIns: db.prepare<[string], PatientRow>('SELECT * FROM patient WHERE ins = ? AND merged_into IS NULL'),
    byInsAndOid: db.prepare<[string, string], PatientRow>('SELECT * FROM patient WHERE ins = ? AND ins_oid = ? AND merged_into IS NULL'),
    bornBetween: db.prepare<[string, string], PatientRow>('SELECT * FROM patient WHERE search_key >= ? AND search_key < ? AND merged_into IS NULL'),
    holdersOf: db.prepare<[string], { patient_id: string }>('SELECT patient_id FROM patient_identifier WHERE value = ?'),
    holderIn: db.prepare<[string, string], { patient_id: string }>('SELECT patient_id FROM patient_identifier WHERE system = ? AND value = ?'),
    numbersOf: db.prepare<[string], { system: string; value: string }>('SELECT system, value FROM patient_identifier WHERE patient_id = ? ORDER BY system, value'),
    addNumber: db.prepare<[string, string, string]>('INSERT INTO patient_identifier (patient_id, system, value) VALUES (?, ?, ?) ON CONFLICT (system, value) DO NOTHING'),
    moveNumbers: db.prepare<[string, string]>('UPDATE patient_identifier SET patient_id = ? WHERE patient_id = ?'),
    mergedInto: db.prepare<[string, string, string], { ins: string }>(
      `SELECT gone.ins FROM patient gone JOIN patient known ON gone.merged_into = known.id
       WHERE gone.ins = ? AND known.ins = ? AND known.ins_oid = ? AND known.merged_into IS NULL LIMIT 1`,
    ),
    leadTo: db.prepare<[string, string, string]>('UPDATE patient SET merged_into = ? WHERE id = ? OR merged_into = ?'),
    write: db.prepare<[Omit<PatientRow, 'merged_into'> & { search_key: string }]>(
      `INSERT INTO patient (id, ins, ins_oid, birth_name, given_name, given_names, used_name, used_given_name, birth_date, sex,
         birth_place, birth_place_name, qualified, status, search_key, source, updated_at)
       VALUES (@id, @ins, @ins_oid, @birth_name, @given_name, @given_names, @used_name, @used_given_name, @birth_date, @sex,
         @birth_place, @birth_place_name, @qualified, @status, @search_key, @source, @updated_at)
       ON CONFLICT (id) DO UPDATE SET ins = @ins, ins_oid = @ins_oid, birth_name = @birth_name, given_name = @given_name,
         given_names = @given_names, used_name = @used_name, used_given_name = @used_given_name, birth_date = @birth_date, sex = @sex,
         birth_place = @birth_place, birth_place_name = @birth_place_name, qualified = @qualified, status = @status,
         search_key = @search_key, source = @source, updated_at = @updated_at`,
    ),
  }
}

/**
 * The patients this installation knows, in the store. Everything is synchronous and may be called inside the caller's own
 * transaction. Merged patients are never given back: their survivor is.
 */
export class PatientRegistry {
  readonly #store: Store
  readonly #prepared: ReturnType<typeof prepare>
  readonly #newId: () => string

  constructor(store: Store, newId: () => string) {
    this.#store = store
    this.#prepared = prepare(store)
    this.#newId = newId
  }

  /** One patient, or the survivor it was merged into; null when unknown. */
  get(id: string): LocalPatient | null {
    const row = this.#row(id)
    return row === null ? null : this.#patient(row)
  }

  /** Everybody known under an INS (of any OID when none is given): one normally, several when identities are doubled. */
  byIns(value: string, oid?: string): LocalPatient[] {
    const compact = compactIns(value)
    const rows = oid === undefined ? this.#prepared.byIns.all(compact) : this.#prepared.byInsAndOid.all(compact, oid)
    return rows.map((row) => this.#patient(row))
  }

  /**
   * Whose another INS is than that of these patients, by its value: of an identity that was merged into theirs, or of somebody else known here. A number is
   * never both: what was merged is found under its survivor alone. An identity with all their traits may be theirs, kept twice since their number changed: `unknown`.
   */
  holderOf(other: string, { value, oid }: { readonly value: string; readonly oid: string }): 'same' | 'another' | 'unknown' {
    const compact = compactIns(other)
    const holders = this.byIns(compact)
    const [patient] = this.byIns(value, oid)
    if (holders.some((holder) => !patient || !areOnePersons(holder, patient))) return 'another'
    if (holders.length > 0) return 'unknown'
    return this.#prepared.mergedInto.get(compact, value, oid) === undefined ? 'unknown' : 'same'
  }

  /** Those who hold a local number, in one numbering system or in any. */
  byLocalId(value: string, system?: string): LocalPatient[] {
    const rows = system === undefined ? this.#prepared.holdersOf.all(value) : this.#prepared.holderIn.all(system, value)
    return this.#unique(rows.flatMap(({ patient_id: id }) => this.get(id) ?? []))
  }

  /** Those born that day under that birth or used name. */
  byNameAndBirthDate(name: string, birthDate: string): LocalPatient[] {
    const wanted = normaliseName(name)
    const { from, to } = bornOn(birthDate)
    return this.#prepared.bornBetween
      .all(from, to)
      .filter((row) => [row.birth_name, row.used_name].some((known) => known !== null && normaliseName(known) === wanted))
      .map((row) => this.#patient(row))
  }

  /** Everybody a claim could point to: what the gate decides from. */
  candidatesFor(claim: IdentityClaim): LocalPatient[] {
    return this.#unique([
      ...(claim.ins === undefined ? [] : this.byIns(claim.ins, claim.insOid)),
      ...(claim.localId === undefined ? [] : this.byLocalId(claim.localId, claim.localIdOid)),
      ...(claim.birthName === undefined || claim.birthDate === undefined ? [] : this.byNameAndBirthDate(claim.birthName, claim.birthDate)),
    ])
  }

  /** Patients whose names hold every word, born that day (`YYYY-MM-DD`) when one is given, with an INS when asked (`hasIns`): at most `limit`, by name. */
  search({ words: typed, birthDate = null, hasIns = false }: { readonly words: string; readonly birthDate?: string | null; readonly hasIns?: boolean }, limit = 50): LocalPatient[] {
    const words = normaliseName(typed).split(' ').filter((word) => word !== '')
    if (words.length === 0 && birthDate === null) return []
    const escaped = words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
    const patterns = birthDate === null ? escaped : [`${birthDate}|%`, ...escaped]
    const condition = patterns.map(() => `search_key LIKE ? ESCAPE '\\'`).join(' AND ')
    return this.#store.db
      .prepare<string[], PatientRow>(`SELECT * FROM patient WHERE ${condition} AND merged_into IS NULL ${hasIns ? 'AND ins IS NOT NULL' : ''} ORDER BY birth_name, given_name, birth_date LIMIT ${Math.trunc(limit)}`)
      .all(...patterns)
      .map((row) => this.#patient(row))
  }

  /**
   * Learns what a source says of a patient and gives the patient's id. Finds the patient by local number, else by INS,
   * else makes one (an identity without number, INS or birth date is still kept). A qualified identity is never overwritten
   * by a source that does not vouch for it, unless it is a later event of the identity feed; older events add nothing but
   * numbers. `patient-ambiguous` when the number and the INS point to different people.
   */
  upsert(claim: IdentityClaim, source: IdentitySource): Result<string> {
    return this.#store.transaction(() => {
      const numbered = claim.localId === undefined ? [] : this.byLocalId(claim.localId, claim.localIdOid ?? ownSystem)
      const byIns = claim.ins === undefined || claim.insOid === undefined ? [] : this.byIns(claim.ins, claim.insOid)
      const ids = new Set([...numbered, ...byIns].map(({ id }) => id))
      if (ids.size > 1) return failure('patient-ambiguous', { detail: 'local number and INS point to different patients' })
      const [known] = ids
      const id = known ?? this.#newId()
      const row = known === undefined ? null : this.#row(known)
      if (row === null || this.#mayOverwrite(row, source)) this.#write(id, row, claim, source)
      if (claim.localId !== undefined) this.#prepared.addNumber.run(id, claim.localIdOid ?? ownSystem, claim.localId)
      return success(id)
    })
  }

  /** Joins a doubled patient to its survivor: numbers move, the old id keeps leading to the survivor. */
  merge(from: string, into: string): void {
    this.#store.transaction(() => {
      const survivor = this.#row(into)
      const gone = this.#row(from)
      if (survivor === null || gone === null || survivor.id === gone.id) return
      this.#prepared.moveNumbers.run(survivor.id, gone.id)
      this.#prepared.leadTo.run(survivor.id, gone.id, gone.id)
    })
  }

  #mayOverwrite(row: PatientRow, source: IdentitySource): boolean {
    if (source.kind === 'identity-feed') return source.at >= row.updated_at || row.source !== 'identity-feed'
    if (source.kind === 'person') return true
    // A document of ours never says more of an identity than the feed that manages it.
    return row.qualified === 0 && row.source !== 'identity-feed'
  }

  #write(id: string, row: PatientRow | null, claim: IdentityClaim, source: IdentitySource): void {
    const next = {
      id,
      ins: (claim.ins === undefined ? row?.ins : compactIns(claim.ins)) ?? null,
      ins_oid: (claim.ins === undefined ? row?.ins_oid : claim.insOid) ?? null,
      birth_name: claim.birthName ?? row?.birth_name ?? null,
      given_name: claim.givenName ?? row?.given_name ?? null,
      given_names: claim.givenNames ?? row?.given_names ?? null,
      used_name: claim.usedName ?? row?.used_name ?? null,
      used_given_name: claim.usedGivenName ?? row?.used_given_name ?? null,
      birth_date: claim.birthDate ?? row?.birth_date ?? null,
      sex: claim.sex ?? row?.sex ?? null,
      birth_place: claim.birthPlace ?? row?.birth_place ?? null,
      birth_place_name: claim.birthPlaceName ?? row?.birth_place_name ?? null,
      qualified: source.qualified ? 1 : 0,
      status: source.status === undefined ? (row?.status ?? null) : source.status,
      source: source.kind,
      updated_at: source.at,
    }
    const key = searchKey({
      birthDate: given(next.birth_date), birthName: given(next.birth_name), usedName: given(next.used_name), givenName: given(next.given_name),
    })
    this.#prepared.write.run({ ...next, search_key: key })
  }

  /** The row of a patient or of its survivor. Chains are short and cannot loop: a merge repoints what was merged before. */
  #row(id: string): PatientRow | null {
    const row = this.#prepared.byId.get(id)
    if (row === undefined) return null
    return row.merged_into === null ? row : this.#row(row.merged_into)
  }

  #patient(row: PatientRow): LocalPatient {
    return {
      id: row.id,
      ins: row.ins,
      insOid: row.ins_oid,
      birthName: given(row.birth_name),
      givenName: given(row.given_name),
      givenNames: given(row.given_names),
      usedName: given(row.used_name),
      usedGivenName: given(row.used_given_name),
      birthDate: given(row.birth_date),
      sex: row.sex ?? undefined,
      birthPlace: given(row.birth_place),
      birthPlaceName: given(row.birth_place_name),
      qualified: row.qualified === 1,
      status: row.status,
      localIds: this.#prepared.numbersOf.all(row.id),
    }
  }

  #unique(patients: readonly LocalPatient[]): LocalPatient[] {
    return [...new Map(patients.map((patient) => [patient.id, patient])).values()]
  }
}

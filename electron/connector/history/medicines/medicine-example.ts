import type { InteractionLevel, RecordSummary } from '#shared/contract/index.ts'
import { summarise } from '../summary/summarise.ts'
import { documentsExample, factExample } from '../summary/summary-example.ts'
import type { FoldedDocument } from '../summary/fold-facts.ts'
import { allergiesInForce } from './allergies-in-force.ts'
import { medicineAlerts } from './medicine-alerts.ts'
import type { Coded } from './medicine-codes.ts'
import type { MedicineDatabase, Product } from './medicine-database.ts'
import { namesInThesaurus, substanceKey } from './substance-name.ts'
import { treatmentsInForce } from './treatments-in-force.ts'

/** Systems of the codes of medicines. */
export const [cisSystem, cipSystem, atcSystem] = ['1.2.250.1.213.2.3.1', '1.2.250.1.213.2.3.2', '2.16.840.1.113883.6.73']

/** Codes of an invented medicine. */
export const codesExample = (...codes: readonly string[]): Coded[] => codes.map((code) => ({ code, system: /^\d{8}$/.test(code) ? cisSystem : /^\d{13}$/.test(code) ? cipSystem : atcSystem }))

export interface Installed {
  readonly products?: readonly (Omit<Product, 'substances' | 'genericGroups' | 'atc'> & { readonly cip?: string; readonly substances: Readonly<Record<string, string>>; readonly genericGroups?: readonly string[]; readonly atc?: readonly string[] })[]
  readonly classes?: Readonly<Record<string, readonly string[]>>
  readonly pairs?: readonly (readonly [string, string, readonly InteractionLevel[], string?])[]
  readonly date?: string
}

/** What is installed, as plain lists: the same answers as the files', for what decides by them. */
export function databaseExample({ products, classes, pairs, date = '2026-09-15' }: Installed): MedicineDatabase {
  const base = { state: 'installed', date, old: false } as const
  const all = (products ?? []).map(({ cip, substances, genericGroups = [], atc = [], ...rest }) => ({ cip, product: { ...rest, substances: Object.entries(substances).map(([code, name]) => ({ code, name })), genericGroups, atc } }))
  const known = (pairs ?? []).map(([one, other, levels, text = null]) => ({ keys: [substanceKey(one), substanceKey(other)] as const, between: [one, other] as [string, string], levels: [...levels], text, mechanism: null }))
  const members = new Map(Object.entries(classes ?? {}).map(([substance, of]) => [substanceKey(substance), of.map(substanceKey)]))
  return {
    products: products ? base : { state: 'absent' },
    interactions: pairs ? base : { state: 'absent' },
    productsOf: ({ cis, cip }) => all.filter((one) => cis.includes(one.product.cis) || (one.cip !== undefined && cip.includes(one.cip))).map(({ product }) => product),
    protagonistsOf: (substance) => namesInThesaurus(substance).map((name) => (members.has(name) || known.some(({ keys }) => keys.includes(name)) ? [name, ...(members.get(name) ?? [])] : [])).find((keys) => keys.length > 0) ?? [],
    interactionsAmong: (keys) => known.filter((one) => one.keys.every((key) => keys.includes(key))),
  }
}

/** An instant of the tests: the documents of `documentsExample` are of that month and the one before. */
export const nowExample = Date.parse('2026-11-21T09:00:00Z')

type Fact = Parameters<typeof factExample>[0]

/** What a summary makes of these facts. */
export function summaryOf(facts: readonly Fact[], listed: readonly FoldedDocument[] = documentsExample): RecordSummary {
  return summarise({ generation: 1, loadedAt: '2026-11-21T08:00:00.000Z', facts: facts.map((fact) => factExample({ kind: 'treatment', ...fact })), listed, documents: { read: 4, unread: 0, failed: 0, unstructured: 0 }, unreadable: [], now: nowExample })
}

/** The check of these facts with what is installed. */
export function checkOf(facts: readonly Fact[], installed: Installed = {}, listed?: readonly FoldedDocument[]): ReturnType<typeof medicineAlerts> {
  const summary = summaryOf(facts, listed)
  return medicineAlerts({ treatments: treatmentsInForce(summary, new Set(), nowExample), allergies: allergiesInForce(summary, new Set()), database: databaseExample(installed) })
}

import type { CdaElement } from '../../documents/index.ts'

/** Child elements of HL7; only those of a name when one is given. */
export function kids(element: CdaElement | null, name?: string): CdaElement[] {
  return (element?.nodes ?? []).filter((node): node is CdaElement => typeof node !== 'string' && node.hl7 && (name === undefined || node.name === name))
}

/** First child of that name, going down one name after another; null when a step is missing. */
export function down(element: CdaElement | null, ...names: readonly string[]): CdaElement | null {
  return names.reduce<CdaElement | null>((at, name) => kids(at, name)[0] ?? null, element)
}

/** First descendant of that local name, extensions included. */
export function find(element: CdaElement, name: string): CdaElement | null {
  for (const node of element.nodes) {
    if (typeof node === 'string') continue
    const found = node.name === name ? node : find(node, name)
    if (found !== null) return found
  }
  return null
}

/** An attribute; null when absent or blank. */
export function at(element: CdaElement | null, name: string): string | null {
  return element?.attributes[name] || null
}

/** All the text under an element, blanks collapsed; null when there is none. */
export function words(element: CdaElement | null): string | null {
  if (element === null) return null
  const collect = (of: CdaElement): string => of.nodes.map((node) => (typeof node === 'string' ? node : collect(node))).join(' ')
  return collect(element).replace(/\s+/g, ' ').trim() || null
}

/** The type of a value without its prefix, which a self-presenting document adds. */
export function typeOf(element: CdaElement | null): string {
  return (at(element, 'type') ?? '').replace(/^.*:/, '')
}

export function idIn(element: CdaElement, root: string): boolean {
  return kids(element, 'templateId').some((template) => at(template, 'root') === root)
}

/** Statements under an entry relationship, a component or a subject, with the kind of link. */
export function linked(element: CdaElement): { link: CdaElement; statement: CdaElement }[] {
  return [...kids(element, 'entryRelationship'), ...kids(element, 'component')].flatMap((link) =>
    kids(link).filter(({ name }) => statements.has(name)).map((statement) => ({ link, statement })),
  )
}

const statements = new Set(['act', 'observation', 'organizer', 'procedure', 'substanceAdministration', 'supply', 'encounter'])

/** The statement an entry holds. */
export function statementOf(entry: CdaElement): CdaElement | null {
  return kids(entry).find(({ name }) => statements.has(name)) ?? null
}

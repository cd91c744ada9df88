import { namespaces } from './ebxml.ts'
import type { RegistryError } from './refusal.ts'
import type { XmlTree } from './xml-reading.ts'

const objectOrder = ['Slot', 'Name', 'Description', 'VersionInfo', 'Classification', 'ExternalIdentifier', 'ContentVersionInfo', 'RegistryObjectList']
const required: Readonly<Record<string, readonly string[]>> = {
  ExtrinsicObject: ['id'],
  RegistryPackage: ['id'],
  Classification: ['id', 'classifiedObject'],
  ExternalIdentifier: ['id', 'registryObject', 'identificationScheme', 'value'],
  Association: ['id', 'associationType', 'sourceObject', 'targetObject'],
  Slot: ['name'],
  LocalizedString: ['value'],
}
/** `LongName` and `FreeFormText` of the schema. */
const longest = { Value: 256, LocalizedString: 1024, ExternalIdentifier: 256, Classification: 256 } as const

function lengthOf(tree: XmlTree): number {
  const text = tree.name === 'Value' ? tree.text : (tree.attributes['value'] ?? tree.attributes['nodeRepresentation'] ?? '')
  return Array.from(text).length
}

/** Breaches of the ebXML RIM 3.0 schema below `RegistryObjectList`: order of elements, mandatory attributes, lengths of values. */
export function rimFormErrors(list: XmlTree): RegistryError[] {
  const errors: RegistryError[] = []
  const wrong = (tree: XmlTree, context: string): void => void errors.push({ code: 'XDSRegistryMetadataError', context: `schéma RIM : ${tree.name} ${tree.attributes['id'] ?? ''} ${context}`, location: tree.attributes['id'] })
  const visit = (tree: XmlTree): void => {
    if (tree.namespace !== namespaces.rim) wrong(tree, 'hors de l’espace de noms rim')
    for (const name of required[tree.name] ?? []) if (tree.attributes[name] === undefined) wrong(tree, `attribut ${name} absent`)
    const limit = longest[tree.name as keyof typeof longest]
    if (limit !== undefined && lengthOf(tree) > limit) wrong(tree, `valeur de plus de ${limit} caractères`)
    let rank = 0
    for (const child of tree.children) {
      const own = objectOrder.indexOf(child.name)
      if (own >= 0 && own < rank) wrong(tree, `${child.name} mal placé`)
      rank = Math.max(rank, own)
      visit(child)
    }
  }
  for (const child of list.children) visit(child)
  return errors
}

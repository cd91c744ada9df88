import { folded } from '../summary/fact-names.ts'

/** How names of substances and classes are compared: whole, without case, accents, ligatures. */
export function substanceKey(name: string): string {
  return folded(name)
}

/** Counter-ions and hydrates written after the name of a base ("WARFARINE SODIQUE", "AMOXICILLINE TRIHYDRATÉE"). */
const afterBase = /(?: (?:mono|di|tri)?(?:sodique|potassique)| calcique| magnesique| (?:mono|di|tri|hemi|sesqui|penta)?hydratee?| anhydre)+$/
/** A mineral whose salt with one of these is taken for the mineral; of any other, the counter-ion is the medicine ("SODIUM (VALPROATE DE)"). */
const minerals = new Set(['sodium', 'potassium', 'calcium', 'magnesium', 'zinc', 'aluminium'])
const mineralSalts = /^(chlorure|carbonate|bicarbonate|sulfate|phosphate|oxyde|hydroxyde)$/

/**
 * Names under which a substance of the public medicines database may stand in the thesaurus, which speaks of bases: its own, then without its salt or
 * hydrate, by the database's own ways of writing them alone (`METFORMINE (CHLORHYDRATE DE)`, `ACÉTYLSALICYLIQUE (ACIDE)`). Never by likeness.
 */
export function namesInThesaurus(name: string): string[] {
  const whole = substanceKey(name)
  const [, base = '', salt = ''] = /^(.+) \(([^()]+) de? ?\)$/.exec(whole) ?? []
  const acid = /^(.+) \(acide\)$/.exec(whole)?.[1]
  const plain = acid ? `acide ${acid}` : base === '' ? whole : minerals.has(base) && !mineralSalts.test(salt) ? '' : base
  return [...new Set([whole, plain, plain.replace(afterBase, '')])].filter((one) => one !== '')
}

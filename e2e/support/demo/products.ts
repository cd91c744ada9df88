/** A medicine or a vaccine of the demo: its class (ATC) is the real one, its numbers are nobody's. */
export interface Product {
  readonly name: string
  /** Code identifiant de spécialité. */
  readonly cis: string
  /** Its box, of 13 digits. */
  readonly cip: string
  readonly atc: string
  readonly className: string
  readonly route: Route
}

/** Ways of administration of the EDQM. */
export const routes = {
  oral: { code: '20053000', label: 'Voie orale' },
  inhaled: { code: '20020000', label: 'Voie inhalée' },
  sublingual: { code: '20067000', label: 'Voie sublinguale' },
  intramuscular: { code: '20035000', label: 'Voie intramusculaire' },
} as const
export type Route = keyof typeof routes

function checkDigit(digits: string): number {
  const sum = Array.from(digits).reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0)
  return (10 - (sum % 10)) % 10
}

/** Numbers no specialty has: specialties begin with a 6, boxes with 34009 and a digit below 9. */
function product(number: number, name: string, atc: string, className: string, route: Route): Product {
  const box = `3400999${String(number).padStart(5, '0')}`
  return { name, cis: `9900${String(number).padStart(4, '0')}`, cip: `${box}${checkDigit(box)}`, atc, className, route }
}

export const medicines = {
  apixaban: product(1, 'APIXABAN 2,5 mg, comprimé pelliculé', 'B01AF02', 'apixaban', 'oral'),
  bisoprolol2: product(2, 'BISOPROLOL 2,5 mg, comprimé', 'C07AB07', 'bisoprolol', 'oral'),
  bisoprolol5: product(3, 'BISOPROLOL 5 mg, comprimé', 'C07AB07', 'bisoprolol', 'oral'),
  vitaminD: product(4, 'COLÉCALCIFÉROL 50 000 UI, solution buvable en ampoule', 'A11CC05', 'colécalciférol', 'oral'),
  paracetamol: product(5, 'PARACÉTAMOL 1 g, comprimé', 'N02BE01', 'paracétamol', 'oral'),
  metformin: product(6, 'METFORMINE 1000 mg, comprimé pelliculé', 'A10BA02', 'metformine', 'oral'),
  ramipril5: product(7, 'RAMIPRIL 5 mg, comprimé', 'C09AA05', 'ramipril', 'oral'),
  budesonideFormoterol: product(8, 'BUDÉSONIDE 200 µg / FORMOTÉROL 6 µg, poudre pour inhalation', 'R03AK07', 'formotérol et budésonide', 'inhaled'),
  desloratadine: product(9, 'DESLORATADINE 5 mg, comprimé', 'R06AX27', 'desloratadine', 'oral'),
  aspirin: product(10, 'ACIDE ACÉTYLSALICYLIQUE 75 mg, poudre pour solution buvable', 'B01AC06', 'acide acétylsalicylique', 'oral'),
  atorvastatin: product(11, 'ATORVASTATINE 80 mg, comprimé pelliculé', 'C10AA05', 'atorvastatine', 'oral'),
  tiotropiumOlodaterol: product(12, 'TIOTROPIUM 2,5 µg / OLODATÉROL 2,5 µg, solution à inhaler', 'R03AL06', 'olodatérol et bromure de tiotropium', 'inhaled'),
  nitroglycerin: product(13, 'TRINITRINE 0,30 mg/dose, solution pour pulvérisation sublinguale', 'C01DA02', 'trinitrine', 'sublingual'),
  adrenaline: product(14, 'ADRÉNALINE 0,15 mg, solution injectable en stylo prérempli', 'C01CA24', 'épinéphrine', 'intramuscular'),
  salbutamol: product(15, 'SALBUTAMOL 100 µg, suspension pour inhalation', 'R03AC02', 'salbutamol', 'inhaled'),
} as const satisfies Record<string, Product>

export const vaccines = {
  hexavalent: product(101, 'Hexavalent (DTCaP-Hib-hépatite B)', 'J07CA09', 'diphtérie-Haemophilus influenzae B-coqueluche-poliomyélite-tétanos-hépatite B', 'intramuscular'),
  pneumococcus: product(102, 'Pneumocoque conjugué', 'J07AL02', 'pneumocoque, antigène polysaccharidique purifié conjugué', 'intramuscular'),
  pneumococcus20: product(103, 'Pneumocoque 20-valent', 'J07AL02', 'pneumocoque, antigène polysaccharidique purifié conjugué', 'intramuscular'),
  rotavirus: product(104, 'Rotavirus', 'J07BH01', 'rotavirus vivant atténué', 'oral'),
  influenza: product(105, 'Grippe saisonnière, haute dose', 'J07BB02', 'grippe, antigène purifié', 'intramuscular'),
  dtp: product(106, 'Diphtérie-tétanos-poliomyélite', 'J07CA01', 'diphtérie-poliomyélite-tétanos', 'intramuscular'),
  dtcap: product(107, 'Diphtérie-tétanos-coqueluche-poliomyélite', 'J07CA02', 'diphtérie-coqueluche-poliomyélite-tétanos', 'intramuscular'),
  hpv: product(108, 'Papillomavirus 9-valent', 'J07BM03', 'papillomavirus humains types 6, 11, 16, 18, 31, 33, 45, 52, 58', 'intramuscular'),
  mmr: product(109, 'Rougeole-oreillons-rubéole', 'J07BD52', 'rougeole, oreillons et rubéole, vivants atténués', 'intramuscular'),
  meningococcusB: product(110, 'Méningocoque B', 'J07AH09', 'méningocoque B, vaccin multicomposant', 'intramuscular'),
  meningococcusAcwy: product(111, 'Méningocoque ACWY', 'J07AH08', 'méningocoques A, C, Y, W-135 tétravalents', 'intramuscular'),
} as const satisfies Record<string, Product>

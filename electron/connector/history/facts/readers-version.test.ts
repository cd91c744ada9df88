import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { documentWith, entryTemplate, row } from './facts-example.ts'
import { readFacts } from './read-facts.ts'
import { readersVersion } from './readers-version.ts'

const demo = path.join(import.meta.dirname, '../../../../resources/demo')
const loinc = 'codeSystem="2.16.840.1.113883.6.1"'
const material = '<manufacturedMaterial><code code="60000002" codeSystem="1.2.250.1.213.2.3.1" displayName="CALMIFÈNE 400 mg"><translation code="M01AE01" codeSystem="2.16.840.1.113883.6.73"/></code><lotNumberText>L42</lotNumberText></manufacturedMaterial>'
const product = `<consumable><manufacturedProduct>${entryTemplate('43')}${material}</manufacturedProduct></consumable>`

/** One document of each kind of entry, whatever becomes of the demo practice's. */
const structured: readonly Uint8Array[] = [
  documentWith('48765-2', '137', row('a=Pénicilline', 'Urticaire'), `<entry><observation classCode="OBS" moodCode="EVN">${entryTemplate('41')}<code code="416098002" codeSystem="2.16.840.1.113883.6.96"/><text><reference value="#a"/></text><statusCode code="completed"/>
    <value xsi:type="CD" code="416098002" codeSystem="2.16.840.1.113883.6.96" displayName="Allergie médicamenteuse"/><participant typeCode="CSM"><participantRole><playingEntity><code code="J01C" codeSystem="2.16.840.1.113883.6.73" displayName="Pénicilline"/></playingEntity></participantRole></participant></observation></entry>`),
  documentWith('10160-0', '145', row('m=CALMIFÈNE 400 mg', '1 le matin'), `<entry><substanceAdministration classCode="SBADM" moodCode="INT">${entryTemplate('42')}<text><reference value="#m"/></text><statusCode code="completed"/>
    <effectiveTime xsi:type="IVL_TS"><low value="20261101"/><high value="20261201"/></effectiveTime><doseQuantity value="1" unit="{tablet}"/>${product}</substanceAdministration></entry>`),
  documentWith('11369-6', '143', row('v=CALMIFÈNE 400 mg'), `<entry><substanceAdministration classCode="SBADM" moodCode="EVN">${entryTemplate('45')}<text><reference value="#v"/></text><statusCode code="completed"/><effectiveTime value="20260301"/>${product}</substanceAdministration></entry>`),
  documentWith('57828-6', '171', row('l=CALMIFÈNE 400 mg', '1 par jour') + row('Instruction', 'i=au repas') + row('Autre', 'ligne'), `<entry><substanceAdministration classCode="SBADM" moodCode="INT">${entryTemplate('83')}<text><reference value="#l"/></text><statusCode code="cancelled"/>
    <rateQuantity value="1" unit="mL/h"/>${product}<entryRelationship typeCode="SUBJ"><act classCode="ACT" moodCode="INT">${entryTemplate('33')}<text><reference value="#i"/></text></act></entryRelationship></substanceAdministration></entry>`),
  documentWith('18725-2', '70', row('g=Doucicilline', 'R'), `<entry><organizer classCode="CLUSTER" moodCode="EVN">${entryTemplate('79')}<specimen><specimenRole><specimenPlayingEntity><code code="1" codeSystem="2.16.840.1.113883.6.96" displayName="Germe"/></specimenPlayingEntity></specimenRole></specimen>
    <component><observation classCode="OBS" moodCode="EVN">${entryTemplate('80')}<code code="20-8" ${loinc} displayName="Doucicilline"><originalText><reference value="#g"/></originalText></code><interpretationCode code="R"/></observation></component></organizer></entry>`),
  documentWith('18776-5', '158', row('x=Radiographie', 'chute'), `<entry><observation classCode="OBS" moodCode="INT"><code code="MED-1126" codeSystem="1.2.250.1.213.1.1.4.322" displayName="Radiographie"/><text><reference value="#x"/></text><statusCode code="active"/><priorityCode code="UR" displayName="Urgent"/></observation></entry>`),
  documentWith('46264-8', '1', '', `<entry><supply classCode="SPLY" moodCode="EVN">${entryTemplate('20')}<participant typeCode="DEV"><participantRole><playingDevice><code code="J01" displayName="Sonde"/></playingDevice></participantRole></participant>
    <entryRelationship typeCode="RSON"><observation classCode="OBS" moodCode="EVN"><code code="L0015" codeSystem="1.2.250.1.213.1.1.4.322" displayName="Impédance"/><value xsi:type="PQ" value="72.6" unit="Ohm"/></observation></entryRelationship></supply></entry>`),
  documentWith('11450-4', '133', row('p=Asthme'), `<entry><observation classCode="OBS" moodCode="EVN">${entryTemplate('37')}<code code="282291009" codeSystem="2.16.840.1.113883.6.96"/><text><reference value="#p"/></text><statusCode code="completed"/><value xsi:type="CD" code="J45" codeSystem="2.16.840.1.113883.6.3" displayName="Asthme"/></observation></entry>`),
  documentWith('30954-2', '16', row('r=TSH', '2,1'), `<entry><observation classCode="OBS" moodCode="EVN">${entryTemplate('80')}<code code="3016-3" ${loinc} displayName="TSH"/><text><reference value="#r"/></text><statusCode code="completed"/><effectiveTime value="20261110"/>
    <value xsi:type="PQ" value="2.1" unit="m[IU]/L"/><interpretationCode code="N"/></observation></entry>`),
  documentWith('42545-4', '163', row('q=Suivi', 'oui'), `<entry><observation classCode="OBS" moodCode="EVN">${entryTemplate('48')}<code code="q" displayName="Suivi"/><text><reference value="#q"/></text><statusCode code="completed"/><value xsi:type="BL" value="true"/>
    <entryRelationship typeCode="COMP" negationInd="true"><observation classCode="OBS" moodCode="EVN"><code code="d" displayName="Convulsions"/><statusCode code="completed"/><value xsi:type="BL" value="true"/></observation></entryRelationship></observation></entry>`),
  documentWith('zz-1', '134', '<table><tbody><tr><td rowspan="2">Poumon</td><td ID="p">Asthme</td><td>Oui</td></tr><tr><td>Toux</td><td>Non</td></tr></tbody></table>', `<entry><act classCode="ACT" moodCode="EVN">${entryTemplate('39')}<statusCode code="active"/>
    <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">${entryTemplate('37')}<code code="282291009" codeSystem="2.16.840.1.113883.6.96"/><statusCode code="completed"/><value xsi:type="CD" code="J45" codeSystem="2.16.840.1.113883.6.3"/></observation></entryRelationship></act></entry>`),
  documentWith('57828-6', '171', row('l=CALMIFÈNE 400 mg', 's=Non (allergie à un excipient)'), `<entry><substanceAdministration classCode="SBADM" moodCode="INT">${entryTemplate('83')}<text><reference value="#l"/></text><statusCode code="completed"/><repeatNumber value="3"/>${product}
    <entryRelationship typeCode="COMP"><supply classCode="SPLY" moodCode="RQO">${entryTemplate('86')}<quantity value="2" unit="30009000"/></supply></entryRelationship>
    <entryRelationship typeCode="COMP"><act classCode="ACT" moodCode="DEF">${entryTemplate('87')}<code code="N" codeSystem="2.16.840.1.113883.5.1070" displayName="Aucune substitution permise"><originalText><reference value="#s"/></originalText></code></act></entryRelationship></substanceAdministration></entry>`),
]

it('goes up when the readers find something else: facts that are kept say who found them', () => {
  const digest = createHash('sha256')
  const demos = ['documents', 'preload'].flatMap((folder) => fs.readdirSync(path.join(demo, folder)).map((file) => path.join(folder, file))).filter((name) => name.endsWith('.xml')).sort()
  const kinds = new Set<string>()
  for (const [name, bytes] of [...demos.map((name) => [path.basename(name), fs.readFileSync(path.join(demo, name))] as const), ...structured.map((bytes, at) => [`structured ${at}`, bytes] as const)]) {
    const facts = readFacts(bytes, name)
    digest.update(JSON.stringify(facts.ok ? facts.value : null))
    for (const { kind } of facts.ok ? facts.value : []) kinds.add(kind)
  }
  expect([...kinds].sort()).toEqual(['allergy', 'carePlan', 'device', 'labResult', 'narrative', 'observation', 'problem', 'treatment', 'vaccine'])
  // Another digest: what is kept was found by other readers, so their version goes up by one with it; unless only the demo practice's documents changed.
  expect({ version: readersVersion, found: digest.digest('base64url').slice(0, 16) }).toEqual({ version: 8, found: 'pSmugNF4OpyYCApc' })
})

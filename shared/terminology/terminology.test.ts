import { describe, expect, it } from 'vitest'
import {
  acceptedTypeCodes, authorSpeciality, classLabel, classOf, codedType, codeLabel, codeSystems, confidentialityCodes, documentClasses, environmentOfInsOid, facilityType, formatCodeOf, isFromPatient, isInsOid,
  practiceSetting, practiceSettingOfFacility, specialityLabel, typeLabel,
} from './index.ts'

describe('document types', () => {
  it('each have one of the eleven classes, a label and a system', () => {
    expect(acceptedTypeCodes.length).toBe(102)
    for (const code of acceptedTypeCodes) {
      expect(Object.keys(documentClasses)).toContain(classOf(code)?.code)
      expect(codedType(code)).toMatchObject({ code, label: typeLabel(code) })
      // LOINC codes are digits, a hyphen and a check digit; the others are French.
      expect(codedType(code)?.system).toBe(/^\d+-\d$/.test(code) ? '2.16.840.1.113883.6.1' : '1.2.250.1.213.1.1.4.12')
    }
  })

  it.each([
    ['57833-6', '42', 'Prescription'],
    ['60591-5', '11', 'Synthèse'],
    ['11502-2', '10', 'Compte rendu'],
    ['18748-4', '31', 'Imagerie médicale'],
    ['87273-9', '52', 'Certificat, déclaration'],
    ['PROT_ALD', '44', 'Plan de soins, protocole de soins'],
    ['REMB', '60', 'Données de remboursement'],
    ['EXPPAT_3', '90', 'Autres documents déposés par le patient'],
  ])('%s is of class %s', (type, code, label) => {
    expect(classOf(type)).toEqual({ code, system: '1.2.250.1.213.1.1.4.1', label })
    expect(classLabel(code)).toBe(label)
  })

  it('outside the list have no class, and are shown by their code', () => {
    for (const code of ['51851-4', '', 'toString', '__proto__']) {
      expect(classOf(code)).toBeUndefined()
      expect(codedType(code)).toBeUndefined()
      expect(typeLabel(code)).toBe(code)
    }
    expect(classLabel('constructor')).toBe('constructor')
  })

  it('tell what the patient put there', () => {
    expect([isFromPatient('DOCPAT05', '10'), isFromPatient('EXPPAT_3', '90'), isFromPatient('57833-6', '42')]).toEqual([true, true, false])
  })
})

describe('format codes', () => {
  it.each([
    [['1.2.250.1.213.1.1.1.1', '1.3.6.1.4.1.19376.1.2.20'], 'application/pdf', 'urn:ihe:iti:xds-sd:pdf:2008', '1.3.6.1.4.1.19376.1.2.3'],
    [[], 'text/plain', 'urn:ihe:iti:xds-sd:text:2008', '1.3.6.1.4.1.19376.1.2.3'],
    [['1.2.250.1.213.1.1.1.13'], null, 'urn:asip:ci-sis:vsm:2012', '1.2.250.1.213.1.1.4.2.282'],
    [['1.2.250.1.213.1.1.1.39'], null, 'urn:ihe:pharm:pre:2010', '1.3.6.1.4.1.19376.1.2.3'],
    // The model proper, after more general ones.
    [['1.2.250.1.213.1.1.1.5', '1.2.250.1.213.1.1.1.5.3'], null, 'urn:asip:ci-sis:cse-cs24:2017', '1.2.250.1.213.1.1.4.2.282'],
    [['1.3.6.1.4.1.19376.1.3.3', '1.2.250.1.213.1.1.1.55'], null, 'urn:ihe:lab:xd-lab:2008', '1.3.6.1.4.1.19376.1.2.3'],
    [['1.3.6.1.4.1.19376.1.8.1.1.2.20'], null, 'urn:ihe:pat:apsr:larynx:2010', '1.3.6.1.4.1.19376.1.2.3'],
  ])('%j with a body of %s', (templates, media, code, system) => {
    expect(formatCodeOf(templates, media)).toMatchObject({ code, system })
  })

  it('are not invented', () => {
    expect(formatCodeOf(['1.2.250.1.213.1.1.1.999', '1.3.6.1.4.1.19376.1.8.1.1.2.21', '1.2.250.1.213.1.1.1.toString'], null)).toBeUndefined()
    expect(formatCodeOf([], 'image/png')).toBeUndefined()
  })
})

it('specialities are worded as the national list does', () => {
  expect(authorSpeciality('10', 'SM54')).toEqual({ code: 'G15_10/SM54', system: '1.2.250.1.213.1.1.4.5', label: 'Médecin - Médecine Générale (SM)' })
  expect(['G15_10', 'G15_60', 'G16_10', 'G15_21/A', 'DISPOSITIF', 'G15_10/ZZ9', 'X'].map(specialityLabel)).toEqual([
    'Médecin', 'Infirmier', 'Médecin en formation', "Pharmacien titulaire d'officine", 'Dispositif médical', 'G15_10/ZZ9', 'X',
  ])
})

it('a speciality is joined only to the profession that has it', () => {
  const code = (profession: string, speciality?: string) => authorSpeciality(profession, speciality).code
  expect([code('10', 'SM95'), code('10', 'CAPA13'), code('21', 'DA'), code('40', 'SCD02'), code('60', 'SI05'), code('60')]).toEqual([
    'G15_10/SM95', 'G15_10/CAPA13', 'G15_21/DA', 'G15_40/SCD02', 'G15_60/SI05', 'G15_60',
  ])
  expect([code('21', 'SM54'), code('70', 'SM54'), code('10', 'A'), code('60', 'toString'), code('G16_10', 'SM54')]).toEqual(['G15_21', 'G15_70', 'G15_10', 'G15_60', 'G16_10'])
})

it('places of care and practice settings go together', () => {
  expect(facilityType('SA07')).toEqual({ code: 'SA07', system: '1.2.250.1.71.4.2.4', label: 'Cabinet individuel' })
  expect(practiceSetting('AMBULATOIRE').label).toBe('Ambulatoire')
  expect([facilityType('SA63'), facilityType('SA67'), practiceSetting('SAMU_SMUR')].map(({ label }) => label)).toEqual([
    'Communauté professionnelle territoriale de santé et équipe de soins spécialisés', 'Maisons médicales de garde (MMG)', 'SAMU/SMUR',
  ])
  expect(['SA07', 'SA25', 'SA01', 'SA17', 'SA24'].map((sector) => practiceSettingOfFacility(sector).code)).toEqual(['AMBULATOIRE', 'AMBULATOIRE', 'ETABLISSEMENT', 'ESSMS', 'AMO'])
})

it('the environment of an INS is in its OID', () => {
  expect(['8', '9', '10', '11', '2'].map((arc) => environmentOfInsOid(`1.2.250.1.213.1.4.${arc}`))).toEqual(['production', 'production', 'training', 'training', undefined])
  expect(isInsOid('1.2.250.1.213.1.4.2')).toBe(false)
})

it('N always comes first', () => {
  expect(confidentialityCodes({ masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: true }).map(({ code }) => code)).toEqual(['N', 'MASQUE_PS', 'INVISIBLE_REPRESENTANTS_LEGAUX'])
})

it.each([
  [codeSystems.loinc, '60591-5', typeLabel('60591-5')],
  [codeSystems.documentType, 'REMB', typeLabel('REMB')],
  [codeSystems.loinc, 'REMB', undefined],
  [codeSystems.facilityType, 'SA07', facilityType('SA07').label],
  [codeSystems.authorSpecialty, 'G15_10', specialityLabel('G15_10')],
  [codeSystems.edqm, '30009000', 'Boîte'],
  [codeSystems.edqm, '39999999', undefined],
  [codeSystems.timingEvent, 'ACM', 'avant le petit-déjeuner'],
  [codeSystems.timingEvent, 'XYZ', undefined],
  [codeSystems.loinc, '1-1', undefined],
  ['1.2.3', '60591-5', undefined],
  ['constructor', 'name', undefined],
])('labels the code %s %s as its own list does, or not at all', (system, code, label) => {
  expect(codeLabel(system, code)).toBe(label)
})

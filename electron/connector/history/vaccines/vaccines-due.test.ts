import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ClinicalFact } from '#shared/contract/index.ts'
import { loadClinicalRules } from '../clinical/load-clinical-rules.ts'
import { factExample } from '../summary/summary-example.ts'
import { vaccinesDue, type ReadForVaccines } from './vaccines-due.ts'

const { rules } = (await loadClinicalRules(path.join(import.meta.dirname, '../../../../resources/clinical'), null)).vaccination
const autumn = Date.parse('2026-11-21T09:00:00Z')
const spring = Date.parse('2026-05-21T09:00:00Z')
const atc = '2.16.840.1.113883.6.73'
const dose = (code: string | null, date: string | null, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'vaccine', label: code ?? 'Vaccin', code, codeSystem: code === null ? null : atc, date, document: 'vaccines', ...change })
/** A dose of what no rule here is about. */
const other = dose('J07AP', '2001-05-05')

const writtenOn = (day: string, uniqueId = 'vaccines') => ({ uniqueId, typeCode: '11369-6', creationTime: `${day}T09:00:00Z`, serviceStartTime: null })

interface Case {
  born: string | null
  doses?: readonly ClinicalFact[]
  now?: number
  sex?: 'M' | 'F'
  read?: Partial<ReadForVaccines>
  mayPropose?: boolean
}
function told(rule: string, { born, doses = [other], now = autumn, sex = 'F', read = {}, mayPropose = true }: Case): string | undefined {
  const found = vaccinesDue({ facts: doses, documents: [], isWhole: true, ...read }, born, sex, rules, now, mayPropose).find((one) => one.rule === rule)
  return found && `${found.status} ${found.reason}`
}

describe('vaccinesDue', () => {
  it.each<[string, string, Case, string | undefined]>([
    ['no booster since 25', 'dtp', { born: '1990-01-01' }, 'due age'],
    ['one since 25', 'dtp', { born: '1990-01-01', doses: [dose('J07CA02', '2016-03-01')] }, 'done done'],
    ['dTP counts as dTcaP does', 'dtp', { born: '1990-01-01', doses: [dose('J07CA01', '2016-03-01')] }, 'done done'],
    ['tetanus alone does not', 'dtp', { born: '1990-01-01', doses: [dose('J07AM01', '2016-03-01')] }, 'due age'],
    ['one of the years before: a doctor judges', 'dtp', { born: '1990-01-01', doses: [dose('J07CA01', '2012-03-01')] }, 'cannotTell dose-before-age'],
    ['one long before', 'dtp', { born: '1990-01-01', doses: [dose('J07CA01', '2005-03-01')] }, 'due age'],
    ['a year that may be before or after', 'dtp', { born: '1990-06-01', doses: [dose('J07CA01', '2015')] }, 'cannotTell date-vague'],
    ['a dose without a date may be of any day', 'dtp', { born: '1990-01-01', doses: [dose('J07CA01', null)] }, 'cannotTell date-vague'],
    ['one without a date beside one since', 'dtp', { born: '1990-01-01', doses: [dose('J07CA01', null), dose('J07CA01', '2016-03-01')] }, 'done done'],
    ['flu without a date', 'grippe', { born: '1955-01-01', doses: [dose('J07BB02', null)] }, 'cannotTell date-vague'],
    ['flu without a date, told by a document of another season', 'grippe', { born: '1955-01-01', doses: [dose('J07BB02', null)], read: { documents: [writtenOn('2020-03-27')] } }, 'due season'],
    ['flu without a date, told by one of this season', 'grippe', { born: '1955-01-01', doses: [dose('J07BB02', null)], read: { documents: [writtenOn('2026-11-03')] } }, 'cannotTell date-vague'],
    ['flu without a date beside one of this season', 'grippe', { born: '1955-01-01', doses: [dose('J07BB02', null), dose('J07BB02', '2026-10-20', { document: 'letter' })], read: { documents: [writtenOn('2026-11-03')] } }, 'done done-this-season'],
    ['flu without a date, told by one of another season and by one of this', 'grippe', { born: '1955-01-01', doses: [dose('J07BB02', null), dose('J07BB02', null, { document: 'letter' })], read: { documents: [writtenOn('2020-03-27'), writtenOn('2026-11-03', 'letter')] } }, 'cannotTell date-vague'],
    ['flu of another season, and without a date in a document of this', 'grippe', { born: '1955-01-01', doses: [dose('J07BB02', '2024-11-20'), dose('J07BB02', null, { document: 'letter' })], read: { documents: [writtenOn('2024-11-20'), writtenOn('2026-11-03', 'letter')] } }, 'cannotTell date-vague'],
    ['a booster of long ago, and one without a date in a document since', 'dtp', { born: '1990-01-01', doses: [dose('J07CA01', '2005-03-01'), dose('J07CA01', null, { document: 'letter' })], read: { documents: [writtenOn('2005-03-01'), writtenOn('2026-11-03', 'letter')] } }, 'cannotTell date-vague'],
    ['a vaccine of a wider class in an old document', 'grippe', { born: '1955-01-01', doses: [dose('J07B', null)], read: { documents: [writtenOn('2020-03-27')] } }, 'due season'],
    ['a booster without a date, told long before the age', 'dtp', { born: '1990-01-01', doses: [dose('J07CA01', null)], read: { documents: [writtenOn('2001-01-01')] } }, 'due age'],
    ['a booster without a date, told in the years before the age', 'dtp', { born: '1990-01-01', doses: [dose('J07CA01', null)], read: { documents: [writtenOn('2013-01-01')] } }, 'cannotTell date-vague'],
    ['45 reached', 'dtp', { born: '1981-11-21', doses: [dose('J07CA02', '2008-03-01')] }, 'due age'],
    ['45 tomorrow', 'dtp', { born: '1981-11-22', doses: [dose('J07CA02', '2008-03-01')] }, 'done done'],
    ['every ten years after 65', 'dtp', { born: '1945-01-01', doses: [dose('J07CA02', '2012-03-01')] }, 'due age'],
    ['since 75', 'dtp', { born: '1945-01-01', doses: [dose('J07CA02', '2021-03-01')] }, 'done done'],
    ['a child is not told', 'dtp', { born: '2016-01-01' }, undefined],
    ['whooping cough at 30', 'coqueluche', { born: '1996-01-01' }, 'due age'],
    ['whooping cough after 39', 'coqueluche', { born: '1986-01-01' }, undefined],
    ['flu in the season', 'grippe', { born: '1955-01-01' }, 'due season'],
    ['flu of this season', 'grippe', { born: '1955-01-01', doses: [dose('J07BB02', '2026-10-20')] }, 'done done-this-season'],
    ['flu of the last one', 'grippe', { born: '1955-01-01', doses: [dose('J07BB02', '2025-11-20')] }, 'due season'],
    ['flu in January, of the same season', 'grippe', { born: '1955-01-01', doses: [dose('J07BB02', '2025-11-20')], now: Date.parse('2026-01-10T09:00:00Z') }, 'done done-this-season'],
    ['flu out of the season', 'grippe', { born: '1955-01-01', now: spring }, undefined],
    ['flu before 65', 'grippe', { born: '1970-01-01' }, undefined],
    ['covid six months ago', 'covid', { born: '1955-01-01', doses: [dose('J07BN01', '2026-05-22')] }, 'done done-this-season'],
    ['covid longer ago', 'covid', { born: '1955-01-01', doses: [dose('J07BN01', '2026-05-01')] }, 'due season'],
    ['shingles, no dose', 'zona', { born: '1955-01-01' }, 'due doses'],
    ['shingles, one', 'zona', { born: '1955-01-01', doses: [dose('J07BK03', '2025-05-01')] }, 'due doses'],
    ['shingles, two', 'zona', { born: '1955-01-01', doses: [dose('J07BK03', '2025-05-01'), dose('J07BK03', '2025-08-01')] }, 'done done'],
    ['shingles, the second told by its rank', 'zona', { born: '1955-01-01', doses: [dose('J07BK03', '2025-08-01', { value: '2' })] }, 'done done'],
    ['one dose told by two documents is one', 'zona', { born: '1955-01-01', doses: [dose('J07BK03', '2025-05-01'), dose('J07BK03', '2025-05-01', { document: 'letter' })] }, 'due doses'],
    ['nor are two of an unknown date and one rank', 'zona', { born: '1955-01-01', doses: [dose('J07BK03', null, { value: '1' }), dose('J07BK03', null, { value: '1', document: 'letter' }), dose('J07BK03', '2025-05', { value: '1' })] }, 'cannotTell date-vague'],
    ['the live one does not complete', 'zona', { born: '1955-01-01', doses: [dose('J07BK02', '2015-05-01')] }, 'due doses'],
    ['pneumococcus, none', 'pneumocoque', { born: '1955-01-01' }, 'due doses'],
    ['pneumococcus, of how many serotypes no code tells', 'pneumocoque', { born: '1955-01-01', doses: [dose('J07AL02', '2024-05-01')] }, 'cannotTell serotypes'],
    ['RSV at 75', 'vrs', { born: '1951-01-01' }, 'due doses'],
    ['RSV done is done, whenever', 'vrs', { born: '1951-01-01', doses: [dose('J07BX05', '2024-10-01')] }, 'done done'],
    ['RSV before 75', 'vrs', { born: '1955-01-01' }, undefined],
    ['HPV of a boy of 12, one dose', 'hpv', { born: '2014-01-01', sex: 'M', doses: [dose('J07BM03', '2026-05-01')] }, 'due doses'],
    ['HPV, two doses begun before 15', 'hpv', { born: '2008-01-01', doses: [dose('J07BM03', '2020-05-01'), dose('J07BM03', '2020-11-01')] }, 'done done'],
    ['HPV, two doses begun after', 'hpv', { born: '2002-01-01', doses: [dose('J07BM03', '2020-05-01'), dose('J07BM03', '2020-11-01')] }, 'due doses'],
    ['HPV at 26', 'hpv', { born: '2000-01-01' }, 'due doses'],
    ['HPV at 27', 'hpv', { born: '1999-01-01' }, undefined],
    ['ACWY of an infant does not count', 'meningocoque-acwy', { born: '2012-01-01', doses: [dose('J07AH08', '2013-05-01')] }, 'due doses'],
    ['ACWY at 12', 'meningocoque-acwy', { born: '2012-01-01', doses: [dose('J07AH08', '2024-05-01')] }, 'done done'],
    ['an unspecified meningococcal vaccine may be it', 'meningocoque-acwy', { born: '2012-01-01', doses: [dose('J07AH', '2024-05-01')] }, 'cannotTell unknown-product'],
    ['measles, born 1980', 'ror', { born: '1980-01-01' }, 'due doses'],
    ['measles, born before', 'ror', { born: '1979-12-31' }, undefined],
    ['a live vaccine in a pregnancy', 'ror', { born: '1995-01-01', doses: [other, factExample({ kind: 'problem', code: 'Z33', codeSystem: '2.16.840.1.113883.6.3', date: '2026-09' })] }, 'cannotTell pregnancy'],
    ['a delivery foreseen long ago', 'ror', { born: '1995-01-01', doses: [other, factExample({ kind: 'observation', code: '11778-8', codeSystem: '2.16.840.1.113883.6.1', value: '2026-06-12', date: '2026-05' })] }, 'due doses'],
    ['a delivery to come', 'ror', { born: '1995-01-01', doses: [other, factExample({ kind: 'observation', code: '11778-8', codeSystem: '2.16.840.1.113883.6.1', value: '2027-03-12', date: '2026-09' })] }, 'cannotTell pregnancy'],
    ['a live vaccine in an immunodepression', 'ror', { born: '1995-01-01', doses: [other, factExample({ kind: 'treatment', label: 'Méthotrexate', atc: 'L04AX03' })] }, 'cannotTell immunodepression'],
    ['a product without a class', 'zona', { born: '1955-01-01', doses: [dose(null, '2025-05-01')] }, 'cannotTell unknown-product'],
    ['no vaccination read', 'zona', { born: '1955-01-01', doses: [] }, 'cannotTell no-vaccination'],
    ['no vaccination read yet', 'zona', { born: '1955-01-01', doses: [], read: { isWhole: false } }, 'cannotTell not-loaded'],
    ['documents still to read', 'zona', { born: '1955-01-01', read: { isWhole: false } }, 'cannotTell not-loaded'],
    ['done stays done then', 'vrs', { born: '1951-01-01', doses: [dose('J07BX05', '2024-10-01')], read: { isWhole: false } }, 'done done'],
    ['a refused, planned or hidden dose is none', 'vrs', { born: '1951-01-01', doses: [other, dose('J07BX05', '2024-10-01', { negated: true }), dose('J07BX05', '2024-10-01', { status: 'planned' }), dose('J07BX05', null, { status: 'hiddenHere' })] }, 'due doses'],
    ['an antibody is no vaccine', 'vrs', { born: '1951-01-01', doses: [other, dose('J06BD01', '2024-10-01')] }, 'due doses'],
    ['a schedule nobody signed', 'zona', { born: '1955-01-01', mayPropose: false }, 'cannotTell not-approved'],
    ['an unknown birth date', 'zona', { born: null }, undefined],
    ['a birth year alone', 'zona', { born: '1955' }, undefined],
  ])('says of %s', (_name, rule, one, expected) => {
    expect(told(rule, one)).toBe(expected)
  })

  it('says when the next booster is foreseen', () => {
    const [dtp] = vaccinesDue({ facts: [dose('J07CA02', '2016-03-01')], documents: [], isWhole: true }, '1990-02-28', 'F', rules, autumn, true)
    expect(dtp).toMatchObject({ rule: 'dtp', status: 'done', atAge: 25, last: '2016-03-01', next: '2035-02-28' })
  })

  it('never says that a patient is up to date: each rule speaks for itself', () => {
    const all = vaccinesDue({ facts: [other], documents: [], isWhole: true }, '1945-01-01', 'M', rules, autumn, true)
    expect(all.map(({ rule }) => rule)).toEqual(['dtp', 'grippe', 'covid', 'zona', 'pneumocoque', 'vrs'])
    expect(all.every(({ status }) => status === 'due')).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { adtMessage } from './adt-message.ts'
import { demoPatients } from './patients.ts'

const { patients, ...oids } = demoPatients()
const fields = (message: string, name: string): string[] => message.split('\r').find((line) => line.startsWith(`${name}|`))?.split('|') ?? []

describe('adtMessage', () => {
  it.each(patients)('announces $localId as a qualified identity with its five traits', (patient) => {
    const message = adtMessage(patient, oids, { event: 'A04', time: '20261121090000', controlId: 'DEMO-1' })
    expect(fields(message, 'MSH').slice(8, 12)).toEqual(['ADT^A04^ADT_A01', 'DEMO-1', 'T', '2.5^FRA^2.11'])
    const pid = fields(message, 'PID')
    expect(pid[3]?.split('~')).toEqual([`${patient.localId}^^^TILLEULS&1.2.250.1.999.77.2&ISO^PI`, `${patient.ins}^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS`])
    expect(pid[5]?.split('~')[0]?.split('^')[0]).toBe(patient.birthName)
    expect(pid[7]).toBe(patient.birthDate.replace(/-/g, ''))
    expect(pid[8]).toBe(patient.sex)
    const birth = pid[11]?.split('~')[1]?.split('^') ?? []
    expect([birth[6], birth[8]]).toEqual(['BDL', patient.birthPlace.code])
    expect(pid[32]).toBe('VALI')
    expect(fields(message, 'ZFD')[5]).toBe('INSI')
    expect(fields(message, 'ZFA')[9]).toBe('INO')
  })

  it('escapes the delimiters of HL7 in what people type', () => {
    const [first] = patients
    if (!first) throw new Error('no patient')
    const message = adtMessage({ ...first, usedName: 'A|B^C&D~E\\F' }, oids, { event: 'A08', time: '20261121090000', controlId: 'DEMO-2' })
    expect(fields(message, 'PID')[5]?.split('~')[1]?.split('^')[0]).toBe('A\\F\\B\\S\\C\\T\\D\\R\\E\\E\\F')
  })
})

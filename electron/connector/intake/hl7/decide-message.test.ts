import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideMessage, type MessageDecision } from './decide-message.ts'
import { readMessage } from './message.ts'
import { adt, flag, mdm, mshOf, oru, pidOf, syntheticCda, visible } from './synthetic-messages.ts'

const decide = (text: string, environment?: 'training' | 'production'): MessageDecision => decideMessage(readMessage(Buffer.from(text))!, { environment })
const refusalOf = (decision: MessageDecision) => decision.arrivals.map(({ hints }) => (hints.refusal ? `${hints.refusal.outcome} ${hints.refusal.code}` : 'document'))
const without = (name: string) => visible.filter((segment) => !segment.includes(name))

describe('documents', () => {
  it('takes the exact bytes of a document with what the message says of it', () => {
    const decision = decide(oru())
    expect(decision.ack).toEqual({ code: 'AA' })
    const [arrival] = decision.arrivals
    expect(Buffer.from(arrival!.bytes).toString()).toBe(syntheticCda)
    expect(arrival!.source).toEqual({ kind: 'hl7', name: 'LABO CABINET', reference: 'M1' })
    expect(arrival!.fileName).toBe('M1.xml')
    expect(arrival!.hints).toEqual({
      fileName: 'M1.xml',
      identity: {
        ins: '290017512345678',
        insOid: '1.2.250.1.213.1.4.10',
        birthName: 'GARNIER',
        givenName: 'AMELIE',
        givenNames: 'AMELIE ROSE',
        usedName: 'LEROUX',
        usedGivenName: 'AMELIE',
        birthDate: '1990-01-15',
        sex: 'F',
        birthPlace: '69381',
        localId: '000042',
        localIdOid: '1.2.3.4',
        qualified: true,
        origin: 'message',
      },
      typeCode: '11502-2',
      title: "CR d'examens biologiques",
      visibility: { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false },
    })
  })

  it('takes the twins of one act as two arrivals', () => {
    const two = [syntheticCda, syntheticCda.replace('1.2.3.4.5', '1.2.3.4.6')]
    const decision = decide(oru({ documents: two.map((cda) => Buffer.from(cda).toString('base64')) }))
    expect(decision.arrivals.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(two)
    expect(decision.arrivals.map(({ fileName }) => fileName)).toEqual(['M1-1.xml', 'M1-2.xml'])
  })

  it.each([
    ['no padding', (data: string) => data.replace(/=+$/, '')],
    ['line ends', (data: string) => data.replaceAll(/(.{20})/g, '$1 ')],
    ['escaped line ends', (data: string) => data.replaceAll(/(.{20})/g, String.raw`$1\X0D\\.br\ `)],
  ])('decodes base64 with %s', (_name, change) => {
    const decision = decide(oru({ documents: [change(Buffer.from(`${syntheticCda} `).toString('base64'))] }))
    expect(Buffer.from(decision.arrivals[0]!.bytes).toString().trim()).toBe(syntheticCda)
  })

  it.each([
    ['cut', Buffer.from(syntheticCda.slice(0, -10)).toString('base64')],
    ['not XML', Buffer.from('Document médical').toString('base64')],
    ['a PDF', Buffer.from('%PDF-1.4\n%%EOF').toString('base64')],
    ['not base64', '***'],
    ['empty', ''],
  ])('keeps and refuses a document that is %s', (_name, data) => {
    const decision = decide(oru({ documents: [data] }))
    expect(decision.ack).toMatchObject({ code: 'AE', error: { code: 207 } })
    expect(refusalOf(decision)).toEqual(['parked hl7-document-broken'])
    expect(Buffer.from(decision.arrivals[0]!.bytes).toString()).toBe(oru({ documents: [data] }))
  })

  it('takes a self-presenting document', () => {
    const cda = `<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform">${syntheticCda.slice(39)}</xsl:stylesheet>`
    expect(refusalOf(decide(oru({ documents: [Buffer.from(cda).toString('base64')] })))).toEqual(['document'])
  })

  it('refuses the whole message when one of two documents is broken', () => {
    const decision = decide(oru({ documents: [Buffer.from(syntheticCda).toString('base64'), 'AAAA'] }))
    expect(decision.ack.error?.location).toBe('OBX^2^5')
    expect(refusalOf(decision)).toEqual(['parked hl7-document-broken'])
  })

  it('sets aside a laboratory message without clinical document, and refuses one that announces it', () => {
    const plain = oru({ msh: mshOf('ORU^R01', { profile: '' }), documents: [] })
    expect([decide(plain).ack.code, ...refusalOf(decide(plain))]).toEqual(['AA', 'ignored hl7-not-for-dmp'])
    const announced = decide(oru({ documents: [] }))
    expect([announced.ack.error?.code, ...refusalOf(announced)]).toEqual([100, 'parked hl7-segment-missing'])
  })
})

describe('action', () => {
  it.each([
    ['F', 'ORC|NW|1', 'document'],
    ['C', 'ORC|RO|1', 'document'],
    ['D', 'ORC|CA|1', 'parked hl7-action-unsupported'],
    ['F', 'ORC|RO|1', 'parked hl7-action-incoherent'],
    ['C', 'ORC|NW|1', 'parked hl7-action-incoherent'],
    ['F', 'ORC|SC|1', 'parked hl7-action-incoherent'],
    ['P', 'ORC|NW|1', 'parked hl7-action-incoherent'],
  ])('2.1: OBX-11 %s with %s', (status, orc, expected) => {
    const decision = decide(oru({ status, orc }))
    expect(refusalOf(decision)).toEqual([expected])
    expect(decision.ack.code).toBe(expected === 'document' ? 'AA' : 'AE')
  })

  it('older profiles may write ORC-1 SC or no ORC', () => {
    const msh = mshOf('ORU^R01^ORU_R01', { profile: '1.2^CISIS_CDA_HL7_V1' })
    expect(refusalOf(decide(oru({ msh, orc: 'ORC|SC|1' })))).toEqual(['document'])
    expect(refusalOf(decide(oru({ msh, orc: null })))).toEqual(['document'])
    expect(refusalOf(decide(oru({ msh, orc: 'ORC|CA|1' })))).toEqual(['parked hl7-action-incoherent'])
  })

  it.each([
    ['T02', 'F', 'ORC|NW|1', 'document'],
    ['T10', 'C', 'ORC|RO|1', 'document'],
    ['T04', 'D', 'ORC|CA|1', 'parked hl7-action-unsupported'],
    ['T10', 'F', 'ORC|RO|1', 'parked hl7-action-incoherent'],
    ['T02', 'D', 'ORC|CA|1', 'parked hl7-action-incoherent'],
  ] as const)('MDM %s with OBX-11 %s and %s', (event, status, orc, expected) => {
    expect(refusalOf(decide(mdm(event, { status, orc })))).toEqual([expected])
  })
})

describe('visibility', () => {
  it('carries the flags to the item', () => {
    const flags = [...without('INVISIBLE_PATIENT'), flag('INVISIBLE_PATIENT', 'Y'), flag('DESTDMP', 'Y')]
    expect(decide(oru({ flags })).arrivals[0]!.hints.visibility).toEqual({ masked: false, hiddenFromPatient: true, hiddenFromRepresentatives: false })
  })

  it.each(['MASQUE_PS', 'INVISIBLE_PATIENT', 'INVISIBLE_REP_LEGAUX', 'CONNEXION_SECRETE', 'MODIF_CONF_CODE'])('fails closed without %s', (name) => {
    const decision = decide(oru({ flags: [...without(name), flag('DESTDMP', 'Y')] }))
    expect(decision.ack).toMatchObject({ code: 'AE', error: { code: 101 } })
    expect(refusalOf(decision)).toEqual(['parked hl7-flags-invalid'])
  })

  it.each(['', 'O', 'oui', '1'])('fails closed on the value %j', (value) => {
    const decision = decide(oru({ flags: [...without('MASQUE_PS'), flag('MASQUE_PS', value), flag('DESTDMP', 'Y')] }))
    expect(decision.ack).toMatchObject({ code: 'AE', error: { code: 103 } })
  })

  it('fails closed on two values that contradict each other', () => {
    expect(refusalOf(decide(oru({ flags: [...visible, flag('MASQUE_PS', 'Y'), flag('DESTDMP', 'Y')] })))).toEqual(['parked hl7-flags-invalid'])
  })

  it('knows the names of older profiles', () => {
    const flags = [...without('INVISIBLE_REP_LEGAUX').filter((segment) => !segment.includes('MODIF')), flag('INVISIBLE_REPRESENTANTS_LEGAUX', 'Y'), flag('DESTDMP', 'Y')]
    const decision = decide(oru({ msh: mshOf('ORU^R01', { profile: '1.2^CISIS_CDA_HL7_V1' }), flags }))
    expect(decision.arrivals[0]!.hints.visibility?.hiddenFromRepresentatives).toBe(true)
  })

  it('refuses to hide a document from everybody', () => {
    const flags = [...visible.filter((segment) => !/MASQUE_PS|INVISIBLE_PATIENT/.test(segment)), flag('MASQUE_PS', 'Y'), flag('INVISIBLE_PATIENT', 'Y'), flag('DESTDMP', 'Y')]
    const decision = decide(oru({ flags }))
    expect([decision.ack.code, ...refusalOf(decision)]).toEqual(['AE', 'parked visibility-forbidden'])
  })

  it('takes a document of a secret connection with that word, which goes with it to the record', () => {
    const decision = decide(oru({ flags: [...without('CONNEXION_SECRETE'), flag('CONNEXION_SECRETE', 'Y'), flag('DESTDMP', 'Y')] }))
    expect([decision.ack.code, decision.arrivals[0]!.hints.refusal, decision.arrivals[0]!.hints.visibility]).toEqual(['AA', undefined, { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false, secretConnection: true }])
    expect(Buffer.from(decision.arrivals[0]!.bytes).toString()).toBe(syntheticCda)
  })

  it.each([[[]], [[flag('DESTDMP', 'N')]]])('sets aside what is not for the record', (flags) => {
    const decision = decide(oru({ flags: [...visible, ...flags] }))
    expect([decision.ack.code, ...refusalOf(decision)]).toEqual(['AA', 'ignored hl7-not-for-dmp'])
  })
})

describe('other messages', () => {
  it('never deposits mail received by the practice', () => {
    const decision = decide(oru({ msh: mshOf('MDM^T02^MDM_T02', { version: '2.6', profile: '1.1^CISIS_CDA_HL7_LPS' }) }))
    expect([decision.ack.code, ...refusalOf(decision)]).toEqual(['AA', 'ignored hl7-received-mail'])
  })

  it.each([
    ['SIU^S12', 'AR', 200, 'ignored hl7-type-unknown'],
    ['ADT^A40', 'AR', 201, 'ignored hl7-type-unknown'],
    ['MDM^T01', 'AR', 201, 'ignored hl7-type-unknown'],
    ['ORU^R02', 'AR', 201, 'ignored hl7-type-unknown'],
    ['', 'AR', 200, 'ignored hl7-type-unknown'],
    ['ACK^R01^ACK', 'AR', 200, 'ignored hl7-acknowledgement'],
  ])('%s', (type, code, error, refusal) => {
    const decision = decide(oru({ msh: mshOf(type) }))
    expect([decision.ack.code, decision.ack.error?.code, ...refusalOf(decision)]).toEqual([code, error, refusal])
  })

  it('notes a business acknowledgement', () => {
    expect(refusalOf(decide(`${mshOf('ZAM^Z01^ZAM_Z01')}\rEVN||20260110\r`))).toEqual(['ignored hl7-acknowledgement'])
  })

  it.each([
    ['version', oru({ msh: mshOf('ORU^R01', { version: '3.0' }) }), 203, 'hl7-version-unknown'],
    ['number', oru({ msh: mshOf('ORU^R01', { control: '' }) }), 101, 'hl7-segment-missing'],
    ['PID', oru({ pid: null }), 100, 'hl7-segment-missing'],
    ['PID-3', oru({ pid: 'PID|||' }), 101, 'hl7-segment-missing'],
  ])('keeps and refuses a message without a usable %s', (_name, text, error, reason) => {
    const decision = decide(text)
    expect([decision.ack.code, decision.ack.error?.code, ...refusalOf(decision)]).toEqual(['AE', error, `parked ${reason}`])
  })

  it('reads no name from bytes that lie about their charset', () => {
    const bytes = Buffer.from(adt('A08', { pid: pidOf({ name: 'RÉAULT^ZOÉ^^^^^L' }) }), 'latin1')
    const decision = decideMessage(readMessage(bytes)!)
    expect([decision.ack.code, decision.ack.error?.code, ...refusalOf(decision)]).toEqual(['AE', 102, 'parked hl7-charset'])
    expect(decision.identity).toBeUndefined()
    expect(decision.arrivals[0]!.hints.identity).toBeUndefined()
  })

  it('keeps test messages out of a production record, and takes them in training', () => {
    const text = oru({ msh: mshOf('ORU^R01', { processing: 'T' }) })
    expect(decide(text, 'production').ack).toMatchObject({ code: 'AR', error: { code: 202 } })
    expect(decide(text, 'training').ack.code).toBe('AA')
    expect(decide(oru(), 'production').ack.code).toBe('AA')
  })
})

describe('identity', () => {
  it('reads an ADT: identity, status, date, will of the patient', () => {
    const decision = decide(adt('A08', { zfa: 'ZFA|ACTIF|20260101|||||||IO|20260105101112|INC|20260106' }))
    expect(decision.arrivals).toEqual([])
    expect(decision.identity).toMatchObject({ event: 'A08', statuses: ['VALI'], changedAt: '2026-01-10T09:30:00', identity: { birthName: 'GARNIER', qualified: true } })
    expect(decision.consent).toEqual({ feeding: 'opposed', feedingAt: '2026-01-05T10:11:12', consultation: 'refused', consultationAt: '2026-01-06' })
  })

  it('takes the absence of ZFA for no information', () => {
    expect(decide(adt('A04')).consent).toBeNull()
  })

  it.each(['A01', 'A03', 'A04', 'A05', 'A08', 'A28', 'A31'])('accepts %s', (event) => {
    expect(decide(adt(event)).ack).toEqual({ code: 'AA' })
  })

  it.each([
    ['PROV', {}],
    ['VALI~HOMA', {}],
    ['VALI~DOUT', {}],
    ['VALI~FICT', {}],
    ['VALI', { id: '000042^^^CABINET^PI' }],
    ['VALI', { place: '' }],
    ['VALI', { name: 'LEROUX^AMELIE^^^^^D' }],
    ['VALI', { id: '290017512345678^^^A&1.2.250.1.213.1.4.10&ISO^INS~290017512345679^^^A&1.2.250.1.213.1.4.10&ISO^INS' }],
  ])('is not qualified with %s and %j', (status, changes) => {
    const decision = decide(adt('A08', { pid: pidOf({ status, ...changes }) }))
    expect(decision.identity?.identity.qualified).toBe(false)
  })
})

describe('damaged messages', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom('', '|', '^', '~', '\\', '\r', '\n', '\0', 'é', 'Y', 'MSH|', '""')), { maxLength: 6 })
  it('are always decided, and never made a document of with other bytes or without its flags', () => {
    fc.assert(
      fc.property(fc.constantFrom(oru(), mdm('T02'), adt('A08', { zfa: 'ZFA|||||||||IO|20260101|INC|20260101' })), damage, (text, changes) => {
        const damaged = changes.reduce((whole, [place, piece]) => whole.slice(0, place % whole.length) + piece + whole.slice((place % whole.length) + 1), text)
        const message = readMessage(Buffer.from(damaged))
        if (!message) return
        const decision = decideMessage(message)
        expect(['AA', 'AE', 'AR']).toContain(decision.ack.code)
        expect(decision.ack.code === 'AA').toBe(decision.ack.error === undefined)
        for (const { hints, bytes } of decision.arrivals) {
          if (decision.ack.code !== 'AA') expect(hints.refusal?.outcome).toBe(decision.ack.code === 'AE' ? 'parked' : 'ignored')
          if (hints.refusal) continue
          expect(hints.visibility).toBeDefined()
          expect(Buffer.from(bytes).toString().endsWith('</ClinicalDocument>')).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

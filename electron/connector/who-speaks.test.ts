import { expect, it } from 'vitest'
import type { Practice, SignInSettings, SignInView } from '#shared/contract/index.ts'
import { recordConfig } from '#shared/contract/index.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { whoSpeaks } from './who-speaks.ts'

const practice: Practice = demoPractice()
const [structure, doctor] = [practice.structures[0]!, practice.professionals[0]!]
const view: SignInView = { mode: 'certificates', state: 'ready', reason: null, action: 'none', holder: null, situations: [], chosen: null, pin: null, until: null, approval: null }
const settings = (signIn: unknown): SignInSettings => recordConfig.shape.signIn.parse(signIn)
const certificates = settings({ mode: 'certificates' })
const connect = { mode: 'pro-sante-connect', issuer: 'https://service.example/', clientId: 'relais' }
const situation = { structure: structure.id, name: structure.name, sector: structure.sector }

it('names the professional who reads with their title, in their situation', () => {
  const { title: _, ...untitled } = doctor
  const told = whoSpeaks(view, { kind: 'professional', professional: untitled, structure }, practice, certificates, null)
  expect(told).toEqual({ ...view, speaker: { professional: { id: doctor.id, name: 'Dr Hélène MARCHANDEAU' }, structure: situation }, mayBeAsked: [] })
})

it('names the holder of a CPE card apart: they deposit and do not read', () => {
  const member = { id: '3750803447/0007', family: 'MODELE', given: 'Nadia', structure: structure.id }
  expect(whoSpeaks(view, { kind: 'staff', member, structure }, practice, settings({ mode: 'card', library: 'x' }), null).speaker).toEqual({ professional: null, staff: { id: member.id, name: 'Nadia MODELE' }, structure: situation })
  expect(whoSpeaks(view, { kind: 'staff', member: { ...member, given: '' }, structure }, practice, certificates, null).speaker).toMatchObject({ staff: { name: 'MODELE' } })
})

it('tells a structure that speaks alone from nobody at all', () => {
  expect(whoSpeaks(view, { kind: 'structure', structure }, practice, certificates, null).speaker).toEqual({ professional: null, structure: situation })
  expect(whoSpeaks(view, null, practice, certificates, null).speaker).toBeNull()
})

it('says whom to ask only where an approval is given on a phone, each professional once', () => {
  const twice = { ...practice, professionals: [...practice.professionals, { ...doctor, structure: structure.id }] }
  const ciba = settings({ ...connect, flow: 'ciba' })
  expect(whoSpeaks(view, null, twice, ciba, null).mayBeAsked.map(({ id }) => id)).toEqual(practice.professionals.map(({ id }) => id))
  expect(whoSpeaks(view, null, twice, ciba, practice.professionals[1]!.id).mayBeAsked.map(({ name }) => name)).toEqual(['Dr Karim BELHADJ-ROUSSEL', 'Dr Hélène MARCHANDEAU', 'Mme Solène LE GUILLOUX'])
  expect(whoSpeaks(view, null, twice, settings(connect), null).mayBeAsked).toEqual([])
})

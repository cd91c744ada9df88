export { ConsentRegister, type ConsentChoice, type ConsentDecision, type ConsentKind, type OnConsentChange } from './consent.ts'
export { openEmergencies, type EmergencyAccess, type EmergencyRegister } from './emergency-access.ts'
export { informationVersion, isInformationDue, openInformation, type InformationRegister } from './information.ts'
export { panelSource, saidInPerson } from './said-in-person.ts'

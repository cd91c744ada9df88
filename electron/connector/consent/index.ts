export { ConsentRegister, type ConsentDecision, type ConsentKind } from './consent.ts'

export { choiceOfFeedCode, ConsentRegister, supersedes, type ConsentChoice, type ConsentDecision, type ConsentKind } from './consent.ts'

export { ConsentRegister } from './consent.ts'

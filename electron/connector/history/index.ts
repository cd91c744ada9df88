export { openReadings } from './readings.ts'
export { openPanel, type PanelPatient, type PanelState } from './panel.ts'
export { readDocument, readList } from './read-record.ts'
export { attachmentOf, openDocument } from './open-document.ts'

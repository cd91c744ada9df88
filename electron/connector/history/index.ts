export { openReadings, type Readings } from './readings.ts'
export { openPanel, type Panel, type PanelPatient } from './panel.ts'
export { byDate, readDocument, readList } from './read-record.ts'
export { attachmentOf, openDocument } from './open-document.ts'

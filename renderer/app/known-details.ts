import type { texts } from '../strings/index.ts'

type Detail = Exclude<keyof typeof texts.fr.knownDetail, 'words' | 'withParts' | 'original'>
type DetailWithParts = keyof typeof texts.fr.knownDetail.withParts

/** The phrases the connector keeps with an item, as it writes them, and the name of their text. They stay in its store: a phrase that is no longer written is kept here. */
export const knownPhrases: Readonly<Record<string, Detail>> = {
  // What a person or its source did, in its trace
  'patient chosen by a person': 'patientChosen',
  'visibility chosen by a person': 'visibilityChosen',
  'a version that replaces another came': 'versionCame',
  'what it replaced is of another type now': 'parentRetyped',
  'received again': 'receivedAgain',
  'received again, announced otherwise': 'announcedOtherwise',
  // What a file is, that is not deposited
  'picture (JPEG)': 'jpeg',
  'picture (PNG)': 'png',
  'picture (GIF)': 'gif',
  'picture (TIFF)': 'tiff',
  'picture (BMP)': 'bmp',
  'picture (HEIC)': 'heic',
  'DICOM object': 'dicom',
  'office document': 'office',
  'office document (RTF)': 'rtf',
  'archive (ZIP)': 'zip',
  'XDM archive: received mail, not a document of the practice': 'xdmArchive',
  'XDM metadata without its archive': 'xdmMetadata',
  'HPRIM XML (acts and stays, no document)': 'hprimXml',
  'still encrypted (Apicrypt or S/MIME)': 'encrypted',
  'web page': 'webPage',
  program: 'program',
  hl7: 'hl7File',
  // What is wrong with a PDF
  'no page': 'noPage',
  'picture too large': 'pictureTooLarge',
  // What is wrong with a sidecar
  'larger than a sidecar can be': 'sidecarTooLarge',
  'its document was written over or removed before it was read': 'documentGone',
  'a document it describes has not come': 'documentNotCome',
  'none of its fields is known to the profile': 'noKnownField',
  'several documents are described and not all are named': 'notAllNamed',
  'masked and hidden from the patient': 'hiddenFromAll',
  unreadable: 'unreadable',
  'DOCTYPE refused': 'doctype',
  'not well-formed XML': 'malformedXml',
  'not JSON': 'notJson',
  'JSON without fields': 'emptyJson',
  'a quote is never closed': 'openQuote',
  'CSV without a header and a row': 'emptyCsv',
  // What is wrong with a message
  'an acknowledgement is not expected here': 'acknowledgement',
  'version of HL7 unknown': 'hl7Version',
  'the message has no number': 'noNumber',
  'PID is missing': 'noPid',
  'PID-3 is missing': 'noPid3',
  'no OBX holds a document': 'noDocument',
  'OBX-11, ORC-1 and the event do not ask for the same action': 'actionsDiffer',
  'DESTDMP is neither Y nor N': 'destDmp',
  'MASQUE_PS and INVISIBLE_PATIENT together hide the document from everybody': 'hiddenFromAll',
  'deletion is to be done in the record by its author': 'deletion',
  'the message is over the size limit': 'messageTooLarge',
  'there is no MSH': 'noMsh',
  // Whose it is, and which version
  'local number and INS point to different patients': 'twoPatients',
  'what stands beside it may describe another document': 'besideInDoubt',
  'identity marked as not to be used': 'identityNotUsable',
  'INS-C is withdrawn': 'insC',
  'not the shape of a NIR or NIA': 'insShape',
  'wrong key': 'insKey',
  'a replacement that names no document to replace': 'noParent',
  // What is wrong with a CDA
  'no ClinicalDocument': 'noClinicalDocument',
  'no body': 'noBody',
  'the body is not base64': 'bodyNotBase64',
  'an attachment is not base64': 'attachmentNotBase64',
  'style sheet from the network': 'remoteStyleSheet',
  'event handler in the narrative': 'eventHandler',
  'script address in the narrative': 'scriptAddress',
  'unsupported encoding': 'encoding',
  'several recordTarget': 'severalPatients',
  'several INS': 'severalIns',
  'the record takes no extension': 'noExtension',
  'not an OID of 64 characters at most': 'notPlainOid',
  'effectiveTime before birth': 'beforeBirth',
  'serviceEvent/effectiveTime/high before low': 'endBeforeStart',
  'author without a number': 'authorWithoutNumber',
  'confidentialityCode without N': 'confidentialityWithoutN',
  'confidentialityCode unknown': 'confidentialityUnknown',
  'confidentialityCode twice': 'confidentialityTwice',
  'id is not uniqueId': 'idDiffers',
  'code is not typeCode': 'codeDiffers',
  'effectiveTime is not creationTime': 'dateDiffers',
  'no document in OBX-5': 'noObx5',
  'OBX-5 is not base64': 'obx5NotBase64',
  'the document is empty': 'emptyDocument',
  'the document is not XML': 'notXml',
  'the document is cut: it does not end with </ClinicalDocument>': 'cutDocument',
  'no certificate for this professional': 'noCertificateProfessional',
  'no certificate for this structure': 'noCertificateStructure',
  'no certificate for this staff': 'noCertificateStaff',
}

/** Its phrases with parts of their own, each in braces by its name in the text. The first that fits is meant. */
export const knownTemplates: Readonly<Record<string, DetailWithParts>> = {
  'type chosen by a person: {label}': 'typeChosen',
  'author chosen by a person: {name}': 'authorChosen',
  '{code} of {system}': 'codeOfSystem',
  'class {class} for {type}': 'classForType',
  'format {format}': 'format',
  'XML {element}': 'xmlOther',
  'unstructured body of type {type}': 'unstructuredBody',
  'the body is not {type}': 'bodyOfOtherType',
  'an attachment is not {type}': 'attachmentOfOtherType',
  'element {element} in the narrative': 'activeElement',
  '{size} bytes, limit {limit}': 'overLimit',
  '{size} bytes': 'size',
  '{number} pages': 'pages',
  'OID {oid} is not one of the INS': 'oidNotIns',
  '{number} characters instead of 15': 'insLength',
  'row {row} has more columns than the header': 'rowLonger',
  'row {row} has fewer columns than the header': 'rowShorter',
  'two types: {types}': 'twoTypes',
  'cannot read {fields}': 'fieldsUnread',
  'message type {type} is not handled': 'messageType',
  'event {kind}^{event} is not handled': 'messageEvent',
  'a message of test (MSH-11 {mode}) never reaches a production record': 'testMessage',
  '{flag} is missing': 'flagMissing',
  '{flag} is neither Y nor N, or says both': 'flagInvalid',
  'MSH-18 "{name}" is not supported': 'charsetUnknown',
  'MSH-18 says {name}, the bytes are not': 'charsetDiffers',
  'version {version}, known {known}': 'versionKnown',
  '{document} replaces this document itself': 'replacesItself',
  '{file}: unreadable': 'fileUnreadable',
  '{file}: not-pkcs12': 'notPkcs12',
  '{file}: no-private-key': 'noPrivateKey',
  '{file}: no-certificate': 'noCertificate',
  '{use}: {from} - {to}': 'certificateDates',
  // What a list of the record says of itself
  'counts {counted} entries and gives {given}': 'listShort',
}

const [digits, word] = [String.raw`\d+`, String.raw`\S+`]
/** What a part may be, where not all that stands there: a sentence in the place of a word is another phrase. */
const forms: Readonly<Record<string, string>> = {
  size: digits, limit: digits, number: digits, row: digits, counted: digits, given: digits, version: digits, known: digits, code: word, system: word, class: word, type: word, format: word, element: word, oid: word, flag: word, document: word,
  kind: '[^ ^]*', event: '[^ ^]*', use: 'tls|signature',
}

function patternOf(template: string): RegExp {
  const parts = template.split(/\{(\w+)\}/).map((part, at) => (at % 2 === 1 ? `(?<${part}>${forms[part] ?? '.+'})` : part.replace(/[.*+?^$()|\\/]/g, String.raw`\$&`)))
  return new RegExp(`^${parts.join('')}$`)
}

const patterns = Object.entries(knownTemplates).map(([template, key]) => ({ key, pattern: patternOf(template) }))

/** The text of a phrase with parts, and the parts; null = none of ours. */
export function readTemplate(detail: string): { readonly key: DetailWithParts; readonly parts: Readonly<Record<string, string>> } | null {
  for (const { key, pattern } of patterns) {
    const found = pattern.exec(detail)
    if (found) return { key, parts: { ...found.groups } }
  }
  return null
}

/** Words lists of which follow some phrases: what changed, which traits are lacking or differ. */
export const knownWords = ['patient', 'type', 'author', 'visibility', 'birthName', 'givenName', 'birthDate', 'birthPlace', 'sex', 'ins'] as const
export type KnownWord = (typeof knownWords)[number]

/** Reads a list of known words; null when anything else is in it. */
export function readWords(list: string): KnownWord[] | null {
  const words = list.split(', ').map((word) => knownWords.find((known) => known === word))
  return words.every((word) => word !== undefined) ? words : null
}

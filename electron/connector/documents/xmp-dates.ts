/** When the file was made and when its metadata were (XMP part 1, 8.4; `xap` is what it was called before), and when its history was written. */
const dates = String.raw`(?:xmp|xap):(?:CreateDate|ModifyDate|MetadataDate)|stEvt:when`
/** What the file, its versions and those it comes from are called (XMP part 2, 1.2.4). */
const ids = String.raw`(?:xmpMM|xapMM):(?:DocumentID|InstanceID|OriginalDocumentID|VersionID)|stEvt:instanceID|stRef:(?:documentID|instanceID|originalDocumentID)`
const dateText = String.raw`[\d:TZ+\-.\s]{0,40}`
const idText = String.raw`[\w:.\-\s]{0,200}`

const elements = [[dates, dateText], [ids, idText]].map(([names, text]) => new RegExp(String.raw`<(${names})>${text}</\1>`, 'g'))
const attributes = [[dates, dateText], [ids, idText]].map(([names, text]) => new RegExp(String.raw`(\s)(${names})=(?:"${text}"|'${text}')`, 'g'))
/** An XMP packet without what rendering again changes in it: dates and ids, where they are dates and ids. */
export function withoutXmpDates(packet: string): string {
  // Room left for changes in place, which a longer date takes from.
  const end = packet.lastIndexOf('<?xpacket end')
  let text = end < 0 ? packet : `${packet.slice(0, end).trimEnd()}${packet.slice(end)}`
  for (const element of elements) text = text.replaceAll(element, '<$1/>')
  for (const attribute of attributes) text = text.replaceAll(attribute, '$1$2=""')
  return text
}

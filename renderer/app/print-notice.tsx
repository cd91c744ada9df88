import { createPortal } from 'react-dom'
import './print.css'

/** Instead of the page, when it is sent to a printer by another way than the act that prints. */
export function PrintNotice({ text }: { text: string }) {
  return createPortal(<p className="print-notice">{text}</p>, document.body)
}

import { useTranslation } from 'react-i18next'
import type { PrintableSheet } from '#shared/contract/emergency-sheet.ts'

/** Modules of white a QR code needs around it (ISO/IEC 18004). */
const quiet = 4

/** The QR code, drawn as one path, so that no line of light runs between its modules. */
export function CodePicture({ rows }: Pick<PrintableSheet['code'], 'rows'>) {
  const { t } = useTranslation()
  const side = rows.length + 2 * quiet
  const path = rows.flatMap((row, y) => [...row.matchAll(/1+/g)].map((run) => `M${run.index + quiet} ${y + quiet}h${run[0].length}v1h-${run[0].length}z`)).join('')
  return (
    <svg className="sheet-code" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={t('sheet.code.label')} shapeRendering="crispEdges" data-testid="sheet-code">
      <path d={path} />
    </svg>
  )
}

import { useTranslation } from 'react-i18next'
import type { SummaryLine } from '#shared/contract/summary.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { valueText } from '../../app/unit-text.ts'
import { bandOf } from './reference-band.ts'
import { drawTrend, numberIn, trendPoints, type Drawing } from './trend-points.ts'

function Curve({ points, band = null, width, height }: Pick<Drawing, 'points'> & { band?: Drawing['band']; width: number; height: number }) {
  const path = points.map(({ x, y, apart }) => `${apart ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
  return (
    <svg className="trend" viewBox={`-4 -4 ${width + 8} ${height + 8}`} width={width + 8} height={height + 8} aria-hidden="true" focusable="false">
      {band ? <rect className="trend-band" x={-4} y={band.y} width={width + 8} height={band.height} data-testid="trend-band" /> : null}
      <path d={path} />
      {points.map(({ x, y, open, converted }, at) =>
        converted ? (
          <rect key={at} className="trend-converted" x={x - 2.5} y={y - 2.5} width={5} height={5} data-open="" />
        ) : (
          <circle key={at} cx={x} cy={y} r={at === points.length - 1 ? 3 : 1.75} data-open={open || undefined} />
        ),
      )}
    </svg>
  )
}

/** The few pixels beside a value: its shape in time. What it says is in the row's words and in the table. */
export function Sparkline({ line }: { line: SummaryLine }) {
  const points = trendPoints(line.curve, 40, 14)
  return points.length > 0 ? <Curve points={points} width={40} height={14} /> : null
}

/** A curve with its words: from what to what, since when; the table beside holds every value. */
export function Trend({ line }: { line: SummaryLine }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { latest } = line
  const { points, band } = drawTrend(line.curve, 300, 56, bandOf(latest.referenceRange, latest.unit))
  const first = [...line.former].reverse().find((entry) => numberIn(entry, latest.unit) !== null && entry.date !== null)
  if (points.length === 0 || !first || latest.number === null || first.number === null) return null
  const [from, to] = [first, latest].map((entry) => valueText(entry.value, entry.unit, language === 'fr'))
  const before = numberIn(first, latest.unit)?.value ?? first.number.value
  const way = latest.number.value === before ? 'level' : latest.number.value > before ? 'up' : 'down'
  return (
    <figure className="trend-figure">
      <Curve points={points} band={band} width={300} height={56} />
      <figcaption>
        {t(`summary.trend.${way}`, { from, to, since: partialDate(first.date, language), until: partialDate(latest.date, language), count: points.length })}
        {band ? ` · ${t('summary.trend.band')}` : null}
      </figcaption>
    </figure>
  )
}

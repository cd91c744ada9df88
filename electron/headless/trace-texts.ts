import { createTexts, type Language } from '../../renderer/strings/index.ts'
import english from '../../renderer/strings/trace.en.json' with { type: 'json' }
import french from '../../renderer/strings/trace.fr.json' with { type: 'json' }

/** The words of the trace in one language, and its days and times in one time zone. */
export interface TraceTexts {
  readonly language: Language
  readonly translate: (key: string, values?: Readonly<Record<string, string | number>>) => string
  /** The text of a key, or the code itself when there is none: what another version wrote is still shown. */
  readonly named: (key: string, code: string) => string
  readonly date: (instant: string) => string
  readonly time: (instant: string) => string
  readonly timeZone: string
}

/** Opens them. No page carries these texts: they lie apart from the pages' own. */
export function traceTexts(language: Language, timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone): TraceTexts {
  const texts = createTexts(language)
  texts.addResourceBundle(language, 'translation', { fr: french, en: english }[language], true)
  const translate = texts.t as unknown as TraceTexts['translate']
  const locale = language === 'en' ? 'en-GB' : 'fr-FR'
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone })
  return {
    language,
    translate,
    named: (key, code) => (texts.exists(key) ? translate(key) : code),
    date: (instant) => date.format(new Date(instant)),
    time: (instant) => time.format(new Date(instant)),
    timeZone,
  }
}

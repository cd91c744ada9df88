import { createTexts } from '../../renderer/strings/index.ts'
import type { Language } from '../../renderer/strings/index.ts'
import english from '../../renderer/strings/shell.en.json' with { type: 'json' }
import french from '../../renderer/strings/shell.fr.json' with { type: 'json' }
import type { Translate } from './translate.ts'

/** The shell's texts and clock in one language. */
export function shellTexts(language: Language): { translate: Translate; time: (instant: string) => string } {
  const texts = createTexts(language)
  // What only the shell says lies apart from the pages' texts, so that no page carries it.
  texts.addResourceBundle(language, 'translation', { fr: french, en: english }[language], true)
  const clock = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'fr-FR', { hour: '2-digit', minute: '2-digit' })
  // The models name their keys as plain texts; a test holds that each of them exists.
  const lookUp = texts.t as unknown as Translate
  return {
    translate: lookUp,
    time: (instant) => clock.format(new Date(instant)),
  }
}

import i18next, { type i18n, type InitOptions } from 'i18next'
import en from './en.json' with { type: 'json' }
import fr from './fr.json' with { type: 'json' }

/** French is the source; English has the same keys, which a test holds. */
export const languages = ['fr', 'en'] as const
export type Language = (typeof languages)[number]

export const texts = { fr, en }

/** Options shared by the page, the tray and the command line. Values are put in as they are: whoever paints them escapes. */
export function textOptions(language: Language): InitOptions {
  return {
    lng: language,
    fallbackLng: 'fr',
    resources: { fr: { translation: fr }, en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  }
}

/** Texts in one language, for code without React: `createTexts('fr').t('tray.open')`. */
export function createTexts(language: Language): i18n {
  const instance = i18next.createInstance()
  void instance.init(textOptions(language))
  return instance
}

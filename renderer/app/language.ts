import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { languages, textOptions, type Language } from '../strings/index.ts'

const key = 'relais.language'

/** The language chosen for this program: in the address (`?lang=en`), else as last chosen, else French. */
function chosenLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(key)
  return languages.find((language) => language === asked) ?? 'fr'
}

function applyToPage(language: string): void {
  document.documentElement.lang = language
}

/** Readies the texts; every window follows when another one changes the language. */
export function startTexts(): void {
  const language = chosenLanguage()
  localStorage.setItem(key, language)
  void i18next.use(initReactI18next).init(textOptions(language))
  applyToPage(language)
  i18next.on('languageChanged', applyToPage)
  window.addEventListener('storage', (event) => {
    if (event.key === key) void i18next.changeLanguage(chosenLanguage())
  })
}

/** The language in use and how to change it. */
export function useLanguage(): { language: Language; choose: (language: Language) => void } {
  const { i18n } = useTranslation()
  return {
    language: i18n.language === 'en' ? 'en' : 'fr',
    choose: (language) => {
      localStorage.setItem(key, language)
      void i18n.changeLanguage(language)
    },
  }
}

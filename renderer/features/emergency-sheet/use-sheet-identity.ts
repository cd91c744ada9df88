import { useTranslation } from 'react-i18next'
import type { EmergencySheet } from '#shared/contract/emergency-sheet.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'

/** `2 59 02 75 123 456 94`, as it is read aloud. */
function inGroups(ins: string): string {
  return ins.replace(/^(.)(..)(..)(..)(...)(...)(..)$/, '$1 $2 $3 $4 $5 $6 $7')
}

/** Who a sheet is of, beside the name: what an identity is checked by, and the state of its number. */
export function useSheetIdentity(): (patient: EmergencySheet['patient']) => { facts: string; ins: string; said: string } {
  const { t } = useTranslation()
  const { language } = useLanguage()
  return ({ usedName, birthName, sex, birthDate, ins, identity }) => ({
    facts: [
      usedName && usedName.toUpperCase() !== birthName.toUpperCase() ? t('identity.used', { name: usedName.toLocaleUpperCase('fr') }) : '',
      sex ? t(`sex.${sex}`) : '',
      birthDate ? t('sheet.born', { date: partialDate(birthDate, language) }) : t('identity.noBirthDate'),
    ].filter(Boolean).join(' · '),
    ins: `INS ${inGroups(ins)}`,
    said: t(`sheet.identity.${identity}`),
  })
}

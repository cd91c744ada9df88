import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { readPatientSearch } from '#shared/text/read-patient-search.ts'
import { partialDate } from '../../app/format.ts'
import { callFailure } from '../../app/failure.ts'
import { useLanguage } from '../../app/language.ts'
import { patientName } from '../../app/patient-name.ts'
import { knownPatientsQuery } from '../../app/queries.ts'
import { useSettled } from '../../app/use-settled.ts'
import { Act } from '../../ui/act.tsx'
import { announce } from '../../ui/live-regions.tsx'

/** After the last key, in milliseconds: nobody is looked for by half a name. */
const settledMs = 250

interface KnownPatientsProps {
  typed: string
  /** What was typed, once it is confirmed as it is: the first found takes the keyboard then, and opens by a second press, with who they are in sight. */
  confirmed: string | null
  busy: boolean
  onOpen: (patient: { ins: string; insOid: string }) => void
}

/** Patients known here who have an INS and are called what was typed, to open one by a press; nothing is asked of the record before. */
export function KnownPatients({ typed, confirmed, busy, onOpen }: KnownPatientsProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const settled = useSettled(typed, settledMs)
  const isSought = settled === typed && readPatientSearch(settled).kind === 'words'
  const { data, error } = useQuery({ ...knownPatientsQuery(settled), enabled: isSought })
  const shown = isSought && !error ? data : undefined
  const told = shown ? t(shown.more ? 'findPatient.more' : 'findPatient.found', { count: shown.found.length }) : isSought && error ? t(`reasons.${callFailure(error).code}.title`) : null
  const list = useRef<HTMLUListElement>(null)
  const isLed = confirmed === settled && Boolean(shown?.found.length)
  useEffect(() => {
    if (told !== null) announce(told)
  }, [told])
  useEffect(() => {
    if (isLed) list.current?.querySelector('button')?.focus()
  }, [isLed])
  if (told === null) return null
  return (
    <section className="known-patients" data-testid="known-patients">
      <p className="quiet">{told}</p>
      <ul ref={list}>
        {shown?.found.map((one) => (
          <li key={`${one.ins} ${patientName(one)}`}>
            <Act isDisabled={busy} onPress={() => onOpen(one)} data-testid="known-patient">
              <span>
                <b>{patientName(one)}</b> <small>{[one.usedName ? t('identity.used', { name: one.usedName.toLocaleUpperCase('fr') }) : '', one.birthDate ? t('myRecords.born', { date: partialDate(one.birthDate, language) }) : t('identity.noBirthDate'), `INS ${one.ins}`, one.qualified ? '' : t('identity.notQualified')].filter(Boolean).join(' · ')}</small>
              </span>
            </Act>
          </li>
        ))}
      </ul>
    </section>
  )
}

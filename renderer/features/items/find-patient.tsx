import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FoundPatient, PatientLabel } from '#shared/contract/items.ts'
import { longestPatientSearch, readPatientSearch } from '#shared/text/read-patient-search.ts'
import { callFailure } from '../../app/failure.ts'
import { foundPatientsQuery } from '../../app/queries.ts'
import { useScan } from '../../app/use-scan.ts'
import { useSettled } from '../../app/use-settled.ts'
import { Complaint } from '../../ui/complaint.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { CandidateCard } from './candidate-card.tsx'

/** After the last key, in milliseconds: a scanner types a character every few, and nobody is looked for by half a name. */
const settledMs = 250

interface FindPatientProps {
  itemId: string
  /** What is announced with the document. */
  patient: PatientLabel | null
  /** The document is on screen: whom it is about is read in it, so only then can one be chosen whom nothing names. */
  isSeen: boolean
  busy: boolean
  onConfirm: (patientId: string) => void
}

/** Any patient known here, looked for by names, birth date or INS (typed, pasted or scanned), beside what was announced. Enter goes to what was found, and chooses nobody. */
export function FindPatient({ itemId, patient, isSeen, busy, onConfirm }: FindPatientProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const settled = useSettled(typed, settledMs)
  const id = useId()
  const results = useRef<HTMLElement>(null)
  const field = useRef<HTMLInputElement>(null)
  // Whatever has the focus, be it the button of who was found before.
  useScan((text) => {
    setTyped(text.slice(0, longestPatientSearch))
    field.current?.focus()
  })
  const search = readPatientSearch(settled)
  const isCurrent = settled === typed && typed.trim() !== ''
  const { data, error } = useQuery({ ...foundPatientsQuery(itemId, settled), enabled: search.kind !== 'nothing' })
  const complaint = isCurrent && search.kind === 'nothing' && search.why !== 'too-short' ? search.why : null
  const failed = isCurrent && error ? callFailure(error).code : null
  const found = isCurrent && search.kind !== 'nothing' && !error ? data : undefined
  return (
    <section className="find-patient">
      <h3>{t('findPatient.heading')}</h3>
      <search>
        <form
          className="field"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            results.current?.focus()
          }}
        >
          <label htmlFor={id}>{t('findPatient.label')}</label>
          <input
            ref={field}
            id={id}
            className="input"
            autoComplete="off"
            spellCheck={false}
            maxLength={longestPatientSearch}
            value={typed}
            aria-invalid={complaint !== null}
            aria-describedby={`${id}-hint${complaint || failed ? ` ${id}-refused` : ''}`}
            onChange={(event) => setTyped(event.target.value)}
            data-testid="find-patient"
          />
          <small id={`${id}-hint`}>{t('findPatient.hint')}</small>
        </form>
      </search>
      {complaint ? (
        <Complaint id={`${id}-refused`} testId="find-refused" code={complaint} spoken={t(`findPatient.refused.${complaint}`)}>
          {t(`findPatient.refused.${complaint}`)}
        </Complaint>
      ) : failed ? (
        <Complaint id={`${id}-refused`} testId="find-refused" code={failed} spoken={t(`reasons.${failed}.title`)}>
          <b>{t(`reasons.${failed}.title`)}.</b> {t(`reasons.${failed}.what`)} {t(`reasons.${failed}.action`)}
        </Complaint>
      ) : null}
      {found ? (
        <section ref={results} tabIndex={-1} className="found-patients" aria-labelledby={`${id}-found`} data-testid="found-patients">
          <Told id={`${id}-found`} count={found.found.length} more={found.more} />
          {found.found.map((one) => (
            <div key={one.patientId} className="candidate" data-testid="found-patient" data-patient={one.patientId}>
              <CandidateCard patient={patient} candidate={one} isMain={false} isDisabled={busy || !isSeen || one.refusal !== null} note={noteOf(one)} onConfirm={onConfirm} />
            </div>
          ))}
        </section>
      ) : null}
    </section>
  )

  function noteOf({ qualified, refusal }: FoundPatient): string | null {
    // Said beside the button already.
    if (!qualified) return null
    if (refusal === 'traits-differ') return t('findPatient.contradicted')
    if (refusal) return t(`reasons.${refusal}.title`)
    return isSeen ? null : t('findPatient.seeFirst')
  }
}

/** How many there are, in words that are also spoken. */
function Told({ id, count, more }: { id: string; count: number; more: boolean }) {
  const { t } = useTranslation()
  const told = more ? t('findPatient.more', { count }) : t('findPatient.found', { count })
  useEffect(() => announce(told), [told])
  return (
    <p id={id} className="quiet" data-testid="found-count">
      {told}
    </p>
  )
}

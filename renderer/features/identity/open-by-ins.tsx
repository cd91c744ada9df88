import type { FormEvent } from 'react'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { longestPatientSearch, readPatientSearch } from '#shared/text/read-patient-search.ts'
import { longestSheetCode, readSheetEntry } from '#shared/text/read-sheet-entry.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { readFrontEntry, type FrontEntry } from './front-entry.ts'
import { KnownPatients } from './known-patients.tsx'

/** After the last key, in milliseconds: a scanner types a character every few, and what it has not finished is not read. */
const settledMs = 150

interface NamedIns {
  readonly ins: string
  readonly insOid?: string
}

/**
 * What stands when no patient is open: what to do, and a field where an INS is pasted, typed or scanned. A whole one opens by itself, a scanner
 * having no hand to click with; so does the code of an emergency sheet. Nothing opens by a wrong key or half a scan; a number without key is completed
 * first, for a person to confirm. A name finds who is known here by it, and opens nobody by itself.
 */
export function OpenByIns({ onOpen, onSheet }: { onOpen: (patient: NamedIns) => Promise<unknown>; onSheet: (code: string) => Promise<unknown> }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const [asked, setAsked] = useState(false)
  const [completed, setCompleted] = useState(false)
  const [confirmed, setConfirmed] = useState<string | null>(null)
  const tried = useRef<string | null>(null)
  const id = useId()
  const entry = readFrontEntry(typed)

  const byName = (patient: NamedIns) => {
    setBusy(true)
    setRefused(null)
    void onOpen(patient)
      .catch((error: unknown) => setRefused(callFailure(error)))
      .finally(() => setBusy(false))
  }
  const open = (whole: FrontEntry) => {
    if ((whole.kind !== 'whole' && whole.kind !== 'sheet') || busy) return
    tried.current = typed
    setBusy(true)
    setRefused(null)
    const opened = whole.kind === 'sheet' ? onSheet(whole.code) : onOpen({ ins: whole.ins, ...(whole.insOid === undefined ? {} : { insOid: whole.insOid }) })
    void opened
      .catch((error: unknown) => setRefused(callFailure(error)))
      .finally(() => setBusy(false))
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    setConfirmed(typed)
    if (entry.kind === 'without-key') {
      tried.current = entry.ins
      setTyped(entry.ins)
      setCompleted(true)
      announce(t('panel.noPatient.completed'), 'polite')
    } else open(entry)
  }
  useEffect(() => {
    // What was tried, and a key that we wrote ourselves, wait for a person.
    if ((entry.kind !== 'whole' && entry.kind !== 'sheet') || tried.current === typed) return
    const timer = setTimeout(() => open(entry), settledMs)
    return () => clearTimeout(timer)
  })
  const isName = readSheetEntry(typed) === null && typed.length <= longestPatientSearch && readPatientSearch(typed).kind === 'words'
  const complaint = isName ? null : entry.kind === 'refused' ? entry.why : entry.kind === 'unfinished' && asked && typed.trim() !== '' ? (entry.scanned ? 'scan-unfinished' : 'unfinished') : null

  return (
    <div className="scene">
      <h1 className="scene-title">{t('panel.noPatient.title')}</h1>
      <p>{t('panel.noPatient.what')}</p>
      <form className="field" onSubmit={submit} noValidate>
        <label htmlFor={id}>{t('panel.noPatient.label')}</label>
        <div className="open-by-ins">
          <input
            id={id}
            className="input"
            autoComplete="off"
            spellCheck={false}
            maxLength={longestSheetCode}
            value={typed}
            aria-describedby={`${id}-hint${complaint || refused ? ` ${id}-refused` : ''}`}
            aria-invalid={refused !== null || complaint !== null}
            onChange={(event) => {
              setTyped(event.target.value)
              setAsked(false)
              setConfirmed(null)
              setCompleted(false)
              setRefused(null)
            }}
            data-testid="ins-field"
          />
          <Act kind="main" type="submit" isDisabled={busy || !typed.trim()}>
            {busy ? t('panel.noPatient.opening') : t('panel.noPatient.open')}
          </Act>
        </div>
        <small id={`${id}-hint`} data-testid="ins-hint">
          {t(completed ? 'panel.noPatient.completed' : 'panel.noPatient.hint')}
        </small>
        {complaint ? (
          <Complaint id={`${id}-refused`} testId="ins-refused" code={complaint} spoken={t(`panel.noPatient.refused.${complaint}`)}>
            {t(`panel.noPatient.refused.${complaint}`)}
          </Complaint>
        ) : refused ? (
          <Complaint id={`${id}-refused`} testId="ins-refused" code={refused.code} spoken={t(`reasons.${refused.code}.title`)}>
            <b>{t(`reasons.${refused.code}.title`)}.</b> {t(`reasons.${refused.code}.what`)} {t(`reasons.${refused.code === 'ins-invalid' ? 'input-invalid' : refused.code}.action`)}
          </Complaint>
        ) : null}
      </form>
      {isName ? <KnownPatients typed={typed} confirmed={confirmed} busy={busy} onOpen={({ ins, insOid }) => byName({ ins, insOid })} /> : null}
    </div>
  )
}

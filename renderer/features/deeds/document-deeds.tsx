import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DocumentAct, DocumentInRecord } from '#shared/contract/document-acts.ts'
import type { RecordDocument } from '#shared/contract/history.ts'
import type { PatientLabel } from '#shared/contract/items.ts'
import { reasons } from '#shared/contract/reasons.ts'
import { connector } from '../../app/connection.ts'
import { documentBadges } from '../../app/document-badges.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { patientName } from '../../app/patient-name.ts'
import { signInQuery, type DocumentAddress } from '../../app/queries.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { Tag } from '../../ui/tag.tsx'
import './deeds.css'

interface DocumentDeedsProps {
  address: DocumentAddress
  patient: PatientLabel
  /** The document as an act made it. */
  onChanged?: (document: RecordDocument) => void
}

/**
 * What may be done with one document in the record: asked of the record first, by an act, so that nothing is offered on what it was some time ago.
 * Another reader starts anew.
 */
export function DocumentDeeds(props: DocumentDeedsProps) {
  const { data: who } = useQuery(signInQuery)
  const speaker = `${who?.speaker?.professional?.id ?? ''} ${who?.speaker?.structure.structure ?? ''}`
  return <DeedsOf key={`${speaker} ${props.address.uniqueId}`} {...props} />
}

function DeedsOf({ address, patient, onChanged }: DocumentDeedsProps) {
  const { t } = useTranslation()
  const [found, setFound] = useState<DocumentInRecord | null>(null)
  const [asking, setAsking] = useState<DocumentAct | null>(null)
  const [done, setDone] = useState<DocumentAct | null>(null)
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const told = useRef<HTMLDivElement>(null)

  const ask = async (work: () => Promise<DocumentInRecord>, act: DocumentAct | null) => {
    if (busy) return
    setBusy(true)
    setRefused(null)
    setDone(null)
    try {
      const now = await work()
      setFound(now)
      setDone(act)
      if (act) {
        announce(t(`deeds.done.${act}`))
        onChanged?.(now.document)
      }
    } catch (error) {
      const why = callFailure(error)
      setRefused(why)
      // What is left open is looked at again before anything else is asked.
      if (why.code === 'change-in-doubt' || why.code === 'document-changed') setFound(null)
    } finally {
      setAsking(null)
      setBusy(false)
      // The button that was pressed is gone, or disabled while one waited: the keyboard goes to what is told now.
      told.current?.focus()
    }
  }
  const cancel = () => {
    setAsking(null)
    told.current?.focus()
  }
  const look = () => ask(() => connector.record.look(address), null)

  return (
    <section className="deeds" data-testid="deeds" aria-busy={busy}>
      <h3>{t('deeds.heading')}</h3>
      <div ref={told} tabIndex={-1} className="deeds-told">
        {found ? <Described document={found.document} /> : <p className="quiet">{t('deeds.hint')}</p>}
        {done ? (
          <p className="deeds-done" data-testid="deeds-done">
            ✓ {t(`deeds.done.${done}`)}
          </p>
        ) : null}
        <Refused refused={refused} />
      </div>
      {found && asking ? (
        <Confirm act={asking} document={found.document} patient={patient} busy={busy} onCancel={cancel} onConfirm={() => void ask(() => connector.record.change({ ...address, act: asking }), asking)} />
      ) : (
        <div className="deeds-acts">
          {found?.offers
            .filter(({ refusal }) => refusal === null)
            .map(({ act }) => (
              <Act key={act} isDisabled={busy} onPress={() => setAsking(act)} data-testid={`deed-${act}`}>
                {t(`deeds.act.${act}`)}
              </Act>
            ))}
          {found ? null : (
            <Act isDisabled={busy} onPress={() => void look()} data-testid="deeds-look">
              {busy ? t('deeds.looking') : t('deeds.look')}
            </Act>
          )}
        </div>
      )}
      {found && !asking ? <NotOffered found={found} /> : null}
    </section>
  )
}

/** How the record describes it at this moment. */
function Described({ document }: { document: RecordDocument }) {
  const { t } = useTranslation()
  const badges = documentBadges(document).filter(({ key }) => key !== 'fromPatient')
  return (
    <p className="deeds-state" data-testid="deeds-state">
      {badges.length === 0 ? t('details.everyone') : null}
      {badges.map(({ key, tone, shape }) => (
        <Tag key={key} tone={tone}>
          <i aria-hidden="true">{shape}</i> {t(`documents.badge.${key}`)}
        </Tag>
      ))}
    </p>
  )
}

/** What cannot be done here, and why, in one line each. */
function NotOffered({ found }: { found: DocumentInRecord }) {
  const { t } = useTranslation()
  const refusals = found.offers.flatMap(({ act, refusal }) => (refusal ? [{ act, refusal }] : []))
  if (found.offers.length === 0) return <p className="quiet">{t('deeds.nothing')}</p>
  return refusals.length === 0 ? null : (
    <ul className="deeds-refusals" data-testid="deeds-refusals">
      {refusals.map(({ act, refusal }) => (
        <li key={act} data-code={refusal}>
          {t('app.labelled', { label: t(`deeds.act.${act}`), value: t(`reasons.${refusal}.what`) })}
        </li>
      ))}
    </ul>
  )
}

interface ConfirmProps {
  act: DocumentAct
  document: RecordDocument
  patient: PatientLabel
  busy: boolean
  onCancel: () => void
  onConfirm: () => void
}

/** Names what is done, to which document, in whose record; the keyboard starts on the way back. */
function Confirm({ act, document, patient, busy, onCancel, onConfirm }: ConfirmProps) {
  const { t } = useTranslation()
  const box = useRef<HTMLElement>(null)
  useEffect(() => box.current?.focus(), [])
  return (
    <section ref={box} tabIndex={-1} className="deeds-confirm" data-act={act} data-testid="deeds-confirm" aria-label={t(`deeds.act.${act}`)}>
      <p>
        <b>{t('deeds.ask', { act: t(`deeds.act.${act}`), document: document.title || document.typeLabel, patient: patientName(patient) })}</b>
      </p>
      <p>{t(`deeds.what.${act}`)}</p>
      <div className="deeds-acts">
        <Act isDisabled={busy} onPress={onCancel} data-testid="deeds-cancel">
          {t('drawer.cancel')}
        </Act>
        <Act kind="main" isDisabled={busy} onPress={onConfirm} data-testid="deeds-do">
          {busy ? t('deeds.doing') : t(`deeds.act.${act}`)}
        </Act>
      </div>
    </section>
  )
}

/** Why it was not done, and what to do; what passes by itself is not tried again alone. */
function Refused({ refused }: { refused: CallFailure | null }) {
  const { t } = useTranslation()
  if (!refused) return null
  const { code, recordText } = refused
  return (
    <Complaint testId="deeds-refused" code={code} spoken={t(`reasons.${code}.title`)}>
      <b>{t(`reasons.${code}.title`)}.</b> {t(`reasons.${code}.what`)} {reasons[code] === 'transient' ? t('deeds.again') : t(`reasons.${code}.action`)} {recordText}
    </Complaint>
  )
}

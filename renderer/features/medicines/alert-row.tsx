import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlertedMedicine, InstalledBase, KnownInteraction, MedicineAlert } from '#shared/contract/medicines.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { alertLook } from './alert-look.ts'
import { Sources, type OpenMedicineSource } from './sources.tsx'

/** One alert: what is the matter and between what, in one row that unfolds into what it rests on. */
export function AlertRow({ alert, base, onOpen }: { alert: MedicineAlert; base: InstalledBase; onOpen: OpenMedicineSource }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const look = alertLook(alert)
  const isOnItsWay = alert.medicines.some(({ sources }) => sources.some(({ onItsWay }) => onItsWay))
  return (
    <li className="medicine" data-testid="medicine-alert" data-kind={alert.kind} data-tone={look.tone}>
      <button type="button" className="medicine-row" data-row="" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <i aria-hidden="true">{look.shape}</i>
        <span>
          <b>{t(`medicines.${look.words}`)}</b>
          {alert.kind === 'allergy' ? <> — {t('medicines.allergyTo', { medicine: alert.medicines[0]!.name, allergy: alert.allergy.name })}</> : <> — {[...new Set(alert.medicines.map(({ name }) => name))].join(' + ')}</>}
          {isOnItsWay ? <small> {t('medicines.inPrescription')}</small> : null}
        </span>
      </button>
      <div id={id} className="medicine-details" data-testid="medicine-details" hidden={!isOpen}>
        {isOpen ? <Details alert={alert} base={base} onOpen={onOpen} /> : null}
      </div>
    </li>
  )
}

function Details({ alert, base, onOpen }: { alert: MedicineAlert; base: InstalledBase; onOpen: OpenMedicineSource }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  return (
    <>
      {alert.kind === 'interaction' ? alert.interactions.map((interaction, at) => <Interaction key={at} interaction={interaction} />) : <p>{t('medicines.shared', { what: alert.shared })}</p>}
      {alert.kind === 'interaction' && base.state === 'installed' ? <p className="medicine-quiet">{t('medicines.thesaurus', { date: partialDate(base.date, language) })}</p> : null}
      {alert.medicines.map((medicine, at) => (
        <Medicine key={at} medicine={medicine} onOpen={onOpen} />
      ))}
      {alert.kind === 'allergy' ? (
        <div>
          <b>{t('medicines.declared', { name: alert.allergy.name })}</b>{' '}
          <small>{[alert.allergy.grave ? t('medicines.grave') : '', alert.allergy.reactions, partialDate(alert.allergy.date, language)].filter(Boolean).join(' · ')}</small>
          <Sources sources={alert.allergy.sources} onOpen={onOpen} />
        </div>
      ) : null}
      {alert.kind === 'allergy' ? <p className="medicine-quiet">{t('medicines.allergyCaution')}</p> : null}
    </>
  )
}

/** As the thesaurus writes it: nothing is shortened. */
function Interaction({ interaction: { levels, between, text, mechanism } }: { interaction: KnownInteraction }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const said = levels.map((level) => t(`medicines.interaction.${level}`))
  return (
    <div>
      <p>
        <b>{between.join(' / ')}</b> — {new Intl.ListFormat(language, { type: 'disjunction' }).format(said)}
        {levels.length > 1 ? ` ${t('medicines.severalLevels')}` : null}
      </p>
      {text ? <blockquote>{text}</blockquote> : null}
      {mechanism && mechanism !== text ? <blockquote>{mechanism}</blockquote> : null}
    </div>
  )
}

function Medicine({ medicine: { name, acts, date, end, sources }, onOpen }: { medicine: AlertedMedicine; onOpen: OpenMedicineSource }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const when = [
    ...acts.map((act) => t(`medicines.acts.${act}`)),
    date ? t('medicines.since', { date: partialDate(date, language) }) : t('medicines.undated'),
    end ? t('medicines.until', { date: partialDate(end, language) }) : t('medicines.endUnknown'),
  ]
  return (
    <div>
      <b>{name}</b> <small>{when.join(' · ')}</small>
      <Sources sources={sources} onOpen={onOpen} />
    </div>
  )
}

import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstalledBase, MedicineCheck } from '#shared/contract/medicines.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Act } from '../../ui/act.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { AlertRow } from './alert-row.tsx'
import { alertLook, inSight } from './alert-look.ts'
import { Sources, type OpenMedicineSource } from './sources.tsx'
import './medicines.css'

/** Current medicines checked against one another and the allergies: worst first, calm, and what could not be checked said beside. Without a medicine, nothing. */
export function MedicineCard({ check, onOpen }: { check: MedicineCheck; onOpen: OpenMedicineSource }) {
  const { t } = useTranslation()
  const id = useId()
  const [isWhole, showWhole] = useState(false)
  const { alerts, medicines, prescriptions } = check
  const first = inSight(alerts)
  const shown = isWhole ? alerts : first
  const hidden = alerts.length - shown.length
  const toLookAt = alerts.filter((alert) => alertLook(alert).tone !== 'quiet').length
  const worst = first[0] ? alertLook(first[0]) : null
  if (medicines.current + prescriptions.unread === 0) return null
  return (
    <section className="medicines" data-testid="medicines" data-tone={worst?.tone ?? 'quiet'} aria-labelledby={id}>
      <div className="medicines-head">
        <h2 id={id}>
          <i aria-hidden="true">{worst ? '⚠' : '–'}</i> {toLookAt > 0 ? t('medicines.toLookAt', { count: toLookAt }) : t('medicines.title')}
        </h2>
        {hidden > 0 || (isWhole && alerts.length > first.length) ? (
          <Act kind="plain" aria-expanded={isWhole} onPress={() => showWhole(!isWhole)} data-testid="all-alerts">
            {isWhole ? t('medicines.less') : first.length > 0 ? t('medicines.others', { count: hidden }) : t('medicines.reminders', { count: hidden })}
          </Act>
        ) : null}
      </div>
      {shown.length > 0 ? (
        <RowList>
          <ul>
            {shown.map((alert) => (
              <AlertRow key={alert.key} alert={alert} base={check.interactions} onOpen={onOpen} />
            ))}
          </ul>
        </RowList>
      ) : null}
      <Extent check={check} onOpen={onOpen} />
    </section>
  )
}

/** What the interactions were looked for in, in sight; the rest of what was and was not checked, on demand. */
function Extent({ check, onOpen }: { check: MedicineCheck; onOpen: OpenMedicineSource }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const { medicines, allergies, prescriptions, interactions, products } = check
  const { unchecked } = medicines
  const isPartial = unchecked.length + prescriptions.unread > 0 || interactions.state !== 'installed' || allergies.compared < allergies.inForce
  return (
    <div className="medicines-extent" data-testid="medicines-extent" data-partial={isPartial || undefined}>
      <p>
        {isPartial ? <i aria-hidden="true">◐ </i> : null}
        {interactions.state === 'installed' ? t('medicines.analysed', { count: medicines.analysed, total: medicines.current, date: partialDate(interactions.date, language) }) : t(`medicines.noInteractions.${interactions.state}`)}
        <Old base={interactions} />
        {check.alerts.length === 0 ? ` ${t('medicines.nothingFound')}` : null}
      </p>
      {prescriptions.unread > 0 ? <p>{t('medicines.unreadPrescriptions', { count: prescriptions.unread })}</p> : null}
      <Act kind="plain" aria-expanded={isOpen} aria-controls={id} onPress={() => setOpen(!isOpen)} data-testid="medicines-detail">
        {unchecked.length > 0 ? t('medicines.unchecked', { count: unchecked.length }) : t('medicines.whatIsChecked')}
      </Act>
      <div id={id} hidden={!isOpen} data-testid="medicines-whole">
        {isOpen ? (
          <>
            <p>
              {t('medicines.compared', { count: medicines.compared, total: medicines.current })} {products.state === 'installed' ? t('medicines.products', { date: partialDate(products.date, language) }) : t(`medicines.noProducts.${products.state}`)}
              <Old base={products} />
            </p>
            {allergies.inForce > 0 ? <p>{t('medicines.allergies', { count: allergies.compared, total: allergies.inForce })}</p> : null}
            {prescriptions.read > 0 ? <p>{t('medicines.prescriptions', { count: prescriptions.read })}</p> : null}
            {medicines.past > 0 ? <p>{t('medicines.past', { count: medicines.past })}</p> : null}
            <ul className="medicines-unchecked">
              {unchecked.map(({ name, why, unmatched, missing, sources }, at) => (
                <li key={at} data-testid="unchecked">
                  <b>{name}</b> {t(`medicines.why.${why}`, { substances: new Intl.ListFormat(language).format(unmatched) })}
                  {missing.length < 3 ? ` ${t('medicines.missing', { what: new Intl.ListFormat(language).format(missing.map((what) => t(`medicines.checks.${what}`))) })}` : null}
                  <Sources sources={sources} onOpen={onOpen} />
                </li>
              ))}
              {allergies.unchecked.map(({ name, sources }, at) => (
                <li key={`allergy ${at}`} data-testid="unchecked-allergy">
                  <b>{name}</b> {t('medicines.uncheckedAllergy')}
                  <Sources sources={sources} onOpen={onOpen} />
                </li>
              ))}
            </ul>
            <p>{t('medicines.limits')}</p>
          </>
        ) : null}
      </div>
    </div>
  )
}

function Old({ base }: { base: InstalledBase }) {
  const { t } = useTranslation()
  return base.state === 'installed' && base.old ? <span className="medicines-old"> ◷ {t('medicines.old')}</span> : null
}

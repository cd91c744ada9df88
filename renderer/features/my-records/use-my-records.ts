import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { create } from 'zustand'
import type { ListedBy, MyRecord } from '#shared/contract/my-records.ts'
import { announceFailure } from '../../app/announce-failure.ts'
import { callFailure } from '../../app/failure.ts'
import { myRecordsOfferQuery, myRecordsQuery } from '../../app/queries.ts'
import { announce } from '../../ui/live-regions.tsx'
import { myRecordsScene } from './my-records-scene.ts'
import { sinceDay, type Days } from './since-day.ts'

interface MyRecordsView {
  by: ListedBy
  days: Days
  /** What was asked last and by whom, until it is put away; it stands while a patient of the list is open. */
  asked: { readonly speaker: string; readonly by: ListedBy; readonly since: string } | null
  /** Patients of that list opened since (`openedName`): what it says of them is of before. */
  opened: readonly string[]
}

export const openedName = ({ ins, insOid }: Pick<MyRecord, 'ins' | 'insOid'>): string => `${insOid} ${ins}`

/** What the person chose, and nothing the record said. */
const useView = create<MyRecordsView>(() => ({ by: 'last-document', days: 7, asked: null, opened: [] }))

/** Nothing of a list that was asked stays: another speaks to the record, or a patient said who may read theirs. */
export function putMyRecordsAway(client: QueryClient): void {
  useView.setState({ asked: null, opened: [] })
  client.removeQueries({ queryKey: ['my-records'] })
}

/** One's records: what is shown of them, and the acts on it. The record is asked by `ask` alone. `speaker` names who speaks to the record. */
export function useMyRecords(speaker: string) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const view = useView()
  const { data: offer } = useQuery(myRecordsOfferQuery)
  const asked = view.asked?.speaker === speaker ? view.asked : null
  const { data, error, fetchStatus } = useQuery({ ...myRecordsQuery(speaker, asked), enabled: false })

  const putAway = () => putMyRecordsAway(client)

  const by = offer && !offer.by.includes(view.by) ? (offer.by[0] ?? view.by) : view.by
  const ask = () => {
    const question = { speaker, by, since: sinceDay(view.days, new Date()) }
    putAway()
    useView.setState({ asked: question })
    void client.fetchQuery(myRecordsQuery(speaker, question)).then(
      ({ records }) => announce(records.length === 0 ? t('myRecords.none') : t('myRecords.found', { count: records.length })),
      (failed: unknown) => announceFailure(failed, t),
    )
  }
  return {
    scene: myRecordsScene({ offer, isAsked: asked !== null, isAsking: fetchStatus === 'fetching', failure: error && callFailure(error), list: data }),
    offer,
    asked,
    by,
    days: view.days,
    opened: view.opened,
    chooseBy: (chosen: ListedBy) => useView.setState({ by: chosen }),
    chooseDays: (chosen: Days) => useView.setState({ days: chosen }),
    ask,
    putAway,
    noteOpened: ({ ins, insOid }: Pick<MyRecord, 'ins' | 'insOid'>) => useView.setState(({ opened }) => ({ opened: [...opened, openedName({ ins, insOid })] })),
  }
}

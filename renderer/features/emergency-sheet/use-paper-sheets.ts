import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PaperSheet, WaitingSheet } from '#shared/contract/emergency-sheet.ts'
import type { PanelView } from '#shared/contract/history.ts'
import { connector } from '../../app/connection.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { waitingSheetsQuery } from '../../app/queries.ts'
import { announce } from '../../ui/live-regions.tsx'

/**
 * Sheets read from paper that may be shown here: all of them while nobody is on screen, those of the patient on screen where nothing of their record is.
 * One that is shown leaves the screen with its copy.
 */
export function usePaperSheets(patient: PanelView['patient'], isShownHere: boolean) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data } = useQuery(waitingSheetsQuery)
  const [paper, show] = useState<PaperSheet | null>(null)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const isOf = ({ patient: named }: Pick<WaitingSheet, 'patient'>) => (patient ? isShownHere && named.ins === patient.ins && named.insOid === patient.insOid : true)
  const waiting = (data ?? []).filter(isOf)
  const still = paper && data?.find(({ id }) => id === paper.id)
  const isGone = paper !== null && data !== undefined && !still
  useEffect(() => {
    if (isGone) announce(t('sheet.paper.gone'))
  }, [isGone, t])
  const shown = paper && !isGone && isOf(paper.sheet) ? { ...paper, until: still?.until ?? paper.until } : null
  const asked = async (answer: Promise<PaperSheet>) => {
    setRefused(null)
    const read = await answer
    // The list has it before it is shown: what the list has not is gone.
    await client.invalidateQueries({ queryKey: waitingSheetsQuery.queryKey })
    show(read)
  }
  return {
    waiting,
    /** How many wait that are not told of here: their patients' names stay away from another's record. */
    elsewhere: (data ?? []).length - waiting.length,
    shown,
    refused,
    read: (code: string) => asked(connector.sheets.read({ code })),
    open: (id: string) => {
      asked(connector.sheets.open({ id })).catch((error: unknown) => setRefused(callFailure(error)))
    },
    erase: async () => {
      if (!paper) return
      await connector.sheets.erase({ id: paper.id })
      show(null)
      await client.invalidateQueries({ queryKey: waitingSheetsQuery.queryKey })
    },
    back: () => show(null),
  }
}

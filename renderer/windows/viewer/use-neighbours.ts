import { useQuery } from '@tanstack/react-query'
import { useNow } from '../../app/now.ts'
import { documentsQuery, panelQuery } from '../../app/queries.ts'
import type { ViewerAddress } from '../../app/viewer-address.ts'
import { arrange, readArrangement } from '../../features/record-list/arrange.ts'
import type { Neighbours } from '../../features/viewer/document-acts.tsx'
import { isOfPatient } from './is-of-patient.ts'

const nothingListed = { generation: 0, listed: { count: 0, name: '' } }

/** The documents around this one in the panel's list, arranged as it was when the document was opened; null when the panel shows another patient, or no list. */
export function useNeighbours({ document, list }: ViewerAddress): (Neighbours & { readonly isListed: boolean }) | null {
  const { data } = useQuery(panelQuery)
  const now = useNow()
  const view = data?.view
  const isSame = view !== undefined && view.patient !== null && isOfPatient(document, view.patient)
  const { data: documents } = useQuery({ ...documentsQuery(view ?? nothingListed), enabled: isSame && view.listed.count > 0 })
  if (!view || !isSame || view.loadedAt === null || (!documents && view.listed.count > 0)) return null
  const { filter, sort } = readArrangement(list)
  const order = arrange(documents ?? [], filter, sort, now).flatMap((group) => group.documents)
  const at = order.findIndex(({ uniqueId }) => uniqueId === document.uniqueId)
  return {
    isListed: (documents ?? []).some(({ uniqueId }) => uniqueId === document.uniqueId),
    place: at + 1,
    total: order.length,
    previous: at > 0 ? (order[at - 1]?.uniqueId ?? null) : null,
    next: at >= 0 ? (order[at + 1]?.uniqueId ?? null) : null,
  }
}

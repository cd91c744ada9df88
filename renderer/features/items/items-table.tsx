import { useTranslation } from 'react-i18next'
import { GridList, GridListItem, GridListLoadMoreItem } from 'react-aria-components/GridList'
import { Cell, Column, ResizableTableContainer, Row, Table, TableBody, TableHeader, TableLoadMoreItem } from 'react-aria-components/Table'
import { ListLayout, TableLayout, Virtualizer } from 'react-aria-components/Virtualizer'
import type { ItemView } from '#shared/contract/items.ts'
import { dayAndClock } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNarrow } from '../../app/use-narrow.ts'
import { ItemState, useItemWords } from './item-words.tsx'
import { VisibilityMark } from './visibility-marks.tsx'
import './items.css'

interface ItemsTableProps {
  label: string
  items: readonly ItemView[]
  now: Date
  empty: string
  loadingMore: boolean
  onMore: () => void
  onOpen: (id: string) => void
}

/** Any number of items in rows of 28 px, only the visible ones drawn; below 640 px each row is a small card. */
export function ItemsTable(props: ItemsTableProps) {
  return useNarrow(640) ? <Cards {...props} /> : <Rows {...props} />
}

function Rows({ label, items, now, empty, loadingMore, onMore, onOpen }: ItemsTableProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const words = useItemWords()
  return (
    <ResizableTableContainer className="items-box">
      <Virtualizer layout={TableLayout} layoutOptions={{ rowHeight: 28, headingHeight: 30, loaderHeight: 28 }}>
        <Table className="items-table" aria-label={label} selectionMode="none" onRowAction={(key) => onOpen(String(key))}>
          <TableHeader>
            <Column isRowHeader defaultWidth="1.2fr" minWidth={120}>
              {t('sync.column.patient')}
            </Column>
            <Column defaultWidth="2.4fr" minWidth={120}>
              {t('sync.column.document')}
            </Column>
            <Column defaultWidth="1.4fr" minWidth={100}>
              {t('sync.column.source')}
            </Column>
            <Column width={96}>{t('sync.column.received')}</Column>
            <Column defaultWidth="1.2fr" minWidth={140}>
              {t('sync.column.state')}
            </Column>
          </TableHeader>
          <TableBody renderEmptyState={() => <p className="items-empty">{empty}</p>}>
            {items.map((item) => (
              <Row key={item.id} id={item.id} textValue={words.patient(item)} data-testid="item-row" data-item={item.id}>
                <Cell>{item.patient ? words.patient(item) : <span className="quiet">{words.patient(item)}</span>}</Cell>
                <Cell>
                  <span className="item-document">
                    <span>{words.document(item)}</span>
                    <CameAs item={item} />
                    <VisibilityMark visibility={item.visibility} />
                  </span>
                </Cell>
                <Cell>
                  <span className="quiet" title={item.source.reference}>
                    {words.source(item.source)}
                  </span>
                </Cell>
                <Cell>
                  <span className="quiet">{dayAndClock(item.receivedAt, language)}</span>
                </Cell>
                <Cell>
                  <ItemState item={item} now={now} />
                </Cell>
              </Row>
            ))}
            <TableLoadMoreItem isLoading={loadingMore} onLoadMore={onMore}>
              <span className="quiet">{t('sync.loadingMore')}</span>
            </TableLoadMoreItem>
          </TableBody>
        </Table>
      </Virtualizer>
    </ResizableTableContainer>
  )
}

function Cards({ label, items, now, empty, loadingMore, onMore, onOpen }: ItemsTableProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const words = useItemWords()
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: 66, loaderSize: 28 }}>
      <GridList className="items-cards" aria-label={label} selectionMode="none" onAction={(key) => onOpen(String(key))} renderEmptyState={() => <p className="items-empty">{empty}</p>}>
        {items.map((item) => (
          <GridListItem key={item.id} id={item.id} textValue={words.patient(item)} className="item-card" data-testid="item-row" data-item={item.id}>
            <span className="item-card-line">
              <b>{words.patient(item)}</b>
              <span className="quiet">{dayAndClock(item.receivedAt, language)}</span>
            </span>
            <span className="item-card-line item-document">
              <span>{words.document(item)}</span>
              <CameAs item={item} />
              <VisibilityMark visibility={item.visibility} />
            </span>
            <span className="item-card-line">
              <ItemState item={item} now={now} />
            </span>
          </GridListItem>
        ))}
        <GridListLoadMoreItem isLoading={loadingMore} onLoadMore={onMore}>
          <span className="quiet">{t('sync.loadingMore')}</span>
        </GridListLoadMoreItem>
      </GridList>
    </Virtualizer>
  )
}

/** Of what stopped or was set aside, the name of the file as it came: by it a person finds it again where it was exported. */
function CameAs({ item }: { item: ItemView }) {
  const name = useItemWords().cameAs(item)
  return name !== null && (item.state === 'parked' || item.state === 'ignored') ? <span className="quiet item-came-as">{name}</span> : null
}

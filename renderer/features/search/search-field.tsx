import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Act } from '../../ui/act.tsx'
import { X } from '../../ui/icons.ts'
import './search.css'

interface SearchFieldProps {
  value: string
  onChange: (words: string) => void
  /** Leaves the search, with what it found. */
  onClose: () => void
  /** Goes to what was found. */
  onEnter: () => void
}

/** Where words are typed that are looked for in the record of the patient on screen. Escape leaves it, Enter or the down arrow goes to what was found. */
export function SearchField({ value, onChange, onClose, onEnter }: SearchFieldProps) {
  const { t } = useTranslation()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [])
  return (
    <search className="search-field">
      <input
        ref={field}
        className="input"
        type="search"
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        aria-label={t('search.label')}
        placeholder={t('search.label')}
        data-testid="search-field"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose()
          else if (event.key === 'Enter' || event.key === 'ArrowDown') onEnter()
          else return
          event.preventDefault()
        }}
      />
      <Act kind="icon" aria-label={t('search.close')} onPress={onClose} data-testid="search-close">
        <X size={16} aria-hidden="true" />
      </Act>
    </search>
  )
}

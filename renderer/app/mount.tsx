import { QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nProvider } from 'react-aria-components/I18nProvider'
import '../ui/tokens.css'
import '../ui/base.css'
import '../ui/ui.css'
import { connect } from './connection.ts'
import { followEvents } from './events.ts'
import { startTexts, useLanguage } from './language.ts'
import { queries } from './queries.ts'
import { WindowFrame } from './window-frame.tsx'

/** Starts a window: texts, link to the connector, events, then the window's own content inside the common frame. */
export function mount(content: ReactNode): void {
  startTexts()
  connect()
  followEvents()
  const root = document.getElementById('root')
  if (!root) throw new Error('the page has no #root')
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Localised>
          <WindowFrame>{content}</WindowFrame>
        </Localised>
      </QueryClientProvider>
    </StrictMode>,
  )
}

/** React Aria's own words follow the language of ours. */
function Localised({ children }: { children: ReactNode }) {
  const { language } = useLanguage()
  return <I18nProvider locale={language === 'fr' ? 'fr-FR' : 'en-GB'}>{children}</I18nProvider>
}

import { useState, type ComponentProps, type ReactNode } from 'react'
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure'

type FoldProps = Omit<ComponentProps<typeof Disclosure>, 'children' | 'isExpanded' | 'onExpandedChange'> & {
  /** Its heading, with the button that unfolds it (`slot="trigger"`). */
  head: ReactNode
  children: ReactNode
}

/** A heading that unfolds. What stands under it is made when it is first unfolded, and stays: a panel has dozens of rows nobody looks at. */
export function Fold({ head, children, ...rest }: FoldProps) {
  const [wasOpened, setOpened] = useState(rest.defaultExpanded ?? false)
  return (
    <Disclosure {...rest} onExpandedChange={(isExpanded) => setOpened((before) => before || isExpanded)}>
      {head}
      <DisclosurePanel>{wasOpened ? children : null}</DisclosurePanel>
    </Disclosure>
  )
}

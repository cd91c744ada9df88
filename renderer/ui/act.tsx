import { Button, type ButtonProps } from 'react-aria-components/Button'
import type { ReactNode, Ref } from 'react'

interface ActProps extends Omit<ButtonProps, 'className' | 'children'> {
  kind?: 'main' | 'plain' | 'icon' | undefined
  children: ReactNode
  ref?: Ref<HTMLButtonElement> | undefined
}

/** A button of the product. `main` is the one expected act of a screen, `plain` sits in a row, `icon` needs an `aria-label`. */
export function Act({ kind, children, ...rest }: ActProps) {
  return (
    <Button {...rest} className={kind ? `button ${kind}` : 'button'}>
      {children}
    </Button>
  )
}

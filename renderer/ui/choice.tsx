import { useId } from 'react'

interface ChoiceProps<Value extends string> {
  label: string
  value: Value
  options: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
  /** The options say it themselves: the label is for whoever does not see them. */
  isLabelSpoken?: boolean
}

/** A labelled native list of choices: the platform's own keyboard, typeahead and high-contrast behaviour. */
export function Choice<Value extends string>({ label, value, options, onChange, isLabelSpoken = false }: ChoiceProps<Value>) {
  const id = useId()
  return (
    <span className="choice">
      <label htmlFor={id} className={isLabelSpoken ? 'spoken' : undefined}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value)
          if (chosen) onChange(chosen.value)
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </span>
  )
}

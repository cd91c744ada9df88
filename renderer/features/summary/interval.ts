/** An interval in the largest unit that says it whole: what a rule is read in. Days under three are said in hours, as laboratories do. */
export function intervalOf(days: number): { readonly unit: 'hours' | 'days' | 'weeks' | 'months' | 'years'; readonly count: number } {
  if (days <= 2) return { unit: 'hours', count: days * 24 }
  if (days % 365 === 0) return { unit: 'years', count: days / 365 }
  if (days % 30 === 0) return { unit: 'months', count: days / 30 }
  return days % 7 === 0 ? { unit: 'weeks', count: days / 7 } : { unit: 'days', count: days }
}

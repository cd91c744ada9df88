/** Whether a text is a LOINC code: digits, and their check digit (mod 10). Lists of codes found in public hold wrong ones. */
export function isLoincCode(text: string): boolean {
  const [, digits, check] = /^(\d{1,7})-(\d)$/.exec(text) ?? []
  if (digits === undefined) return false
  const sum = digits.split('').reverse().reduce((sum, digit, at) => {
    const weighed = Number(digit) * (at % 2 === 0 ? 2 : 1)
    return sum + (weighed > 9 ? weighed - 9 : weighed)
  }, 0)
  return (10 - (sum % 10)) % 10 === Number(check)
}

/** How numbers, sizes and times are written in one language. */
export interface NumberWords {
  count(value: number): string
  bytes(bytes: number): string
  time(at: number): string
  fullTime(at: number): string
  /** The form that goes with a number, with `#` as the number itself; `other` stands in for forms that are not given. */
  plural(value: number, forms: Forms): string
}

export type Forms = { readonly other: string } & {
  readonly [form in Exclude<Intl.LDMLPluralRule, 'other'>]?: string
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/**
 * Writes numbers as a language does.
 *
 * @param locale - BCP 47; an unknown one is written as the browser's own.
 */
export function createNumberWords(locale: string): NumberWords {
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const rules = new Intl.PluralRules(locale)
  const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const sizes = UNITS.map(
    (unit) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit,
        unitDisplay: unit === 'byte' ? 'long' : 'short',
        maximumFractionDigits: 1,
      }),
  )
  const finite = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0)
  return {
    count: (value) => number.format(finite(value)),
    bytes: (bytes) => {
      const step = Math.min(Math.floor(Math.log10(Math.max(1, finite(bytes))) / 3), 3)
      return sizes[step]?.format(finite(bytes) / 1000 ** step) ?? ''
    },
    time: (at) => format(clock, at),
    fullTime: (at) => format(full, at),
    plural: (value, forms) => {
      const form = forms[rules.select(finite(value))] ?? forms.other
      return form.replaceAll('#', () => number.format(finite(value)))
    },
  }
}

/** Times come from anywhere: what is none is left out, and so is 0, which is said where no time is known. */
function format(how: Intl.DateTimeFormat, at: number): string {
  return Number.isFinite(at) && at !== 0 && Math.abs(at) < 8.64e15 ? how.format(at) : ''
}

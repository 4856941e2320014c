/** Tokens for a glance: `940`, `9.4k`, `124k`, `1.24M`. */
export function shortTokens(tokens: number): string {
  if (tokens < 1_000) return String(Math.round(tokens))
  if (tokens < 9_950) return `${trim(tokens / 1_000, 1)}k`
  if (tokens < 999_500) return `${Math.round(tokens / 1_000)}k`
  return `${trim(tokens / 1_000_000, 2)}M`
}

/** Tokens to the last one, grouped: `21,340`. */
export function fullTokens(tokens: number): string {
  return Math.round(tokens).toLocaleString('en-US')
}

/** A share as whole percent; never `100%` for less than all, never `0%` for more than none. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100)
  if (rounded === 100 && share < 1) return '99%'
  if (rounded === 0 && share > 0) return '1%'
  return `${rounded}%`
}

/** A length of time for a glance: `340 ms`, `2.4 s`, `3 min`, `1 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${trim(ms / 1_000, 1)} s`
  if (ms < 59_500) return `${Math.round(ms / 1_000)} s`
  const minutes = Math.round(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  return rest === 0 ? `${minutes / 60} h` : `${(minutes - rest) / 60} h ${rest} min`
}

/** Time of day, to the second. */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}

/** Bytes for a glance. */
export function fileSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`
  return `${trim(bytes / 1_000_000, 1)} MB`
}

function trim(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, '')
}

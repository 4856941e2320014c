import type { ExtensionSettings } from '../settings/extension-settings.ts'

/** Thresholds from what a person typed in percent; null for what makes no sense. @see SPEC.md rule OPT1 */
export function readThresholds(
  warn: string,
  urgent: string,
): ExtensionSettings['thresholds'] | null {
  const shares = [warn, urgent].map(readPercent)
  const [first, second] = shares
  if (first == null || second == null || first >= second) return null
  return { warn: first, urgent: second }
}

function readPercent(typed: string): number | null {
  const text = typed.trim().replace(/%$/, '').trimEnd()
  if (!/^\d{1,3}$/.test(text)) return null
  const percent = Number(text)
  return percent >= 1 && percent <= 100 ? percent / 100 : null
}

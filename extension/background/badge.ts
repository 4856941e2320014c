/** Colours of the badge by level; white text is read on all of them. */
const COLOURS: Readonly<Record<string, string>> = {
  ok: '#1f6f43',
  warn: '#8a5a00',
  urgent: '#a13a1e',
  over: '#a11d1d',
}

/** What the badge of a tab shows. @see SPEC.md rule HOST2 */
export function badgeOf(
  share: number | null,
  level: string,
): { readonly text: string; readonly colour: string } {
  const colour = (Object.hasOwn(COLOURS, level) ? COLOURS[level] : undefined) ?? '#4a4a4a'
  if (share === null || !Number.isFinite(share) || share < 0) return { text: '', colour }
  // There is room for four characters.
  return { text: `${Math.min(999, Math.round(share * 100))}%`, colour }
}

/** Puts it on the toolbar button of a tab, which may be gone by now. */
export async function showBadge(tab: number, share: number | null, level: string): Promise<void> {
  const { text, colour } = badgeOf(share, level)
  await Promise.all([
    chrome.action.setBadgeText({ tabId: tab, text }),
    chrome.action.setBadgeBackgroundColor({ tabId: tab, color: colour }),
  ]).catch(() => {})
}

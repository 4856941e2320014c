import type { Origin } from '../wire/sender.ts'
import type { BackgroundMessage } from '../wire/background-wire.ts'

/** What the background is asked, by whom. */
export type BackgroundRequest = Extract<BackgroundMessage, { readonly to: 'background' }>

/** What a content script may ask: nothing of it reads or changes anything. */
const FROM_PAGES: readonly string[] = ['ensure-host', 'open-panel']
const KINDS: readonly string[] = [
  ...FROM_PAGES,
  'read-settings',
  'read-ladder',
  'write-site',
  'badge',
]

/**
 * A message to the background, if its sender may send it; null for all else. Its fields are not read yet.
 *
 * @see SPEC.md rule RPC4
 */
export function readBackgroundMessage(message: unknown, from: Origin): BackgroundRequest | null {
  if (typeof message !== 'object' || message === null || from.kind === 'unknown') return null
  const { to, kind } = message as Readonly<Record<string, unknown>>
  if (to !== 'background' || typeof kind !== 'string') return null
  const allowed = from.kind === 'own' ? KINDS : FROM_PAGES
  return allowed.includes(kind) ? (message as BackgroundRequest) : null
}

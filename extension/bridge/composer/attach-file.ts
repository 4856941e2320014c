import type { Composer } from './composer-kind.ts'
import { composerPlace, countMentions } from './composer-place.ts'
import { drop, paste } from './page-objects.ts'
import { wait, waitUntil } from './wait-until.ts'

/** Texts longer than this are offered as a file first, in characters. */
export const FILE_FROM_CHARACTERS = 8_000

/** Name of the file; what is before the dot is how it is known again, also where a site cuts names short. */
const FILE_NAME = 'backfold-hand-off.md'
const NAME_START = 'backfold-'

/** Longest wait for a site that says it took the file to show it, and for one that says nothing, in milliseconds. */
const TAKEN_MS = 2_000
const SILENT_MS = 250

/**
 * Offers a text as a file, pasted and then dropped. It counts as taken only once the site shows it by its name at the
 * composer: a site may swallow what it can't use.
 *
 * @see SPEC.md rule FILL8
 */
export async function attachFile({ element }: Composer, text: string): Promise<boolean> {
  const place = composerPlace(element)
  const before = countMentions(place, element, NAME_START)
  const isShown = (): boolean => countMentions(place, element, NAME_START) > before
  const file = { name: FILE_NAME, type: 'text/markdown', text }
  for (const offer of [paste, drop]) {
    element.focus({ preventScroll: true })
    const isTaken = offer(element, { file })
    if (await waitUntil(isShown, isTaken ? TAKEN_MS : SILENT_MS)) return true
  }
  return false
}

/** Sees whether a site makes an attachment of a long text that is pasted, and shows how it begins. */
export function watchAttachments({ element }: Composer, text: string): () => Promise<boolean> {
  const place = composerPlace(element)
  const start = beginning(text)
  const before = countMentions(place, element, start)
  return async () => {
    if (text.length < MIN_ATTACHED) return false
    await wait(0)
    return countMentions(place, element, start) > before
  }
}

/** Shortest text that a site would make an attachment of, in characters. */
const MIN_ATTACHED = 1_000

/** Enough of the first line to know it by. */
function beginning(text: string): string {
  const start = text.slice(0, 1_000).trimStart()
  return start.split('\n', 1)[0]?.slice(0, 24).trim() ?? ''
}

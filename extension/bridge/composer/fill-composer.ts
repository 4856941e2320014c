import type { FillOutcome } from '../../wire/bridge-wire.ts'
import { attachFile, FILE_FROM_CHARACTERS, watchAttachments } from './attach-file.ts'
import { asField, type Composer } from './composer-kind.ts'
import { isBlank, isSameText, MAX_FILL_CHARACTERS, typableText } from './composer-text.ts'
import { findComposer } from './find-composer.ts'
import { foldsSpace, holdsEmbeds, readComposer } from './read-composer.ts'
import { emptyComposer, restoreComposer } from './restore-composer.ts'
import { selectContent } from './select-content.ts'
import { TECHNIQUES, type Technique } from './techniques.ts'
import { wait, waitUntil } from './wait-until.ts'

/** What is to be put where. */
export interface FillRequest {
  readonly document: Document
  /** Selectors of the site's composer, the surest first. */
  readonly hints: readonly string[]
  readonly text: string
  /** Whether what is in the composer may be replaced. */
  readonly replaces: boolean
}

/** Why a composer was not filled: sentences for people, and for telling which it was. */
export const FILL_FAILURES = {
  noText: 'There is nothing to put in.',
  tooLong: 'The text is longer than a million characters.',
  noComposer: 'No box to write a message in was found on this page.',
  tooSmall: 'The box on this page does not take a text of this length.',
  refused: 'The box on this page did not take the text as it is.',
  changed: 'The box on this page did not take the text, and could not be put back as it was.',
} as const

/** Longest wait for an editor to show what it was given, in milliseconds, and for one that shows nothing. */
const SETTLE_MS = 400
const SILENT_MS = 150

/** How long what was read back has to stay: a page may draw its own state over it. */
const STAY_MS = 60

/** Fills that wait for the one before: two at once would read each other's text. */
let last: Promise<unknown> = Promise.resolve()

/**
 * Puts a text into the composer of a chat page, and reads it back. Never sends, never says Enter, and never touches a
 * composer with something in it unless told to. Whatever fails leaves the composer as it was.
 *
 * @see SPEC.md rules FILL1 to FILL10
 */
export function fillComposer(request: FillRequest): Promise<FillOutcome> {
  const filled = last.then(async () => {
    try {
      return await fill(request)
    } catch {
      // A page may break whatever is called on it.
      return failed('refused')
    }
  })
  last = filled
  return filled
}

async function fill({ document, hints, text, replaces }: FillRequest): Promise<FillOutcome> {
  if (text.length > MAX_FILL_CHARACTERS) return failed('tooLong')
  if (isBlank(text)) return failed('noText')
  const composer = findComposer(document, hints)
  if (!composer) return failed('noComposer')
  // A tab has no place in a box that folds white space.
  const typed = typableText(text)
  const typable = foldsSpace(composer) ? typed.replaceAll('\t', '    ') : typed
  const limit = limitOf(composer)
  if (limit < typable.length) return failed('tooSmall')
  const before = readComposer(composer)
  if (isSameText(before, typable)) return { kind: 'filled', as: 'text' }
  const isEmpty = isBlank(before) && !holdsEmbeds(composer)
  if (!isEmpty && !replaces) return { kind: 'occupied' }
  if (isEmpty && typable.length > FILE_FROM_CHARACTERS && (await attachFile(composer, typable))) {
    return { kind: 'filled', as: 'file' }
  }
  for (const technique of TECHNIQUES[composer.kind]) {
    const as = await attempt(composer, technique, before, typable)
    if (as) return { kind: 'filled', as }
    if (!(await restoreComposer(composer, before))) return failed('changed')
  }
  return failed('refused')
}

function failed(why: keyof typeof FILL_FAILURES): FillOutcome {
  return { kind: 'failed', reason: FILL_FAILURES[why] }
}

/** Characters that fit in; a field says so. */
function limitOf({ element }: Composer): number {
  const limit = asField(element)?.maxLength ?? -1
  return limit < 0 ? Infinity : limit
}

/** One way tried once. Undefined where the text is not there as it should be. */
async function attempt(
  composer: Composer,
  technique: Technique,
  before: string,
  text: string,
): Promise<'text' | 'file' | undefined> {
  const isSame = (): boolean => isSameText(readComposer(composer), text)
  if (technique.needsEmpty && !isBlank(before) && !(await emptyComposer(composer))) return undefined
  await take(composer)
  const attached = watchAttachments(composer, text)
  technique.put(composer, text)
  const changes = (): boolean => !isSameText(readComposer(composer), before)
  if ((await waitUntil(changes, SILENT_MS)) && (await waitUntil(isSame, SETTLE_MS))) {
    await wait(STAY_MS)
    if (isSame()) return 'text'
  }
  const isStill = isSameText(readComposer(composer), before)
  return isStill && (await attached()) ? 'file' : undefined
}

/** Takes the composer, and lets its editor see what is selected: editors hear of that in a task of its own. */
async function take(composer: Composer): Promise<void> {
  selectContent(composer, isBlank(readComposer(composer)))
  await wait(0)
  await wait(20)
}

import { asField, type Composer } from './composer-kind.ts'
import { isBlank, isSameText } from './composer-text.ts'
import { askEditor } from './page-objects.ts'
import { holdsEmbeds, readComposer } from './read-composer.ts'
import { selectContent } from './select-content.ts'
import { command, TECHNIQUES } from './techniques.ts'
import { wait, waitUntil } from './wait-until.ts'

/** Steps that are taken back at most: a way to put text in makes one, seldom a few. */
const MAX_UNDONE = 4

/** Longest wait for an editor to show what was undone, in milliseconds. */
const SETTLE_MS = 120

/**
 * Makes a composer read as before: by undoing, which brings formats back too, else by putting the text in anew.
 *
 * @see SPEC.md rule FILL6
 */
export async function restoreComposer(composer: Composer, before: string): Promise<boolean> {
  const isSame = (): boolean =>
    isBlank(before)
      ? isBlank(readComposer(composer)) && !holdsEmbeds(composer)
      : isSameText(readComposer(composer), before)
  if (isSame()) return true
  for (let step = 0; step < MAX_UNDONE; step += 1) {
    const now = readComposer(composer)
    undo(composer)
    if (await waitUntil(isSame, SETTLE_MS)) return true
    if (readComposer(composer) === now) break
  }
  if (!(await emptyComposer(composer))) return false
  if (isBlank(before)) return isSame()
  for (const technique of TECHNIQUES[composer.kind]) {
    selectContent(composer, false)
    await wait(20)
    technique.put(composer, before)
    if (await waitUntil(isSame, SETTLE_MS)) return true
  }
  return false
}

/** Takes out all that is in a composer; false where something stays. */
export async function emptyComposer(composer: Composer): Promise<boolean> {
  const isEmpty = (): boolean => isBlank(readComposer(composer)) && !holdsEmbeds(composer)
  for (const clear of CLEARS) {
    if (isEmpty()) return true
    selectContent(composer, false)
    await wait(20)
    clear(composer)
    if (await waitUntil(isEmpty, SETTLE_MS)) return true
  }
  return isEmpty()
}

const CLEARS: readonly ((composer: Composer) => void)[] = [
  ({ element }) => void command(element, 'delete'),
  ({ element }) => void askEditor(element, 'deleteContentBackward', null),
  (composer) => {
    if (!asField(composer.element)) return
    for (const { name, put } of TECHNIQUES.field) if (name === 'value') put(composer, '')
  },
]

/** Editors with a history of their own take it as a request; the browser's history knows of the rest. */
function undo({ element, kind }: Composer): void {
  if (kind === 'field' || !askEditor(element, 'historyUndo', null)) command(element, 'undo')
}

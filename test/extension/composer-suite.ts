import { describe, expect, test } from 'vitest'
import { FILL_FAILURES } from '../../extension/bridge/composer/fill-composer.ts'
import { asFilled, EDITORS, fillEditor, TEXTS, type EditorsTab } from './composer-matrix.ts'

const FILLED = { kind: 'filled', as: 'text' }

/** Long enough that an editor takes what comes after for a step of its own. */
const NEW_STEP_MS = 1_100

const NOTE = 'A note of some length, kept as one file.\n'
const LONG = NOTE.repeat(300)

/** What filling composers has to do in every browser, from the world of a content script. */
export function testComposers(tab: () => EditorsTab): void {
  describe.each(EDITORS)('%s', (editor) => {
    test.each(Object.keys(TEXTS))('[FILL4, FILL7] takes it to the letter: %s', async (name) => {
      const text = TEXTS[name] ?? ''
      const { outcome, text: got, enters } = await fillEditor(tab(), editor, text)
      expect(outcome).toEqual(FILLED)
      expect(asFilled(got, editor)).toBe(asFilled(text, editor))
      expect(enters).toBe(0)
    })

    test('[FILL5] with something in it, it is left alone', async () => {
      const before = { content: 'draft', replaces: false }
      const filled = await fillEditor(tab(), editor, 'one\n\ntwo', before)
      expect(filled).toEqual({ outcome: { kind: 'occupied' }, text: 'draft', enters: 0 })
    })

    test('[FILL5, FILL9] replaced, what was there comes back by one undo', async () => {
      const before = { content: 'draft', replaces: true, restMs: NEW_STEP_MS }
      const filled = await fillEditor(tab(), editor, 'one\n\ntwo <b>', before)
      expect(filled).toEqual({ outcome: FILLED, text: 'one\n\ntwo <b>', enters: 0 })
      await tab().undo()
      await expect.poll(() => tab().evaluate<string>('window.editorsPage.text()')).toBe('draft')
    })

    test('[FILL7] line by line of what is there, nothing is sent', async () => {
      const before = { content: 'one two', replaces: true }
      const filled = await fillEditor(tab(), editor, 'one\ntwo', before)
      expect(filled).toEqual({ outcome: FILLED, text: 'one\ntwo', enters: 0 })
    })
  })

  test.each([
    ['stubborn-textarea', ''],
    ['stubborn-textarea', 'draft'],
    ['stubborn-prosemirror', ''],
    ['stubborn-prosemirror', 'draft'],
  ])('[FILL6] %s with "%s" in it ends as it was', async (editor, content) => {
    const before = { content, replaces: true }
    const { outcome, text, enters } = await fillEditor(tab(), editor, 'one\n\ntwo', before)
    expect(outcome).toEqual({ kind: 'failed', reason: FILL_FAILURES.refused })
    expect([text, enters]).toEqual([content, 0])
  })

  test.each(['files-pasted', 'files-dropped'])('[FILL8] %s takes a file', async (editor) => {
    const { outcome, text, enters } = await fillEditor(tab(), editor, LONG)
    expect(outcome).toEqual({ kind: 'filled', as: 'file' })
    expect(text).toBe(`|backfold-hand-off.md ${LONG.length}Send`.replace('Send', ''))
    expect(enters).toBe(0)
  })

  test('[FILL8] a file that nothing shows was not taken, and the text is filled', async () => {
    const { outcome, text } = await fillEditor(tab(), 'files-swallowed', LONG)
    expect(outcome).toEqual(FILLED)
    expect(text.split('|')[0]).toBe(LONG)
  })

  test('[FILL8] a site may make an attachment of the text by itself', async () => {
    const { outcome, text } = await fillEditor(tab(), 'attaching-prosemirror', LONG.slice(0, 6_000))
    expect(outcome).toEqual({ kind: 'filled', as: 'file' })
    expect(text).toMatch(/^\|A note of some length/)
  })

  test.each(['textarea', 'react', 'prosemirror', 'lexical', 'quill'])(
    '[FILL10] %s takes a text of many lines in bounded time',
    async (editor) => {
      const lines = Array.from(
        { length: 4_000 },
        (_, at) => `${at} a line of some length, as in a log`,
      )
      const { outcome, text } = await fillEditor(tab(), editor, lines.join('\n'))
      expect(outcome).toEqual(FILLED)
      expect(text).toBe(lines.join('\n'))
    },
  )

  test('[FILL10] what is too long, or nothing, is refused at once', async () => {
    const long = await fillEditor(tab(), 'textarea', 'a'.repeat(1_000_001))
    expect(long.outcome).toEqual({ kind: 'failed', reason: FILL_FAILURES.tooLong })
    const none = await fillEditor(tab(), 'textarea', ' \n ')
    expect(none.outcome).toEqual({ kind: 'failed', reason: FILL_FAILURES.noText })
    expect(none.text).toBe('')
    const most = await fillEditor(tab(), 'textarea', 'a line\n'.repeat(140_000))
    expect(most.outcome).toEqual(FILLED)
  })
}

/** What has to hold while the person's focus is elsewhere, as it is in the side panel. */
export async function fillUnfocused(tab: EditorsTab): Promise<void> {
  expect(await tab.evaluate('document.hasFocus()')).toBe(false)
  for (const editor of ['react', 'prosemirror', 'lexical', 'quill']) {
    const text = 'one\n\n  two <b>'
    expect(await fillEditor(tab, editor, text)).toEqual({ outcome: FILLED, text, enters: 0 })
  }
}

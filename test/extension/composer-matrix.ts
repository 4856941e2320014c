import type { FillOutcome } from '../../extension/wire/bridge-wire.ts'

/** A tab with the page of editors, in whatever browser. */
export interface EditorsTab {
  evaluate<T>(expression: string): Promise<T>
  /** Control and Z, or what stands for it. */
  undo(): Promise<void>
}

/** Editors that chats are made with, as the page names them. */
export const EDITORS: readonly string[] = [
  'react',
  'prosemirror',
  'lexical',
  'rich-lexical',
  'quill',
  'textarea',
  'shadow-textarea',
  'editable',
  'shadow-editable',
]

const LONG_LINE = 'All work and no play makes a long line, with ünïcode and 日本語. '

/** Texts that some way of filling some editor gets wrong. */
export const TEXTS: Readonly<Record<string, string>> = {
  'one line': 'Hello there',
  'lines and a blank line': 'first line\nsecond line\n\nfourth <b>line</b> & more',
  'many blank lines': '\nstarts blank\n\n\n\nafter three blank ones',
  'html and entities': '<p>not &amp; html</p> <script>alert(1)</script> &lt;b&gt; "quotes" \'too\'',
  emoji: 'family 👩‍👩‍👧‍👦, flag 🇩🇪, skin 👍🏽\nand é as e\u0301',
  'right to left': 'مرحبا بالعالم\nשלום עולם 123 (abc)',
  tabs: 'a\tb\n\tindented by a tab\n\t\ttwice',
  'leading spaces': '  two\n    four\n\n  and  double  spaces  inside',
  'line break at the end': 'one\ntwo\n',
  'windows lines': 'one\r\ntwo\r\n\r\nfour',
  markdown:
    '# Title\n\n- a\n  - b\n\n```ts\nconst a = `x${1}` // $& $1\n\tif (a) {\n    }\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |',
  'ten thousand characters': Array.from({ length: 200 }, (_, i) =>
    `${i}: ${LONG_LINE}`.slice(0, 49),
  ).join('\n'),
}

/** What a text is once it is in an editor: line ends of one kind, none at the end, and no tabs where they are folded. */
export function asFilled(text: string, editor: string): string {
  const lines = text.replaceAll('\r\n', '\n').replace(/\n+$/, '')
  return editor === 'editable' ? lines.replaceAll('\t', '    ') : lines
}

export interface Filled {
  readonly outcome: FillOutcome
  readonly text: string
  readonly enters: number
}

/** What there is before. */
export interface Before {
  readonly content: string
  readonly replaces: boolean
  /** Time between that and the fill, in milliseconds. */
  readonly restMs?: number
}

/** Fills one editor on a page of its own. */
export async function fillEditor(
  tab: EditorsTab,
  editor: string,
  text: string,
  { content, replaces, restMs = 10 }: Before = { content: '', replaces: false },
): Promise<Filled> {
  const asked = JSON.stringify({ hints: [], text, replaces })
  return tab.evaluate<Filled>(`(async () => {
    const page = window.editorsPage
    page.mount(${JSON.stringify(editor)}, ${JSON.stringify(content)})
    await new Promise((resolve) => setTimeout(resolve, ${restMs}))
    const outcome = await page.fill(${asked})
    return { outcome, text: page.text(), enters: page.enters() }
  })()`)
}

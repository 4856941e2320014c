import 'prosemirror-view/style/prosemirror.css'
import 'quill/dist/quill.core.css'
import type { FillOutcome } from '../../../extension/wire/bridge-wire.ts'
import type { Editor, MountEditor } from './editor.ts'
import {
  mountEditable,
  mountFiles,
  mountReact,
  mountShadowEditable,
  mountShadowTextarea,
  mountStubbornTextarea,
  mountTextarea,
} from './mount-fields.ts'
import {
  mountAttachingProseMirror,
  mountLexical,
  mountProseMirror,
  mountQuill,
  mountRichLexical,
  mountStubbornProseMirror,
} from './mount-rich-editors.ts'

const MOUNTS: Readonly<Record<string, MountEditor>> = {
  react: mountReact,
  prosemirror: mountProseMirror,
  lexical: mountLexical,
  'rich-lexical': mountRichLexical,
  quill: mountQuill,
  textarea: mountTextarea,
  'shadow-textarea': mountShadowTextarea,
  editable: mountEditable,
  'shadow-editable': mountShadowEditable,
  'stubborn-textarea': mountStubbornTextarea,
  'stubborn-prosemirror': mountStubbornProseMirror,
  'attaching-prosemirror': mountAttachingProseMirror,
  'files-pasted': mountFiles(['paste'], true),
  'files-dropped': mountFiles(['drop'], true),
  'files-swallowed': mountFiles(['paste', 'drop'], false),
}

/** What is asked of the content script. */
export interface AskedFill {
  readonly hints: readonly string[]
  readonly text: string
  readonly replaces: boolean
}

/** What a test does on the page. */
export interface EditorsPage {
  /** Shows one editor anew, alone on the page, with a content. */
  mount(name: string, content: string): void
  /** Has the content script fill it. */
  fill(asked: AskedFill): Promise<FillOutcome>
  text(): string
  enters(): number
  focus(): void
}

declare global {
  interface Window {
    editorsPage?: EditorsPage
  }
}

let editor: Editor | null = null

function mount(name: string, content: string): void {
  document.body.replaceChildren()
  const root = document.body.appendChild(document.createElement('div'))
  root.style.marginBlockStart = '300px'
  editor = MOUNTS[name]?.(root) ?? null
  if (content !== '') editor?.set(content)
}

function fill(asked: AskedFill): Promise<FillOutcome> {
  return new Promise((resolve) => {
    const done = (event: Event): void =>
      resolve(JSON.parse((event as CustomEvent<string>).detail) as FillOutcome)
    document.addEventListener('test:filled', done, { once: true })
    document.dispatchEvent(new CustomEvent('test:fill', { detail: JSON.stringify(asked) }))
  })
}

window.editorsPage = {
  mount,
  fill,
  text: () => editor?.text() ?? '',
  enters: () => editor?.enters() ?? -1,
  focus: () => editor?.element.focus(),
}

import { createEmptyHistoryState, registerHistory } from '@lexical/history'
import { registerPlainText } from '@lexical/plain-text'
import { registerRichText } from '@lexical/rich-text'
import {
  $createLineBreakNode,
  $createParagraphNode,
  $createTextNode,
  $getRoot,
  COMMAND_PRIORITY_CRITICAL,
  createEditor,
  KEY_ENTER_COMMAND,
} from 'lexical'
import { baseKeymap } from 'prosemirror-commands'
import { history, redo, undo } from 'prosemirror-history'
import { keymap } from 'prosemirror-keymap'
import { schema } from 'prosemirror-schema-basic'
import { EditorState, Plugin } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import Quill from 'quill'
import type { Editor } from './editor.ts'

/** As hosted chats have it: Enter sends. */
export function mountProseMirror(root: HTMLElement): Editor {
  return mountProseMirrorWith(root, [])
}

/** One that writes all that is put in its own way. */
export function mountStubbornProseMirror(root: HTMLElement): Editor {
  const shout = new Plugin({
    appendTransaction(_, before, { doc, tr, schema: { text } }) {
      const said = doc.textContent
      if (said === before.doc.textContent || said === 'draft' || said === '') return null
      return said === said.toUpperCase()
        ? null
        : tr.replaceWith(1, doc.content.size - 1, text(said.toUpperCase()))
    },
  })
  return mountProseMirrorWith(root, [shout])
}

/** One that makes an attachment of a long text that is pasted, and shows how it begins. */
export function mountAttachingProseMirror(root: HTMLElement): Editor {
  const attached = root.appendChild(document.createElement('div'))
  const attach = new Plugin({
    props: {
      handlePaste(_, event) {
        const text = event.clipboardData?.getData('text/plain') ?? ''
        if (text.length < 2_000) return false
        attached.textContent = `${text.slice(0, 80)}… pasted`
        return true
      },
    },
  })
  const editor = mountProseMirrorWith(root, [attach])
  return { ...editor, text: () => `${editor.text()}|${attached.textContent}` }
}

function mountProseMirrorWith(root: HTMLElement, more: readonly Plugin[]): Editor {
  let count = 0
  const send = (): boolean => {
    count += 1
    return true
  }
  const plugins = [
    ...more,
    history(),
    keymap({ Enter: send, 'Mod-z': undo, 'Mod-y': redo }),
    keymap(baseKeymap),
  ]
  const view = new EditorView(root, { state: EditorState.create({ schema, plugins }) })
  return {
    element: view.dom,
    text: () => view.state.doc.textBetween(0, view.state.doc.content.size, '\n', '\n'),
    enters: () => count,
    set(text) {
      const lines = text.split('\n').map((line) => {
        return schema.node('paragraph', null, line === '' ? [] : [schema.text(line)])
      })
      const state = EditorState.create({ schema, plugins, doc: schema.node('doc', null, lines) })
      view.updateState(state)
    },
  }
}

function mountLexicalOf(root: HTMLElement, isRich: boolean): Editor {
  const element = root.appendChild(document.createElement('div'))
  element.contentEditable = 'true'
  element.style.cssText = 'min-block-size: 40px; white-space: pre-wrap; border: 1px solid'
  const editor = createEditor({
    onError: (error) => {
      throw error
    },
  })
  editor.setRootElement(element)
  if (isRich) registerRichText(editor)
  else registerPlainText(editor)
  registerHistory(editor, createEmptyHistoryState(), 300)
  let count = 0
  editor.registerCommand(
    KEY_ENTER_COMMAND,
    () => {
      count += 1
      return true
    },
    COMMAND_PRIORITY_CRITICAL,
  )
  return {
    element,
    text: () =>
      editor.getEditorState().read(() =>
        $getRoot()
          .getChildren()
          .map((child) => child.getTextContent())
          .join('\n'),
      ),
    enters: () => count,
    set(text) {
      const fill = (): void => {
        const paragraph = $createParagraphNode()
        for (const [index, line] of text.split('\n').entries()) {
          if (index > 0) paragraph.append($createLineBreakNode())
          if (line !== '') paragraph.append($createTextNode(line))
        }
        $getRoot().clear().append(paragraph)
      }
      editor.update(fill, { discrete: true })
    },
  }
}

export function mountLexical(root: HTMLElement): Editor {
  return mountLexicalOf(root, false)
}

export function mountRichLexical(root: HTMLElement): Editor {
  return mountLexicalOf(root, true)
}

export function mountQuill(root: HTMLElement): Editor {
  let count = 0
  const send = (): boolean => {
    count += 1
    return false
  }
  const quill = new Quill(root, {
    modules: { keyboard: { bindings: { send: { key: 'Enter', handler: send } } } },
  })
  return {
    element: quill.root,
    text: () => quill.getText().replace(/\n$/, ''),
    enters: () => count,
    set: (text) => void quill.setText(text),
  }
}

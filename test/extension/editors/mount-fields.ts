import { createElement, useLayoutEffect, useState, type ReactElement } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import type { Editor } from './editor.ts'

/** Counts Enter on an element, as a composer does that sends by it. */
function countEnters(element: HTMLElement): () => number {
  let count = 0
  element.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') count += 1
  })
  element.closest('form')?.addEventListener('submit', () => (count += 1))
  return () => count
}

/** A field that React controls: what the state does not hold is drawn over. */
export function mountReact(root: HTMLElement): Editor {
  const held = { text: '', set: (_: string): void => undefined }
  function Box(): ReactElement {
    const [text, setText] = useState('')
    useLayoutEffect(() => {
      Object.assign(held, { text, set: setText })
    }, [text])
    return createElement('textarea', {
      value: text,
      style: { width: '100%', height: '60px' },
      onChange: (event: { readonly target: { readonly value: string } }) =>
        setText(event.target.value),
    })
  }
  flushSync(() => createRoot(root).render(createElement(Box)))
  const element = root.querySelector('textarea') as HTMLElement
  return {
    element,
    text: () => held.text,
    enters: countEnters(element),
    set: (text) => flushSync(() => held.set(text)),
  }
}

export function mountTextarea(root: HTMLElement): Editor {
  const form = root.appendChild(document.createElement('form'))
  const element = form.appendChild(document.createElement('textarea'))
  element.style.cssText = 'inline-size: 100%; block-size: 60px'
  return {
    element,
    text: () => element.value,
    enters: countEnters(element),
    set: (text) => (element.value = text),
  }
}

export function mountShadowTextarea(root: HTMLElement): Editor {
  const host = root.appendChild(document.createElement('div'))
  const inner = host.attachShadow({ mode: 'open' }).appendChild(document.createElement('div'))
  return mountTextarea(inner)
}

/** A box that the browser itself edits, read as a chat page reads one. */
export function mountEditable(root: HTMLElement): Editor {
  const element = root.appendChild(document.createElement('div'))
  element.contentEditable = 'true'
  element.style.cssText = 'min-block-size: 40px; border: 1px solid'
  return {
    element,
    text: () => element.innerText.replaceAll('\u00a0', ' '),
    enters: countEnters(element),
    set: (text) => (element.innerText = text),
  }
}

/** As chat elements have it: in a shadow root, with white space as it is typed, and a paste that takes plain text. */
export function mountShadowEditable(root: HTMLElement): Editor {
  const host = root.appendChild(document.createElement('div'))
  const inner = host.attachShadow({ mode: 'open' }).appendChild(document.createElement('div'))
  const editor = mountEditable(inner)
  editor.element.style.whiteSpace = 'pre-wrap'
  editor.element.addEventListener('paste', (event) => {
    event.preventDefault()
    const text = event.clipboardData?.getData('text/plain') ?? ''
    // oxlint-disable-next-line typescript/no-deprecated -- what such elements do
    document.execCommand('insertText', false, text)
  })
  return editor
}

/** A field whose page writes all that is put in its own way. */
export function mountStubbornTextarea(root: HTMLElement): Editor {
  const editor = mountTextarea(root)
  const field = editor.element as HTMLTextAreaElement
  let own = ''
  field.addEventListener('input', () => {
    const isOld = field.value === own || field.value === ''
    field.value = isOld ? field.value : field.value.toUpperCase().replaceAll('\n', ' ')
  })
  return { ...editor, set: (text) => (own = field.value = text) }
}

/** A composer that shows files by their names. */
export function mountFiles(
  takes: readonly string[],
  shows: boolean,
): (root: HTMLElement) => Editor {
  return (root) => {
    const editor = mountTextarea(root)
    const chips = editor.element.before.bind(editor.element)
    const take = (event: Event, files: FileList | undefined): void => {
      const [file] = files ?? []
      if (!file || !takes.includes(event.type)) return
      event.preventDefault()
      const chip = document.createElement('button')
      void file.text().then((text) => {
        chip.textContent = `${file.name} ${text.length}`
        if (shows) chips(chip)
      })
    }
    editor.element.addEventListener('paste', (event) => take(event, event.clipboardData?.files))
    editor.element.addEventListener('dragover', (event) => {
      if (takes.includes('drop')) event.preventDefault()
    })
    editor.element.addEventListener('drop', (event) => take(event, event.dataTransfer?.files))
    return {
      ...editor,
      text: () => `${editor.text()}|${editor.element.parentElement?.textContent ?? ''}`,
    }
  }
}

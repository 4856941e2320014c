/** Runs the example on React 18 with its effects, in strict mode, over a real session. */
import { openEngine } from 'backfold/engine'
import { BackfoldProvider, ContextInspector, GenerationTimeline } from 'backfold/react'
import { createElement, StrictMode } from 'react'
import { act, create } from 'react-test-renderer'
import { ChatPanel } from './out/chat-panel.js'

globalThis.IS_REACT_ACT_ENVIRONMENT = true
const complaints = []
console.error = (...said) => complaints.push(said.join(' '))

const backfold = await openEngine()
const session = await backfold.session('support-42')
await session.append({ role: 'user', content: 'When is low tide?' })
const more = [ContextInspector, GenerationTimeline].map((block) =>
  createElement(block, { key: block.name, session }),
)
const panel = createElement(ChatPanel, { id: 'support-42' })
const page = createElement(
  StrictMode,
  null,
  createElement(BackfoldProvider, { backfold }, panel, more),
)
let tree
await act(async () => {
  tree = create(page)
})
await until(() => read().includes('"aria-busy":false') && read().includes('When is low tide?'))
const before = meter()
await act(() => session.append({ role: 'assistant', content: 'At six in the evening.' }))
await until(() => meter() > before)
await act(async () => tree.unmount())
expect((await backfold.sessions()).length === 1, 'the host keeps its own open')
await backfold.close()
// The renderer complains of being used at all.
expect(
  complaints.filter((said) => !said.includes('react-test-renderer')).length === 0,
  complaints.join('\n'),
)

function read() {
  return JSON.stringify(tree.toJSON())
}

function meter() {
  return tree.root.findByProps({ role: 'meter' }).props['aria-valuenow']
}

async function until(holds) {
  for (let turn = 0; turn < 200; turn += 1) {
    if (holds()) return
    await act(() => new Promise((resolve) => setTimeout(resolve, 25)))
  }
  throw new Error(`it never came to this: ${read()}`)
}

function expect(holds, what) {
  if (!holds) throw new Error(what)
}

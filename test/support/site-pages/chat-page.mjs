// The page of an imitated hosted chat: it draws the newest layout, asks its own server, and goes from chat to chat
// without loading. It knows nothing of any extension.
const { kind } = document.body.dataset
const ORG = '0a0a0a0a-0000-4000-8000-000000000001'
const ROOT = '00000000-0000-4000-8000-000000000000'
const main = document.querySelector('main')
const composer = document.querySelector('[contenteditable]')
const state = { conversation: null, nodes: new Map(), leaf: null, isBusy: false, abort: null }

const isChatGpt = kind === 'chatgpt'
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

const idInPath = () => /^\/(?:c|chat)\/([\w-]+)$/.exec(location.pathname)?.[1] ?? null
const pathOf = (id) => (isChatGpt ? `/c/${id}` : `/chat/${id}`)

function path() {
  const found = []
  for (let at = state.leaf; at !== null; at = state.nodes.get(at)?.parent ?? null) {
    const node = state.nodes.get(at)
    if (!node) break
    found.unshift(node)
  }
  return found
}

/** Bold text and paragraphs, as far as answers of the imitation have them. */
function markdown(text) {
  return text.split('\n\n').map((paragraph) => {
    const element = make('p')
    for (const [index, piece] of paragraph.split('**').entries()) {
      element.append(index % 2 === 1 ? make('strong', {}, piece) : piece)
    }
    return element
  })
}

function drawUser(node, key) {
  if (!isChatGpt) {
    const text = make('p', { class: 'whitespace-pre-wrap' }, node.text)
    return make('div', { 'data-testid': 'user-message' }, text)
  }
  const bubble = make('div', { 'data-user-message-bubble': 'true' })
  bubble.append(make('div', { class: 'whitespace-pre-wrap' }, node.text))
  const unit = make('div', { 'data-content-search-unit-key': `${key}:0:user` }, bubble)
  return make('div', { 'data-chatgpt-search-message-ids': node.id }, unit)
}

function drawAssistant(node, key) {
  if (!isChatGpt) {
    const body = make('div', { class: 'standard-markdown' }, ...markdown(node.text))
    const response = make('div', { class: 'font-claude-response' }, body)
    return make('div', { 'data-is-streaming': String(node.isOpen === true) }, response)
  }
  const style = { class: 'markdown', 'data-markdown-text-style': 'assistant-message' }
  const body = make('div', style, ...markdown(node.text))
  const selection = make('div', { 'data-chatgpt-selection-message-id': node.id }, body)
  const unit = make('div', { 'data-content-search-unit-key': `${key}:2:assistant` }, selection)
  return make('div', { 'data-chatgpt-search-message-ids': `${node.id} ${node.id}` }, unit)
}

function rowOf(node) {
  const element = node.role === 'user' ? drawUser(node, node.id) : drawAssistant(node, node.id)
  const again = make('button', { 'data-again': node.id, 'aria-label': 'Réessayer' })
  const edit = make('button', { 'data-edit': node.id, 'aria-label': 'Modifier' })
  const buttons = make(
    'div',
    { class: 'turn-action-controls' },
    node.role === 'user' ? edit : again,
  )
  const row = make('div', isChatGpt ? {} : { 'data-testid': 'transcript-row' }, element, buttons)
  row.dataset.row = node.id
  return row
}

/** Draws what is not drawn yet, and takes away what is not shown any more. */
function draw() {
  const nodes = path()
  const ids = new Set(nodes.map(({ id }) => id))
  for (const row of main.querySelectorAll('[data-row]')) if (!ids.has(row.dataset.row)) row.remove()
  for (const node of nodes) {
    const known = main.querySelector(`[data-row="${node.id}"]`)
    if (known && known.drawn === node.text && known.isOpen === node.isOpen) continue
    const row = rowOf(node)
    row.drawn = node.text
    row.isOpen = node.isOpen
    if (known) known.replaceWith(row)
    else main.append(row)
  }
  document.querySelector('[data-testid="stop-button"]')?.remove()
  if (state.isBusy && isChatGpt) {
    const stop = make('button', {
      'data-testid': 'stop-button',
      'aria-label': 'Arrêter',
      type: 'button',
    })
    stop.addEventListener('click', () => state.abort?.abort())
    document.querySelector('form').append(stop)
  }
}

function setNodes(list, leaf) {
  state.nodes = new Map(list.map((node) => [node.id, node]))
  state.leaf = leaf
}

async function load(id) {
  const url = isChatGpt
    ? `/backend-api/conversation/${id}`
    : `/api/organizations/${ORG}/chat_conversations/${id}?tree=True&rendering_mode=messages&render_all_tools=true`
  const response = await fetch(url)
  if (!response.ok) return
  const value = await response.json()
  if (idInPath() !== id) return
  if (isChatGpt) {
    const nodes = Object.values(value.mapping)
      .filter(({ message }) => message !== null)
      .map(({ id: own, parent, message }) => ({
        id: own,
        parent: parent === 'client-created-root' ? null : parent,
        role: message.author.role,
        text: message.content.parts.join('\n'),
      }))
    setNodes(nodes, value.current_node)
  } else {
    const nodes = value.chat_messages.map(
      ({ uuid, parent_message_uuid: parent, sender, content }) => ({
        id: uuid,
        parent: parent === ROOT ? null : parent,
        role: sender === 'human' ? 'user' : 'assistant',
        text: content.map(({ text }) => text).join('\n'),
      }),
    )
    setNodes(nodes, value.current_leaf_message_uuid)
  }
  draw()
}

async function show() {
  state.abort?.abort()
  state.conversation = idInPath()
  setNodes([], null)
  draw()
  if (state.conversation !== null) await load(state.conversation)
}

function go(to) {
  history.pushState(null, '', to)
  return show()
}

function requestOf(question, parent, isAgain) {
  if (isChatGpt) {
    const author = { role: 'user' }
    const content = { content_type: 'text', parts: [question.text] }
    const body = {
      action: isAgain ? 'variant' : 'next',
      messages: [{ id: question.id, author, content, create_time: Date.now() / 1_000 }],
      parent_message_id: isAgain ? question.id : (parent ?? 'client-created-root'),
      ...(state.conversation === null ? {} : { conversation_id: state.conversation }),
      model: 'gpt-5',
      history_and_training_disabled: false,
    }
    return ['/backend-api/f/conversation', body, null]
  }
  const conversation = state.conversation ?? crypto.randomUUID()
  const answer = crypto.randomUUID()
  const url = `/api/organizations/${ORG}/chat_conversations/${conversation}/${isAgain ? 'retry_' : ''}completion`
  const body = {
    prompt: isAgain ? '' : question.text,
    parent_message_uuid: isAgain ? question.id : (parent ?? ROOT),
    model: 'claude-sonnet-4-6',
    turn_message_uuids: { human_message_uuid: question.id, assistant_message_uuid: answer },
    attachments: [],
    files: [],
    rendering_mode: 'messages',
    ...(state.conversation === null ? { create_conversation_params: { is_temporary: false } } : {}),
  }
  return [url, body, conversation]
}

async function ask(text, parent, again = null) {
  if (state.isBusy) return
  state.isBusy = true
  state.abort = new AbortController()
  const question = again ?? { id: crypto.randomUUID(), parent, role: 'user', text }
  if (again === null) state.nodes.set(question.id, question)
  state.leaf = question.id
  draw()
  const [url, body, made] = requestOf(question, parent, again !== null)
  if (made !== null) enter(made)
  let answer = null
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify(body),
      signal: state.abort.signal,
    })
    for await (const event of eventsOf(response.body)) {
      if (typeof event.conversation_id === 'string') enter(event.conversation_id)
      const begun = isChatGpt ? event.v?.message : event.message
      if (begun) {
        const id = isChatGpt ? begun.id : begun.uuid
        answer = { id, parent: question.id, role: 'assistant', text: '', isOpen: true }
        state.nodes.set(id, answer)
        state.leaf = id
      }
      const more = isChatGpt ? event.v : event.delta?.text
      if (answer !== null && typeof more === 'string') answer.text += more
      draw()
    }
  } catch {
    // Stopped, or gone to another chat.
  }
  if (answer !== null) answer.isOpen = false
  state.isBusy = false
  draw()
}

/** A new chat gets its address while its first answer is being written. */
function enter(id) {
  if (state.conversation !== null) return
  state.conversation = id
  history.pushState(null, '', pathOf(id))
}

async function* eventsOf(body) {
  let rest = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const pieces = (rest + chunk).split('\n\n')
    rest = pieces.pop()
    for (const piece of pieces) {
      const data = /^data: (\{.*\})$/m.exec(piece)?.[1]
      if (data) yield JSON.parse(data)
    }
  }
}

document.querySelector('[data-testid="send-button"]').addEventListener('click', () => {
  const text = composer.innerText.trim()
  if (text === '') return
  composer.replaceChildren()
  void ask(text, state.leaf)
})
main.addEventListener('click', ({ target }) => {
  const { again, edit } = target.dataset ?? {}
  const node = state.nodes.get(again ?? edit)
  if (!node) return
  if (again !== undefined) void ask('', null, state.nodes.get(node.parent))
  else void ask(`${node.text} (edited)`, node.parent)
})
document.querySelector('#new').addEventListener('click', (event) => {
  event.preventDefault()
  void go(event.currentTarget.getAttribute('href'))
})
addEventListener('popstate', () => void show())
void show()

import type { ChatTree } from './chat-tree.ts'

const message = (id: string, role: string, text: string, at: number, status: string) => ({
  id,
  author: { role, name: null, metadata: {} },
  create_time: at,
  content: { content_type: 'text', parts: [text] },
  status,
  end_turn: true,
  weight: 1,
  metadata: role === 'assistant' ? { model_slug: 'gpt-5' } : {},
  recipient: 'all',
})

const DONE = 'finished_successfully'

/** A conversation in the shape of `GET /backend-api/conversation/:id`. */
export function chatGptConversation(tree: ChatTree): unknown {
  const children = new Map<string | null, string[]>()
  for (const { id, parent } of tree.nodes.values()) {
    const siblings = children.get(parent)
    if (siblings) siblings.push(id)
    else children.set(parent, [id])
  }
  const nodes = [...tree.nodes.values()].map(({ id, parent, role, text, at }) => [
    id,
    {
      id,
      message: message(id, role, text, at, DONE),
      parent: parent ?? 'client-created-root',
      children: children.get(id) ?? [],
    },
  ])
  const root = {
    id: 'client-created-root',
    message: null,
    parent: null,
    children: children.get(null) ?? [],
  }
  return {
    title: tree.title,
    mapping: Object.fromEntries([['client-created-root', root], ...nodes]) as unknown,
    current_node: tree.leaf ?? 'client-created-root',
    conversation_id: tree.id,
    default_model_slug: 'gpt-5',
    is_archived: false,
  }
}

/** Events of `POST /backend-api/f/conversation`, in delta encoding v1. */
export function* chatGptAnswer(
  conversation: string,
  question: { readonly id: string; readonly text: string } | null,
  answer: { readonly id: string; readonly pieces: readonly string[] },
): Generator<string> {
  const event = (data: unknown, name?: string): string =>
    `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`
  yield event('v1', 'delta_encoding')
  yield event({ type: 'resume_conversation_token', conversation_id: conversation })
  if (question !== null) {
    const input = message(question.id, 'user', question.text, 1_790_000_000, DONE)
    yield event({ type: 'input_message', input_message: input, conversation_id: conversation })
  }
  const begun = message(answer.id, 'assistant', '', 1_790_000_000, 'in_progress')
  const value = { message: begun, conversation_id: conversation, error: null }
  yield event({ p: '', o: 'add', v: value, c: 0 }, 'delta')
  for (const [index, piece] of answer.pieces.entries()) {
    const grown =
      index === 0 ? { p: '/message/content/parts/0', o: 'append', v: piece } : { v: piece }
    yield event(grown, 'delta')
  }
  const end = [{ p: '/message/status', o: 'replace', v: DONE }]
  yield event({ p: '', o: 'patch', v: end }, 'delta')
  yield event({ type: 'message_stream_complete', conversation_id: conversation })
  yield 'data: [DONE]\n\n'
}

import type { ChatTree } from './chat-tree.ts'

/** What stands before the first message. */
export const CLAUDE_ROOT = '00000000-0000-4000-8000-000000000000'

/** A conversation in the shape of `GET /api/organizations/:org/chat_conversations/:id`. */
export function claudeConversation(tree: ChatTree): unknown {
  return {
    uuid: tree.id,
    name: tree.title,
    model: 'claude-sonnet-4-6',
    is_temporary: false,
    current_leaf_message_uuid: tree.leaf ?? CLAUDE_ROOT,
    chat_messages: [...tree.nodes.values()].map(({ id, parent, role, text, at }, index) => ({
      uuid: id,
      text: '',
      content: [{ type: 'text', text, citations: [] }],
      sender: role === 'user' ? 'human' : 'assistant',
      index,
      created_at: new Date(at * 1_000).toISOString(),
      attachments: [],
      files: [],
      parent_message_uuid: parent ?? CLAUDE_ROOT,
    })),
  }
}

/** Events of `POST …/completion` and `POST …/retry_completion`. */
export function* claudeAnswer(
  question: string,
  answer: { readonly id: string; readonly pieces: readonly string[] },
): Generator<string> {
  const event = (data: { readonly type: string; readonly [name: string]: unknown }): string =>
    `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
  const about = { id: 'chatcompl_1', type: 'message', role: 'assistant', content: [] }
  const ids = { model: 'claude-sonnet-4-6', parent_uuid: question, uuid: answer.id }
  yield event({ type: 'message_start', message: { ...about, ...ids } })
  const block = { type: 'text', text: '', citations: [] }
  yield event({ type: 'content_block_start', index: 0, content_block: block })
  for (const text of answer.pieces) {
    yield event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
  }
  yield event({ type: 'content_block_stop', index: 0 })
  yield event({ type: 'message_delta', delta: { stop_reason: 'end_turn' } })
  yield event({ type: 'message_limit', message_limit: { type: 'within_limit' } })
  yield event({ type: 'message_stop' })
}

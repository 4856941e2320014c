/** What Claude Code writes: one line per event, of which not all are messages. */
export const CLAUDE_CODE_LOG: string = [
  { type: 'summary', summary: 'A walk by the river', leafUuid: 'u2' },
  { type: 'user', uuid: 'u1', parentUuid: null, message: { role: 'user', content: 'a line' } },
  {
    type: 'assistant',
    uuid: 'u2',
    parentUuid: 'u1',
    message: {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'tool_use', id: 't1', name: 'Read', input: { path: 'a.md' } },
      ],
    },
  },
  {
    type: 'user',
    uuid: 'u3',
    parentUuid: 'u2',
    message: {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 't1', content: 'read from a log of lines' }],
    },
  },
]
  .map((line) => JSON.stringify(line))
  .join('\n')

/** An array of messages in OpenAI's form. */
export const OPENAI_SESSION: string = JSON.stringify([
  { role: 'user', content: 'from an array' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c1', content: 'found in an array' },
])

/** Messages in Anthropic's form, with title and system prompt. */
export const ANTHROPIC_SESSION: string = JSON.stringify({
  title: 'Packed',
  system: 'Be brief.',
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'from a packed file' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'found in a packed file' }] },
  ],
})

/** A recorded session of some 12,000 tokens, with one rule at its beginning. */
export const LEDGER_SESSION: readonly { readonly role: string; readonly content: string }[] = [
  { role: 'system', content: 'You keep the ledger of a small shop.' },
  { role: 'user', content: 'Never delete an entry of the ledger. Let us begin.' },
  ...Array.from({ length: 80 }, (_, index) => ({
    role: index % 2 === 0 ? 'assistant' : 'user',
    content: `Entry ${index + 1}: ${'what was bought, what was sold and what is still owed, '.repeat(12)}`,
  })),
]

/** Markup, scripts, addresses and control characters: none of it may have an effect. */
export const HOSTILE_TEXT: string = [
  '<img src="http://stranger.example/a.png" onerror="globalThis.harmed = 1">',
  '<script>globalThis.harmed = 1</script>',
  '![picture](http://stranger.example/b.png) [link](javascript:globalThis.harmed=1)',
  '<svg onload="globalThis.harmed = 1"></svg><style>*{display:none}</style>',
  '{{constructor.constructor("globalThis.harmed = 1")()}} \u202Edesrever\u202C \u0000',
].join('\n')

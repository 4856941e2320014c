/** An argument of a tool. */
export interface ToolField {
  readonly type: 'string' | 'integer'
  readonly description: string
  /** The only words that are taken. */
  readonly oneOf?: readonly string[]
}

export type RecallToolName =
  'recall_search' | 'recall_messages' | 'recall_payload' | 'recall_digest_line' | 'recall_pad'

export type MemoryToolName =
  | 'memory_archive'
  | 'memory_pin'
  | 'memory_unpin'
  | 'memory_note'
  | 'memory_propose_rule'
  | 'memory_list'
  | 'memory_undo'

/** A tool that a model is offered, before it is put into a provider's shape. */
export interface ToolSpec<Name extends string = RecallToolName | MemoryToolName> {
  readonly name: Name
  readonly description: string
  readonly fields: Readonly<Record<string, ToolField>>
  readonly required: readonly string[]
}

const PLACE: ToolSpec['fields'] = {
  artifact: { type: 'string', description: 'Id of a stored payload, as stubs and digests name it' },
  message: { type: 'integer', description: 'Instead of artifact: number of the message' },
  part: { type: 'integer', description: 'With message: which part of it, from 0 (default 0)' },
}

/** The tools that only read, in the order in which they are offered. */
const RECALL_TOOLS: readonly ToolSpec<RecallToolName>[] = [
  {
    name: 'recall_search',
    description:
      'Search the whole stored session, folded or not, for words or exact identifiers. Answers with passages and message numbers.',
    fields: {
      query: { type: 'string', description: 'Words or identifiers' },
      limit: { type: 'integer', description: 'Most passages, 1 to 20 (default 6)' },
    },
    required: ['query'],
  },
  {
    name: 'recall_messages',
    description:
      'Read original messages of this session by number, such as the #n that a digest names.',
    fields: {
      from: { type: 'integer', description: 'Number of the first message' },
      to: { type: 'integer', description: 'Number of the last message (default: from)' },
    },
    required: ['from'],
  },
  {
    name: 'recall_payload',
    description:
      'Read a payload that was moved out of the context, or any part of a message: the whole, lines of it, a value of JSON by path, or the lines that match.',
    fields: {
      ...PLACE,
      from_line: { type: 'integer', description: 'First line, from 1' },
      to_line: { type: 'integer', description: 'Last line' },
      path: {
        type: 'string',
        description: "JSON path such as $.items[0].name, ['a b'], [-1], [*]",
      },
      grep: {
        type: 'string',
        description:
          'Words that a line must have, or /one literal/; * stands for anything; no regex',
      },
      context: { type: 'integer', description: 'With grep: lines around each match, 0 to 20' },
    },
    required: [],
  },
  {
    name: 'recall_digest_line',
    description: 'Read all original messages that one line of the digest stands for.',
    fields: { line: { type: 'string', description: 'The line, or how it begins' } },
    required: ['line'],
  },
  {
    name: 'recall_pad',
    description:
      'Recall how a similar goal was reached before in this session: the tool calls in order, with where each argument came from.',
    fields: {
      goal: { type: 'string', description: 'What is to be done, in a few words' },
      pad: { type: 'integer', description: 'Instead of goal: number of an action pad' },
    },
    required: [],
  },
]

/** The tools by which a model manages its own memory, offered only where the host asks for them. */
const MEMORY_TOOLS: readonly ToolSpec<MemoryToolName>[] = [
  {
    name: 'memory_archive',
    description:
      'Free room: fold everything up to a message, or move one payload out of the context. Nothing is lost; it can be recalled. Takes effect when the next turn starts.',
    fields: {
      up_to: { type: 'integer', description: 'Fold all messages up to this number' },
      message: { type: 'integer', description: 'Or: move out the payload of this message' },
      part: { type: 'integer', description: 'With message: which part of it, from 0' },
    },
    required: [],
  },
  {
    name: 'memory_pin',
    description: 'Keep a recent message in the context, word for word, whatever is folded.',
    fields: { message: { type: 'integer', description: 'Number of the message' } },
    required: ['message'],
  },
  {
    name: 'memory_unpin',
    description: 'Take off a pin that you set. Pins of the person and the system stay.',
    fields: { message: { type: 'integer', description: 'Number of the message' } },
    required: ['message'],
  },
  {
    name: 'memory_note',
    description:
      'Note one fact for later, in one sentence that stands by itself. It goes into the digest with the next fold.',
    fields: { text: { type: 'string', description: 'The fact, at most 500 characters' } },
    required: ['text'],
  },
  {
    name: 'memory_propose_rule',
    description:
      'Propose a standing rule to the person. It is stored for them to decide on and is not in force.',
    fields: { text: { type: 'string', description: 'The rule, at most 500 characters' } },
    required: ['text'],
  },
  {
    name: 'memory_list',
    description: 'List what is stored: notes, proposed rules, pins, archived and stored payloads.',
    fields: {
      kind: {
        type: 'string',
        description: 'Only this kind',
        oneOf: ['notes', 'rules', 'pins', 'archives', 'payloads'],
      },
    },
    required: [],
  },
  {
    name: 'memory_undo',
    description: 'Undo one of your own memory actions by its number.',
    fields: { action: { type: 'integer', description: 'Number of the action' } },
    required: ['action'],
  },
]

/** The tools offered, with or without those for managing memory. */
export function toolSpecs(memory: boolean): readonly ToolSpec[] {
  return memory ? [...RECALL_TOOLS, ...MEMORY_TOOLS] : RECALL_TOOLS
}

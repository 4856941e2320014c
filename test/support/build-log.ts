import { appendToLog, stampDraft, type Appended } from '../../src/core/session/append.ts'
import type { Draft, Message, Part, ToolCallPart } from '../../src/core/session/message.ts'
import { newSession } from '../../src/core/session/new-session.ts'
import { resolvePolicy, type PolicyOptions } from '../../src/core/session/policy.ts'
import type { SessionRow } from '../../src/core/session/session-row.ts'

/** A token is a character: sizes in tests can be read off. */
export function countCharacters(text: string): number {
  return text.length
}

export function user(text: string): Draft {
  return { role: 'user', parts: [{ type: 'text', text }] }
}

export function assistant(text: string): Draft {
  return { role: 'assistant', parts: [{ type: 'text', text }] }
}

export function system(text: string): Draft {
  return { role: 'system', parts: [{ type: 'text', text }] }
}

/** A message of the assistant that makes these calls. */
export function calls(...callIds: readonly string[]): Draft {
  return { role: 'assistant', parts: callIds.map((callId) => toolCall(callId)) }
}

export function toolCall(
  callId: string,
  name: string = 'read_file',
  input: string = '{}',
): ToolCallPart {
  return { type: 'tool-call', callId, name, input }
}

export function result(callId: string, output: string = 'done', isError?: boolean): Draft {
  const part: Part = { type: 'tool-result', callId, output, ...(isError ? { isError } : {}) }
  return { role: 'tool', parts: [part] }
}

export function approvalRequest(approvalId: string, callId: string): Draft {
  return { role: 'assistant', parts: [{ type: 'approval-request', approvalId, callId }] }
}

export function approvalResponse(approvalId: string): Draft {
  return { role: 'tool', parts: [{ type: 'approval-response', approvalId, approved: true }] }
}

/** A turn with one tool exchange: four messages. */
export function turn(n: number, output: string = `content ${n}`): readonly Draft[] {
  return [
    user(`Please read part ${n}.`),
    {
      role: 'assistant',
      parts: [toolCall(`call-${n}`, 'read_file', `{"path":"src/part${n}.ts"}`)],
    },
    result(`call-${n}`, output),
    assistant(`Part ${n} is read.`),
  ]
}

/** As many turns as asked for, one after the other. */
export function turns(count: number, output?: string): readonly Draft[] {
  return Array.from({ length: count }, (_, index) => turn(index + 1, output)).flat()
}

/** A session with an empty log. */
export function buildSession(options: PolicyOptions = {}): SessionRow {
  return newSession('s', resolvePolicy(options), 0)
}

/** Appends drafts to a session, counting a token a character. */
export function buildLog(drafts: readonly Draft[], session: SessionRow = buildSession()): Appended {
  const stamped = drafts.map((draft, index) =>
    stampDraft(draft, { id: `m${session.nextSeq + index}`, at: 0, count: countCharacters }),
  )
  return appendToLog(session, stamped)
}

/** Messages of the given token counts, all the user's. */
export function buildSized(...tokens: readonly number[]): readonly Message[] {
  const { messages } = buildLog(tokens.map((_, index) => user(`message ${index + 1}`)))
  let through = 0
  return messages.map((message, index) => {
    const own = tokens[index] ?? 0
    through += own
    return { ...message, tokens: own, through }
  })
}

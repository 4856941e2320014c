import type { ReactElement } from 'react'
import { useEffect, useId, useState } from 'react'
import type { Message } from '../../../core/session/message.ts'
import { ClippedText } from '../../blocks/clipped-text.tsx'
import type { Chat, ToolLine } from '../../chat/chat.ts'
import { Icon } from '../icon.tsx'
import type { ChatLabels } from '../labels/chat-labels.ts'
import { plainCode, plainName } from '../markdown/plain-name.ts'
import { useView } from '../view-settings.ts'

interface ToolLinesProps {
  readonly chat: Chat
  readonly calls: readonly ToolLine[]
}

/**
 * Tool calls, one line each; opened, with arguments and result as text.
 *
 * @see SPEC.md rule VIEW8
 */
export function ToolLines({ chat, calls }: ToolLinesProps): ReactElement {
  return (
    <ul className="bf-tools" part="tools">
      {calls.map((call) => (
        <ToolLineView key={call.callId} chat={chat} call={call} />
      ))}
    </ul>
  )
}

function ToolLineView({
  chat,
  call,
}: {
  readonly chat: Chat
  readonly call: ToolLine
}): ReactElement {
  const { labels } = useView()
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const name = plainName(call.name, 80)
  return (
    <li className="bf-tool-line" part="tool" data-status={call.status}>
      <button
        type="button"
        className="bf-tool-head"
        part="tool-head"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="tool" />
        <bdi className="bf-tool-name">{name}</bdi>
        <bdi className="bf-tool-summary">{plainName(call.summary, 200)}</bdi>
        <span className="bf-tool-status" part="tool-status">
          {labels.toolStatus[call.status]}
        </span>
      </button>
      {isOpen && (
        <div id={id} className="bf-tool-body" part="tool-body">
          <ToolBody chat={chat} call={call} />
        </div>
      )}
    </li>
  )
}

interface ReadCall {
  readonly input: string | null
  readonly output: string | null
}

/** Reads the call and its result from the log: a line has only its beginning. */
function ToolBody({ chat, call }: { readonly chat: Chat; readonly call: ToolLine }): ReactElement {
  const { labels } = useView()
  const [read, setRead] = useState<ReadCall | 'failed' | null>(null)
  const { seq, resultSeq, callId } = call
  useEffect(() => {
    let isOn = true
    void readCall(chat, seq, resultSeq, callId).then((found) => {
      if (isOn) setRead(found ?? 'failed')
    })
    return () => {
      isOn = false
    }
  }, [chat, seq, resultSeq, callId])
  if (read === null) return <p className="bf-quiet">{labels.loading}</p>
  if (read === 'failed') return <p className="bf-quiet">{labels.notRead}</p>
  return (
    <>
      <h4>{labels.toolArguments}</h4>
      <ClippedText
        text={plainCode(pretty(read.input ?? call.summary))}
        labels={textLabels(labels)}
      />
      <h4>{labels.toolResult}</h4>
      {read.output === null ? (
        <p className="bf-quiet">{labels.noResult}</p>
      ) : (
        <ClippedText text={plainCode(read.output)} labels={textLabels(labels)} most={2_000} />
      )}
    </>
  )
}

export function textLabels(labels: ChatLabels): {
  readonly showMore: (left: number) => string
  readonly nothing: string
} {
  return { showMore: labels.showRest, nothing: labels.nothingSaid }
}

async function readCall(
  chat: Chat,
  seq: number,
  resultSeq: number | null,
  callId: string,
): Promise<ReadCall | null> {
  const isNear = resultSeq !== null && resultSeq >= seq && resultSeq - seq <= 20
  const messages = isNear ? await chat.messages(seq, resultSeq) : await chat.messages(seq, seq)
  if (messages === null) return null
  const late = isNear || resultSeq === null ? [] : await chat.messages(resultSeq, resultSeq)
  if (late === null) return null
  return findCall([...messages, ...late], callId)
}

function findCall(messages: readonly Message[], callId: string): ReadCall {
  const parts = messages.flatMap(({ parts: own }) => own)
  const call = parts.find((part) => part.type === 'tool-call' && part.callId === callId)
  const result = parts.find((part) => part.type === 'tool-result' && part.callId === callId)
  return {
    input: call?.type === 'tool-call' ? call.input : null,
    output: result?.type === 'tool-result' ? result.output : null,
  }
}

/** Longer arguments are shown as they were written. */
const MAX_PRETTY = 20_000

function pretty(json: string): string {
  if (json.length > MAX_PRETTY) return json
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}

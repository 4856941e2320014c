import type { ReactElement } from 'react'
import { useEffect, useState } from 'react'
import type { Message } from '../../../core/session/message.ts'
import type { Chat, ChatItem } from '../../chat/chat.ts'
import { MessageParts } from '../conversation/message-parts.tsx'
import { Icon } from '../icon.tsx'
import { useView } from '../view-settings.ts'

interface BranchViewProps {
  readonly chat: Chat
  readonly branch: Extract<ChatItem, { kind: 'branch' }>
}

/** Most messages that are read at once; a button brings as many more. */
const STEP = 20

/**
 * Where the conversation went another way, and what was left behind there.
 *
 * @see SPEC.md rule FLD7
 */
export function BranchView({ chat, branch }: BranchViewProps): ReactElement {
  const { labels } = useView()
  const [isOpen, setOpen] = useState(false)
  return (
    <div className="bf-divider" part="branch">
      <div className="bf-divider-head">
        <Icon name="branch" />
        <span>{labels.branchOf(branch.messages)}</span>
        <button
          type="button"
          className="bf-button bf-plain-button"
          part="show-branch"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? labels.hide : labels.show}
        </button>
      </div>
      {isOpen && <LeftBehind chat={chat} from={branch.from} to={branch.to} />}
    </div>
  )
}

interface LeftBehindProps {
  readonly chat: Chat
  readonly from: number
  readonly to: number
}

function LeftBehind({ chat, from, to }: LeftBehindProps): ReactElement {
  const { labels } = useView()
  const [most, setMost] = useState(STEP)
  const [read, setRead] = useState<readonly Message[] | 'failed' | null>(null)
  const until = Math.min(to, from + most - 1)
  useEffect(() => {
    let isOn = true
    void chat.messages(from, until).then((messages) => {
      if (isOn) setRead(messages ?? 'failed')
    })
    return () => {
      isOn = false
    }
  }, [chat, from, until])
  if (read === null) return <p className="bf-quiet">{labels.loading}</p>
  if (read === 'failed') return <p className="bf-quiet">{labels.notRead}</p>
  return (
    <div className="bf-left-behind" part="left-behind">
      {read
        .filter(({ active }) => !active)
        .map((message) => (
          <div key={message.seq} className="bf-left-message" data-role={message.role}>
            <span className="bf-who">{labels.roles[message.role]}</span>
            <MessageParts message={message} />
          </div>
        ))}
      {until < to && (
        <button type="button" className="bf-button" onClick={() => setMost(most + STEP)}>
          {labels.more}
        </button>
      )}
    </div>
  )
}

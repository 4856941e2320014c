import type { ReactElement } from 'react'
import { useCallback, useEffect, useState } from 'react'
import type { DigestLine } from '../../../core/session/generation.ts'
import type { Chat, ChatItem } from '../../chat/chat.ts'
import { groupSections } from '../../view/group-sections.ts'
import { useView } from '../view-settings.ts'
import { DigestLineView } from './digest-line-view.tsx'

interface DigestViewProps {
  readonly chat: Chat
  readonly fold: Extract<ChatItem, { kind: 'fold' }>
  readonly onReveal: (seq: number) => void
}

/** Lines that are drawn at first; a button brings as many more. */
const STEP = 60

/**
 * The digest by its sections, each line with the messages it stands for; the head's can be edited.
 *
 * @see SPEC.md rules FLD3, FLD4
 */
export function DigestView({ chat, fold, onReveal }: DigestViewProps): ReactElement {
  const { labels, isReadOnly } = useView()
  const [digest, setDigest] = useState<readonly DigestLine[] | 'failed' | null>(null)
  const [most, setMost] = useState(STEP)
  const { generation, isHead } = fold
  const read = useCallback(async () => {
    const detail = await chat.generation(generation)
    return detail?.digest ?? ('failed' as const)
  }, [chat, generation])
  useEffect(() => {
    let isOn = true
    void read().then((found) => {
      if (isOn) setDigest(found)
    })
    return () => {
      isOn = false
    }
  }, [read])
  const change = useCallback(
    async (id: string, text: string | null) => {
      const isDone = await chat.editDigest(generation, { lines: { [id]: text } })
      if (isDone) {
        // What is shown until the next generation is what the person made of it.
        setDigest((before) =>
          before === null || before === 'failed'
            ? before
            : before.flatMap((line) =>
                line.id !== id ? [line] : text === null ? [] : [{ ...line, text }],
              ),
        )
      }
      return isDone
    },
    [chat, generation],
  )
  if (digest === null) return <p className="bf-quiet">{labels.loading}</p>
  if (digest === 'failed') return <p className="bf-quiet">{labels.notRead}</p>
  return (
    <div className="bf-digest" part="digest" role="group" aria-label={labels.digest}>
      {groupSections(digest.slice(0, most)).map(([section, lines]) => (
        <section key={section} data-section={section} aria-label={labels.sections[section]}>
          <p className="bf-section-name" part="section-name">
            {labels.sections[section]}
          </p>
          <ul>
            {lines.map((line) => (
              <DigestLineView
                key={line.id}
                line={line}
                onChange={isHead && !isReadOnly ? change : undefined}
                onReveal={onReveal}
              />
            ))}
          </ul>
        </section>
      ))}
      {digest.length > most && (
        <button type="button" className="bf-button" onClick={() => setMost(most + STEP)}>
          {labels.more}
        </button>
      )}
    </div>
  )
}

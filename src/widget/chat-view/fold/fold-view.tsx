import type { ReactElement } from 'react'
import { useId, useState } from 'react'
import type { Chat, ChatItem } from '../../chat/chat.ts'
import { Icon } from '../icon.tsx'
import { useView } from '../view-settings.ts'
import { DigestView } from './digest-view.tsx'
import { RollBack } from './roll-back.tsx'

interface FoldViewProps {
  readonly chat: Chat
  readonly fold: Extract<ChatItem, { kind: 'fold' }>
  /** The originals are drawn above it. */
  readonly isOpen: boolean
  readonly onToggle: () => void
  readonly onReveal: (seq: number) => void
}

/**
 * The fold where it happened: how much stands behind it, its digest, and the way to the originals.
 *
 * @see SPEC.md rules FLD2, FLD3
 */
export function FoldView({ chat, fold, isOpen, onToggle, onReveal }: FoldViewProps): ReactElement {
  const { labels, isReadOnly } = useView()
  const [isShown, setShown] = useState(false)
  const id = useId()
  return (
    <div className="bf-divider bf-fold" part="fold" data-head={fold.isHead}>
      <div className="bf-divider-head">
        <Icon name="fold" />
        <span className="bf-fold-words">
          <strong>{labels.folded(fold.messages)}</strong>{' '}
          {/* What came between making and applying it is counted too, and may be more than it saved. */}
          {fold.tokensAfter < fold.tokensBefore && (
            <span className="bf-quiet">
              {labels.foldedTokens(fold.tokensBefore, fold.tokensAfter)}
            </span>
          )}
        </span>
        <button
          type="button"
          className="bf-button bf-plain-button"
          part="show-fold"
          aria-expanded={isShown}
          aria-controls={isShown ? id : undefined}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? labels.hideFold : labels.showFold}
        </button>
      </div>
      {isShown && (
        <div id={id} className="bf-fold-body" part="fold-body">
          <DigestView chat={chat} fold={fold} onReveal={onReveal} />
          <div className="bf-row">
            <button
              type="button"
              className="bf-button"
              part="show-originals"
              aria-expanded={isOpen}
              onClick={onToggle}
            >
              {isOpen ? labels.hideOriginals : labels.showOriginals}
            </button>
            {fold.isHead && !isReadOnly && <RollBack chat={chat} fold={fold} />}
          </div>
        </div>
      )}
    </div>
  )
}

import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Chat, ChatItem } from '../../chat/chat.ts'
import { useView } from '../view-settings.ts'

interface RollBackProps {
  readonly chat: Chat
  readonly fold: Extract<ChatItem, { kind: 'fold' }>
}

type Step = 'idle' | 'cancelled' | 'asking' | 'busy' | 'failed' | { readonly refused: string }

/**
 * Takes the newest fold back: to the generation that it was made from. Asked once more in its place.
 *
 * @see SPEC.md rule FLD6
 */
export function RollBack({ chat, fold }: RollBackProps): ReactElement {
  const { labels } = useView()
  const [step, setStep] = useState<Step>('idle')
  const rollBack = async (button: Element): Promise<void> => {
    const scroller = button.closest<HTMLElement>('.bf-scroller')
    setStep('busy')
    const generation = await chat.generation(fold.generation)
    const outcome = generation === null ? null : await chat.rollback(generation.parent)
    if (outcome === null) setStep('failed')
    else if (outcome.kind === 'refused') setStep({ refused: outcome.reason })
    else {
      setStep('idle')
      // The fold goes, and the button that had the focus with it.
      scroller?.focus({ preventScroll: true })
    }
  }
  if (step === 'asking' || step === 'busy') {
    return (
      <div className="bf-ask" part="ask" role="group" aria-label={labels.rollBack}>
        <span>{labels.rollBackAsk(fold.messages)}</span>
        <button
          type="button"
          className="bf-button bf-primary"
          part="roll-back-now"
          // The button that had the focus is gone.
          ref={focus}
          disabled={step === 'busy'}
          onClick={({ currentTarget }) => void rollBack(currentTarget)}
        >
          {labels.rollBack}
        </button>
        <button
          type="button"
          className="bf-button"
          part="cancel"
          disabled={step === 'busy'}
          onClick={() => setStep('cancelled')}
        >
          {labels.cancel}
        </button>
      </div>
    )
  }
  return (
    <>
      <button
        type="button"
        className="bf-button"
        part="roll-back"
        ref={step === 'idle' ? undefined : focus}
        onClick={() => setStep('asking')}
      >
        {labels.rollBack}
      </button>
      <span role="status" className="bf-quiet">
        {step === 'failed' && labels.notRead}
        {typeof step === 'object' && labels.notRolledBack(step.refused)}
      </span>
    </>
  )
}

function focus(button: HTMLButtonElement | null): void {
  button?.focus()
}

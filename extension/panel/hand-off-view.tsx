import type { ReactElement } from 'react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Session } from '../../src/client/session.ts'
import { usePaced } from '../../src/app/hooks/use-paced.ts'
import { fileNameOf } from '../../src/app/keep/export-sessions.ts'
import { describeProblem, type Problem } from '../../src/app/view/error-advice.ts'
import { ProblemBanner } from '../../src/app/zones/problem-banner.tsx'
import { createEstimatingTokeniser } from '../../src/models/estimating-tokeniser.ts'
import type { TabState } from '../wire/panel-wire.ts'
import { HandOffActions } from './hand-off-actions.tsx'
import { prepareHandOff } from './hand-off.ts'
import { LABELS } from './labels.ts'
import { ScreenHead } from './screen-head.tsx'
import type { PanelWorld } from './world.ts'

interface HandOffViewProps {
  readonly world: PanelWorld
  readonly state: TabState
  readonly session: string
  readonly onBack: () => void
}

/** A chat as a short text for a new one to begin with: read, changed, and taken there. */
export function HandOffView({ world, state, session, onBack }: HandOffViewProps): ReactElement {
  const { text, setText, whole, isFolded, problem, prepare } = usePrepared(world, session)
  return (
    <section className="screen" aria-labelledby="screen-title" data-testid="hand-off">
      <ScreenHead title={LABELS.handOff.title} onBack={onBack} />
      <p className="hint">{LABELS.handOff.lead}</p>
      {problem !== null && (
        <ProblemBanner problem={problem} onDismiss={null} onRetry={() => void prepare()} />
      )}
      {text === null && problem === null && (
        <div aria-busy="true">
          <p className="hint" role="status">
            {LABELS.handOff.preparing}
          </p>
          <div className="skeleton" />
          <div className="skeleton short" />
        </div>
      )}
      {text !== null && (
        <>
          <label className="hand-off-text">
            {LABELS.handOff.text}
            <textarea
              value={text}
              dir="auto"
              rows={12}
              spellCheck={false}
              onChange={({ target }) => setText(target.value)}
              data-testid="hand-off-text"
            />
          </label>
          <Size text={text} whole={whole} isFolded={isFolded} />
          <HandOffActions
            world={world}
            state={state}
            session={session}
            text={text}
            fileName={`${fileNameOf(state.title || session)}.md`}
            onAgain={() => void prepare()}
          />
        </>
      )}
    </section>
  )
}

interface SizeProps {
  readonly text: string
  readonly whole: number
  readonly isFolded: boolean
}

/** How often a text that is typed is counted anew, in milliseconds. */
const COUNT_EVERY_MS = 300

function Size({ text, whole, isFolded }: SizeProps): ReactElement {
  const paced = usePaced(text, COUNT_EVERY_MS)
  const [tokeniser] = useState(createEstimatingTokeniser)
  const tokens = useMemo(() => tokeniser.count(paced), [tokeniser, paced])
  return (
    <p className="hint" data-testid="hand-off-size">
      {whole > tokens ? LABELS.handOff.sizeOf(tokens, whole) : LABELS.handOff.size(tokens)}
      {isFolded && ` ${LABELS.handOff.folded}`}
    </p>
  )
}

interface PreparedText {
  /** As it was prepared and then typed; null until it is there. */
  readonly text: string | null
  readonly setText: (text: string) => void
  /** Tokens of the whole chat. */
  readonly whole: number
  readonly isFolded: boolean
  readonly problem: Problem | null
  readonly prepare: () => Promise<void>
}

function usePrepared(world: PanelWorld, id: string): PreparedText {
  const [text, setText] = useState<string | null>(null)
  const [whole, setWhole] = useState(0)
  const [isFolded, setFolded] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const running = useRef<Promise<void> | null>(null)
  const prepare = useCallback((): Promise<void> => {
    const run = async (): Promise<void> => {
      setText(null)
      setProblem(null)
      try {
        const session: Session = await (await world.backfold()).session(id)
        const prepared = await prepareHandOff(session)
        setWhole(session.state.get().tokens.log)
        setFolded(prepared.isFolded)
        setText(prepared.text)
      } catch (thrown) {
        setProblem(describeProblem(thrown))
      } finally {
        running.current = null
      }
    }
    // Asked for twice, it is prepared once: the second would not know of the fold that the first one made.
    running.current ??= run()
    return running.current
  }, [world, id])
  useEffect(() => void prepare(), [prepare])
  return { text, setText, whole, isFolded, problem, prepare }
}

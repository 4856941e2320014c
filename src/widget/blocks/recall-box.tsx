import type { HTMLAttributes, ReactElement } from 'react'
import { useId, useState } from 'react'
import type { Session } from '../../client/session.ts'
import type { RecallResult } from '../../protocol/requests.ts'
import type { UseRecallOptions } from '../hooks/use-recall.ts'
import { useRecall } from '../hooks/use-recall.ts'
import { readRecallQuery } from '../view/recall-query.ts'
import type { RecalledLabels } from './artifact-view.tsx'
import { RECALLED_LABELS } from './artifact-view.tsx'
import type { TextLabels } from './clipped-text.tsx'
import { TEXT_LABELS } from './clipped-text.tsx'
import type { ClassNames } from './part.ts'
import { part } from './part.ts'
import type { ProblemLabels } from './problem.tsx'
import { Problem, PROBLEM_LABELS } from './problem.tsx'
import { RecallView } from './recall-view.tsx'
import type { SourceLabels } from './source-list.tsx'
import { SOURCE_LABELS } from './source-list.tsx'

/** All that the box says. */
export interface RecallBoxLabels extends ProblemLabels, TextLabels, SourceLabels, RecalledLabels {
  readonly name: string
  readonly placeholder: string
  readonly submit: string
  readonly found: (things: number) => string
  readonly nothingFound: string
}

const RECALL_BOX_LABELS: RecallBoxLabels = {
  ...PROBLEM_LABELS,
  ...TEXT_LABELS,
  ...SOURCE_LABELS,
  ...RECALLED_LABELS,
  name: 'Recall by words, range or artifact',
  placeholder: 'words, “a phrase”, 12-40',
  submit: 'Recall',
  found: (things) => `${things} found`,
  nothingFound: 'Nothing found.',
}

export type RecallBoxPart = 'form' | 'label' | 'input' | 'submit' | 'count' | 'results'

export interface RecallBoxProps extends Omit<HTMLAttributes<HTMLElement>, 'children'> {
  readonly session: Session | null
  readonly labels?: Partial<RecallBoxLabels> | undefined
  readonly classNames?: ClassNames<RecallBoxPart> | undefined
  /** How it recalls; by default at most 8 messages, 200 ms after the last letter. */
  readonly recall?: UseRecallOptions | undefined
  /** Words to begin with. */
  readonly defaultQuery?: string | undefined
  /** Makes the messages that are found buttons. */
  readonly onOpenMessage?: ((seq: number) => void) | undefined
}

/**
 * A box that searches the whole log, folded or not, as one types: words, `12-40`, `#12.0` (a part of a message), or
 * `artifact` with 12 or more digits of its hash.
 *
 * @see SPEC.md rules APP32, REACT13
 */
export function RecallBox(props: RecallBoxProps): ReactElement {
  const { session, labels, classNames, recall, defaultQuery, onOpenMessage, ...rest } = props
  const text = { ...RECALL_BOX_LABELS, ...labels }
  const id = useId()
  const [typed, setTyped] = useState(defaultQuery ?? '')
  // Asks at once for what is submitted, without waiting for another letter.
  const [submitted, setSubmitted] = useState<string | null>(null)
  const options = submitted === typed ? { ...recall, debounceMs: 0 } : recall
  const { status, result, error, retry } = useRecall(session, readRecallQuery(typed), options)
  return (
    <section aria-label={text.name} {...rest}>
      <form
        {...part('form', classNames)}
        role="search"
        aria-label={text.name}
        onSubmit={(event) => {
          event.preventDefault()
          if (status === 'failed') retry()
          setSubmitted(typed)
        }}
      >
        <label {...part('label', classNames)} htmlFor={id}>
          {text.name}
        </label>{' '}
        <input
          {...part('input', classNames)}
          id={id}
          type="search"
          dir="auto"
          value={typed}
          placeholder={text.placeholder}
          disabled={session === null}
          onChange={(event) => setTyped(event.target.value)}
        />{' '}
        <button
          type="submit"
          {...part('submit', classNames)}
          disabled={session === null || typed.trim() === ''}
        >
          {text.submit}
        </button>
      </form>
      <div {...part('results', classNames)} aria-busy={status === 'asking'} data-status={status}>
        <p {...part('count', classNames)} role="status">
          {status === 'asking' && text.recalling}
          {status === 'ready' && result !== null && say(result, text)}
        </p>
        {error !== null && <Problem error={error} labels={text} onRetry={retry} />}
        {result !== null && (
          <RecallView result={result} labels={text} onOpenMessage={onOpenMessage} />
        )}
      </div>
    </section>
  )
}

function say(result: RecallResult, text: RecallBoxLabels): string {
  const things =
    result.kind === 'hits' ? result.hits.length : 'messages' in result ? result.messages.length : 1
  return things === 0 ? text.nothingFound : text.found(things)
}

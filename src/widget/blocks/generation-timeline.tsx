import type { HTMLAttributes, ReactElement, ReactNode } from 'react'
import { useState } from 'react'
import type { Session } from '../../client/session.ts'
import type { BackfoldError } from '../../core/backfold-error.ts'
import type { GenerationStatus } from '../../core/session/generation.ts'
import type { GenerationSummary, RollbackOutcome } from '../../protocol/requests.ts'
import { useContextState } from '../hooks/use-context-state.ts'
import { useGenerations } from '../hooks/use-generations.ts'
import { asError } from '../view/as-error.ts'
import { groupedCount } from '../view/as-count.ts'
import type { ClassNames } from './part.ts'
import { part } from './part.ts'
import type { ProblemLabels } from './problem.tsx'
import { Problem, PROBLEM_LABELS } from './problem.tsx'

/** All that the timeline says. */
export interface TimelineLabels extends ProblemLabels {
  readonly name: string
  readonly empty: string
  readonly generation: (n: number) => string
  readonly head: string
  readonly statuses: Readonly<Record<GenerationStatus, string>>
  readonly tokens: (before: number, after: number) => string
  readonly covered: (messages: number) => string
  readonly time: (at: number) => string
  readonly rollBack: string
  /** Names the button for screen readers. */
  readonly rollBackTo: (n: number) => string
  readonly unfold: string
  readonly rolledBack: (n: number) => string
  readonly refused: (reason: string) => string
}

const TIMELINE_LABELS: TimelineLabels = {
  ...PROBLEM_LABELS,
  name: 'Generations',
  empty: 'No generation yet.',
  generation: (n) => `Generation ${n}`,
  head: 'head',
  statuses: {
    candidate: 'candidate',
    applied: 'applied',
    superseded: 'superseded',
    'rolled-back': 'rolled back',
    rejected: 'rejected',
  },
  tokens: (before, after) => `${groupedCount(before)} → ${groupedCount(after)} tokens`,
  covered: (messages) => `covers ${groupedCount(messages)} messages`,
  time: (at) => new Date(at).toLocaleString(),
  rollBack: 'Roll back',
  rollBackTo: (n) => `Roll back to generation ${n}`,
  unfold: 'Unfold all',
  rolledBack: (n) => (n === 0 ? 'All is unfolded.' : `Rolled back to generation ${n}.`),
  refused: (reason) => `Not rolled back: ${reason}`,
}

export type TimelinePart =
  | 'list'
  | 'item'
  | 'name'
  | 'status'
  | 'tokens'
  | 'covered'
  | 'time'
  | 'rollback'
  | 'unfold'
  | 'outcome'
  | 'empty'

/** A generation as it stands in the timeline. */
export interface TimelineItem {
  readonly generation: GenerationSummary
  readonly isHead: boolean
  /** Whether it can be made the head again. */
  readonly mayRollBack: boolean
  readonly rollBack: () => void
}

export interface GenerationTimelineProps extends Omit<
  HTMLAttributes<HTMLElement>,
  'children' | 'onError'
> {
  readonly session: Session | null
  /** Generations that the host keeps up to date itself, newest first; by default the block reads them. */
  readonly generations?: readonly GenerationSummary[] | undefined
  /** The head, where the host follows the session itself; 0 for none. */
  readonly head?: number | undefined
  readonly labels?: Partial<TimelineLabels> | undefined
  readonly classNames?: ClassNames<TimelinePart> | undefined
  /** Without buttons to roll back; false by default. */
  readonly readOnly?: boolean | undefined
  /** Told what a rollback by its buttons came to. */
  readonly onRollback?: ((outcome: RollbackOutcome) => void) | undefined
  /** Draws what is inside an item, in place of the usual. */
  readonly children?: ((item: TimelineItem) => ReactNode) | undefined
}

/** What the last rollback came to, and in which session. */
interface RolledBack {
  readonly session: Session
  readonly outcome: RollbackOutcome | { readonly kind: 'failed'; readonly error: BackfoldError }
  readonly again: () => void
}

/**
 * The session's generations, newest first: status, tokens before and after, and a button to roll back. The head has
 * `data-status="head"`.
 *
 * @see SPEC.md rule REACT10
 */
export function GenerationTimeline(props: GenerationTimelineProps): ReactElement {
  const { session, generations, labels, classNames, onRollback, children, ...others } = props
  const { readOnly = false, head: givenHead, ...rest } = others
  const text = { ...TIMELINE_LABELS, ...labels }
  const { status, value, error, retry } = useGenerations(generations ? null : session)
  const items = generations ?? value
  const state = useContextState(givenHead === undefined ? session : null)
  const head = givenHead ?? state?.generation ?? 0
  const [busy, setBusy] = useState<Session | null>(null)
  const isBusy = session !== null && busy === session
  const [last, setLast] = useState<RolledBack | null>(null)
  const rollBack = (n: number): void => {
    if (session === null || isBusy) return
    setBusy(session)
    const settle = (outcome: RolledBack['outcome']): void => {
      setBusy((now) => (now === session ? null : now))
      setLast({ session, outcome, again: () => rollBack(n) })
    }
    session.rollback(n).then(
      (outcome) => {
        settle(outcome)
        onRollback?.(outcome)
      },
      (thrown: unknown) => settle({ kind: 'failed', error: asError(thrown) }),
    )
  }
  const outcome = last?.session === session ? (last?.outcome ?? null) : null
  return (
    <section aria-label={text.name} {...rest} aria-busy={status === 'reading' || isBusy}>
      {error !== null && <Problem error={error} labels={text} onRetry={retry} />}
      {items?.length === 0 && <p {...part('empty', classNames)}>{text.empty}</p>}
      {items !== null && items.length > 0 && (
        <ol {...part('list', classNames)}>
          {items.map((generation) => {
            const isHead = generation.n === head
            const mayRollBack = !readOnly && !isHead && isReturnable(generation.status)
            const item = { generation, isHead, mayRollBack, rollBack: () => rollBack(generation.n) }
            return (
              <li
                key={generation.n}
                {...part('item', classNames)}
                data-generation={generation.n}
                data-status={isHead ? 'head' : generation.status}
                aria-current={isHead ? 'true' : undefined}
              >
                {children === undefined ? (
                  <Item item={item} text={text} classNames={classNames} isBusy={isBusy} />
                ) : (
                  children(item)
                )}
              </li>
            )
          })}
        </ol>
      )}
      {!readOnly && head > 0 && (
        <button
          type="button"
          {...part('unfold', classNames)}
          disabled={isBusy}
          onClick={() => rollBack(0)}
        >
          {text.unfold}
        </button>
      )}
      {!readOnly && (
        <p {...part('outcome', classNames)} role="status">
          {outcome?.kind === 'rolled-back' && text.rolledBack(outcome.to)}
          {outcome?.kind === 'refused' && text.refused(outcome.reason)}
        </p>
      )}
      {outcome?.kind === 'failed' && (
        <Problem error={outcome.error} labels={text} onRetry={last?.again ?? retry} />
      )}
    </section>
  )
}

function isReturnable(status: GenerationStatus): boolean {
  return status !== 'candidate' && status !== 'rejected'
}

interface ItemProps {
  readonly item: TimelineItem
  readonly text: TimelineLabels
  readonly classNames: ClassNames<TimelinePart> | undefined
  readonly isBusy: boolean
}

function Item({ item, text, classNames, isBusy }: ItemProps): ReactElement {
  const { n, status, tokensBefore, tokensAfter, covered, createdAt, appliedAt } = item.generation
  const at = new Date(appliedAt ?? createdAt)
  return (
    <>
      <span {...part('name', classNames)}>{text.generation(n)}</span>{' '}
      <span {...part('status', classNames)}>{item.isHead ? text.head : text.statuses[status]}</span>{' '}
      <span {...part('tokens', classNames)}>{text.tokens(tokensBefore, tokensAfter)}</span>{' '}
      <span {...part('covered', classNames)}>{text.covered(covered)}</span>{' '}
      {!Number.isNaN(at.getTime()) && (
        <time {...part('time', classNames)} dateTime={at.toISOString()} suppressHydrationWarning>
          {text.time(at.getTime())}
        </time>
      )}{' '}
      {item.mayRollBack && (
        <button
          type="button"
          {...part('rollback', classNames)}
          aria-label={text.rollBackTo(n)}
          disabled={isBusy}
          onClick={item.rollBack}
        >
          {text.rollBack}
        </button>
      )}
    </>
  )
}

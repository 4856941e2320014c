import type { ReactElement } from 'react'
import { useState } from 'react'
import { useRequest } from '../../src/app/hooks/use-request.ts'
import { clockTime, shortTokens } from '../../src/app/view/token-format.ts'
import { reasonText } from '../../src/app/view/reason-text.ts'
import { describeProblem } from '../../src/app/view/error-advice.ts'
import { ProblemBanner } from '../../src/app/zones/problem-banner.tsx'
import { useObservable } from '../../src/widget/hooks/use-observable.ts'
import type { LoggedRequest } from '../wire/panel-wire.ts'
import { LABELS } from './labels.ts'
import { useSay } from './live.tsx'
import { RequestDiff } from './request-diff.tsx'
import type { PanelWorld } from './world.ts'

interface RequestLogProps {
  readonly world: PanelWorld
  readonly origin: string
}

/** Requests drawn, the newest. */
const MOST_DRAWN = 200

/** Every request of a site that was looked at: what was sent, what that saved, and the way back. */
export function RequestLog({ world, origin }: RequestLogProps): ReactElement {
  const revision = useObservable(world.requests)
  const { value, problem } = useRequest(`requests ${origin} ${revision}`, () =>
    world.ask('requests', { origin }),
  )
  if (problem !== null && value === null) {
    return <ProblemBanner problem={problem} onDismiss={null} onRetry={null} />
  }
  if (value === null) return <div className="skeleton" aria-busy="true" />
  if (value.length === 0) return <p className="empty">{LABELS.requests.empty}</p>
  return (
    <section className="request-log" aria-label={LABELS.tabs.requests}>
      <p className="hint">{LABELS.requests.lead}</p>
      <ol data-testid="requests">
        {value
          .slice(-MOST_DRAWN)
          .toReversed()
          .map((request) => (
            <RequestItem key={request.id} world={world} request={request} />
          ))}
      </ol>
    </section>
  )
}

interface RequestItemProps {
  readonly world: PanelWorld
  readonly request: LoggedRequest
}

function RequestItem({ world, request }: RequestItemProps): ReactElement {
  const { id, kind, isUndone, hasBodies, generation } = request
  const [isOpen, setOpen] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const say = useSay()
  const undo = async (): Promise<void> => {
    setBusy(true)
    say(await undoRequest(world, id))
    setBusy(false)
  }
  return (
    <li className="request" data-kind={kind} data-testid="request">
      <RequestHead request={request} />
      <p className="hint request-facts">{factsOf(request)}</p>
      <div className="button-row">
        {hasBodies && kind !== 'passed' && (
          <button
            type="button"
            className="link"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
            data-testid="request-changes"
          >
            {LABELS.requests.changes}
          </button>
        )}
        {kind !== 'passed' && !isUndone && generation > 0 && (
          <button
            type="button"
            className="link"
            disabled={isBusy}
            onClick={() => void undo()}
            data-testid="request-undo"
          >
            {LABELS.requests.undo}
          </button>
        )}
      </div>
      {isOpen && <RequestDiff world={world} id={id} />}
    </li>
  )
}

/** Resolves to what came of it, as a sentence. */
async function undoRequest(world: PanelWorld, id: string): Promise<string> {
  try {
    const { isUndone, reason } = await world.ask('undo', { id })
    return isUndone ? LABELS.requests.saidUndone : LABELS.requests.notUndone(reasonText(reason))
  } catch (thrown) {
    return describeProblem(thrown).message
  }
}

function factsOf({ tokens, restored, reason, url }: LoggedRequest): string {
  const saved = tokens === null ? 0 : tokens.before - tokens.after
  return [
    saved > 0 ? LABELS.requests.saved(saved) : '',
    restored > 0 ? LABELS.requests.restored(restored) : '',
    reason === '' ? '' : reasonText(reason),
    url.slice(0, 300),
  ]
    .filter((text) => text !== '')
    .join(' · ')
}

function RequestHead({ request }: Pick<RequestItemProps, 'request'>): ReactElement {
  const { at, kind, tokens, isUndone } = request
  return (
    <div className="request-head">
      <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
      <span className="status" data-status={STATUS[kind]}>
        {LABELS.requests.kinds[kind]}
      </span>
      {isUndone && <span className="status">{LABELS.requests.undone}</span>}
      {tokens !== null && (
        <span className="request-tokens">
          {kind === 'passed'
            ? shortTokens(tokens.before)
            : LABELS.requests.tokens(tokens.before, tokens.after)}
        </span>
      )}
    </div>
  )
}

const STATUS = { sent: 'applied', rescued: 'candidate', passed: 'passed' } as const

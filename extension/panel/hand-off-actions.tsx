import type { ReactElement } from 'react'
import { useState } from 'react'
import type { SiteId } from '../sites/site.ts'
import type { TabState } from '../wire/panel-wire.ts'
import { carryOver, type Goal, type HandOffEnd } from './hand-off.ts'
import { hostName } from './host-name.ts'
import { LABELS } from './labels.ts'
import { useSay } from './live.tsx'
import { targetsOf, type Target } from './panel-core.ts'
import type { PanelWorld } from './world.ts'

interface HandOffActionsProps {
  readonly world: PanelWorld
  readonly state: TabState
  readonly session: string
  readonly text: string
  readonly fileName: string
  readonly onAgain: () => void
}

/** What came of it, and the tab in which something stood in the way. */
interface Told {
  readonly words: readonly string[]
  readonly isGood: boolean
  readonly occupied: number | null
}

/** Ways to take a hand-off along. None of them sends. */
export function HandOffActions(props: HandOffActionsProps): ReactElement {
  const { world, state, text } = props
  const targets = targetsOf(world.sites, state.site)
  const [site, setSite] = useState(targets[0]?.site ?? null)
  const { fill, busy, told } = useFill(props)
  const target = targets.find((one) => one.site === site)
  const cannot = busy !== null || text.trim() === ''
  return (
    <div className="hand-off-actions">
      {target !== undefined && (
        <>
          <TargetSelect
            targets={targets}
            own={state.site}
            chosen={target.site}
            onChoose={setSite}
          />
          <button
            type="button"
            className="primary"
            disabled={cannot}
            onClick={() => void fill({ kind: 'new', target })}
            data-testid="open-and-fill"
          >
            {busy === 'new' ? LABELS.handOff.opening : LABELS.handOff.openAndFill}
          </button>
        </>
      )}
      <div className="button-row">
        <button
          type="button"
          className="plain"
          disabled={cannot}
          onClick={() => void fill({ kind: 'here', tab: state.tab, replaces: false })}
          data-testid="fill-here"
        >
          {busy === 'here' ? LABELS.handOff.filling : LABELS.handOff.fillHere}
        </button>
        <TakeAlong {...props} />
        <button type="button" className="quiet" disabled={busy !== null} onClick={props.onAgain}>
          {LABELS.handOff.again}
        </button>
      </div>
      {told !== null && (
        <End told={told} onReplace={(tab) => void fill({ kind: 'there', tab, replaces: true })} />
      )}
    </div>
  )
}

interface Filling {
  readonly fill: (goal: Goal) => Promise<void>
  /** Where it is being filled in; null for nowhere. */
  readonly busy: Goal['kind'] | null
  readonly told: Told | null
}

function useFill({ world, session, text }: HandOffActionsProps): Filling {
  const [busy, setBusy] = useState<Goal['kind'] | null>(null)
  const [told, setTold] = useState<Told | null>(null)
  const say = useSay()
  const fill = async (goal: Goal): Promise<void> => {
    setBusy(goal.kind)
    setTold(null)
    const { end, tab, isCopied } = await carryOver(world, session, text, goal)
    const next = { ...tell(end, isCopied), occupied: end.kind === 'occupied' ? tab : null }
    setBusy(null)
    setTold(next)
    say(next.words.join(' '), false)
  }
  return { fill, busy, told }
}

interface TargetSelectProps {
  readonly targets: readonly Target[]
  readonly own: SiteId | null
  readonly chosen: SiteId
  readonly onChoose: (site: SiteId) => void
}

function TargetSelect({ targets, own, chosen, onChoose }: TargetSelectProps): ReactElement {
  return (
    <label className="form">
      {LABELS.handOff.target}
      <select
        value={chosen}
        onChange={({ target: { value } }) => {
          const found = targets.find(({ site }) => site === value)
          if (found !== undefined) onChoose(found.site)
        }}
        data-testid="hand-off-target"
      >
        {targets.map(({ site, name }) => (
          <option key={site} value={site}>
            {site === own ? LABELS.handOff.sameSite(name) : name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Ways that need no page. */
function TakeAlong({ world, text, fileName }: HandOffActionsProps): ReactElement {
  const say = useSay()
  const isEmpty = text.trim() === ''
  const copy = async (): Promise<void> => {
    const isCopied = await world.copy(text)
    say(isCopied ? LABELS.handOff.saidCopied : LABELS.handOff.saidNotCopied)
  }
  return (
    <>
      <button type="button" className="plain" disabled={isEmpty} onClick={() => void copy()}>
        {LABELS.handOff.copy}
      </button>
      <button
        type="button"
        className="plain"
        disabled={isEmpty}
        onClick={() => {
          world.save(fileName, text)
          say(LABELS.handOff.saidSaved)
        }}
      >
        {LABELS.handOff.save}
      </button>
    </>
  )
}

interface EndProps {
  readonly told: Told
  readonly onReplace: (tab: number) => void
}

function End({ told: { words, isGood, occupied }, onReplace }: EndProps): ReactElement {
  return (
    <div className="told" data-good={isGood} data-testid="hand-off-end">
      {words.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {occupied !== null && (
        <button
          type="button"
          className="plain"
          onClick={() => onReplace(occupied)}
          data-testid="replace"
        >
          {LABELS.handOff.replace}
        </button>
      )}
    </div>
  )
}

/** What came of a hand-off, in words. */
function tell(end: HandOffEnd, isCopied: boolean): Omit<Told, 'occupied'> {
  const { ends } = LABELS.handOff
  if (end.kind === 'filled') return { words: [ends[end.as]], isGood: true }
  if (end.kind === 'occupied') return { words: [ends.occupied], isGood: false }
  const why =
    end.kind === 'failed' ? ends.failed(end.reason) : ends.notAllowed(hostName(end.origin))
  return { words: [why, isCopied ? ends.copied : ends.notCopied], isGood: false }
}

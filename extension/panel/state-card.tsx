import type { ReactElement, ReactNode, SubmitEvent } from 'react'
import { useState } from 'react'
import { hostName } from './host-name.ts'
import { LABELS } from './labels.ts'
import { useSay } from './live.tsx'
import { originOf, type PanelView } from './panel-core.ts'
import { UnlockForm } from './unlock-form.tsx'
import type { PanelWorld } from './world.ts'

interface StateCardProps {
  readonly world: PanelWorld
  readonly view: Exclude<PanelView, { readonly kind: 'chat' | 'connecting' }>
}

/** Why there is no chat to be shown, with the one thing that leads on. */
export function StateCard({ world, view }: StateCardProps): ReactElement {
  const detail = view.kind === 'lost' ? view.reason : ''
  return (
    <Card kind={view.kind} {...wordsOf(view)} detail={detail}>
      <WayOn world={world} view={view} />
    </Card>
  )
}

function wordsOf(view: StateCardProps['view']): { readonly title: string; readonly text: string } {
  const { states } = LABELS
  switch (view.kind) {
    case 'nothing-yet':
      return states.nothing
    case 'no-access':
      return { ...states.noAccess, title: states.noAccess.title(hostName(view.origin)) }
    case 'off':
      return { ...states.off, title: states.off.title(hostName(view.origin)) }
    default:
      return states[view.kind]
  }
}

function WayOn({ world, view }: StateCardProps): ReactElement | null {
  const { states } = LABELS
  switch (view.kind) {
    case 'lost':
      return <Lead name="retry" text={LABELS.retry} onPress={world.retry} />
    case 'locked':
      return <UnlockForm world={world} />
    case 'nowhere': {
      const open = (): void => void world.openPage('archive', '')
      return <Lead name="archive" text={LABELS.header.archive} onPress={open} />
    }
    case 'hidden':
      return <OriginForm world={world} />
    case 'no-access':
      return <EnableButton world={world} origin={view.origin} />
    case 'off': {
      const turnOn = (): void => void world.changeSite(view.origin, { isOn: true })
      return <Lead name="turn-on" text={states.off.on} onPress={turnOn} />
    }
    case 'stale': {
      const reload = (): void => void world.reload(view.tab)
      return <Lead name="reload" text={states.stale.reload} onPress={reload} />
    }
    case 'paused': {
      const resume = (): void => void world.change({ isPaused: false })
      return <Lead name="resume" text={LABELS.header.resume} onPress={resume} />
    }
    case 'private':
    case 'nothing-yet':
    case 'temporary':
      return null
  }
}

interface LeadProps {
  readonly name: string
  readonly text: string
  readonly onPress: () => void
}

function Lead({ name, text, onPress }: LeadProps): ReactElement {
  return (
    <button type="button" className="primary" onClick={onPress} data-testid={name}>
      {text}
    </button>
  )
}

interface CardProps {
  readonly kind: string
  readonly title: string
  readonly text: string
  readonly detail?: string
  readonly children?: ReactNode
}

function Card({ kind, title, text, detail = '', children }: CardProps): ReactElement {
  return (
    <section className="state-card" data-state={kind} data-testid="state-card">
      <h2>{title}</h2>
      <p>{text}</p>
      {detail !== '' && <p className="hint">{detail.slice(0, 500)}</p>}
      {children}
    </section>
  )
}

/** Asks for a site and turns Backfold on there, by one click. */
export function EnableButton({
  world,
  origin,
}: {
  readonly world: PanelWorld
  readonly origin: string
}): ReactElement {
  const say = useSay()
  const { noAccess } = LABELS.states
  return (
    <button
      type="button"
      className="primary"
      onClick={() =>
        void world.enable(origin).then((isGranted) => {
          if (!isGranted) say(noAccess.refused)
        })
      }
      data-testid="enable"
    >
      <bdi>{noAccess.enable(hostName(origin))}</bdi>
    </button>
  )
}

/** Names a site that the browser does not tell. */
export function OriginForm({ world }: { readonly world: PanelWorld }): ReactElement {
  const [typed, setTyped] = useState('')
  const say = useSay()
  const { hidden, noAccess } = LABELS.states
  const origin = originOf(typed)
  return (
    <form
      className="form"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault()
        if (origin === null) return
        void world.enable(origin).then((isGranted) => {
          if (isGranted) setTyped('')
          else say(noAccess.refused)
        })
      }}
    >
      <label>
        {hidden.field}
        <input
          value={typed}
          list="known-sites"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={2_000}
          placeholder="https://"
          aria-invalid={typed !== '' && origin === null}
          onChange={({ target }) => setTyped(target.value)}
          data-testid="origin"
        />
      </label>
      <datalist id="known-sites" aria-label={hidden.known}>
        {world.sites.flatMap(({ name, hosts }) =>
          hosts.map((host) => (
            <option key={host} value={`https://${host}`}>
              {name}
            </option>
          )),
        )}
      </datalist>
      {typed !== '' && origin === null && <p className="failed">{hidden.wrong}</p>}
      <button type="submit" className="primary" disabled={origin === null}>
        {noAccess.enable(origin === null ? '…' : hostName(origin))}
      </button>
    </form>
  )
}

import type { HTMLAttributes, ReactElement } from 'react'
import { useMemo, useState } from 'react'
import type { Session } from '../../client/session.ts'
import { useContextEntries } from '../hooks/use-context-entries.ts'
import type { ContextArtifact } from '../view/context-artifacts.ts'
import { contextArtifacts } from '../view/context-artifacts.ts'
import type { RecalledLabels } from './artifact-view.tsx'
import { ArtifactView, RECALLED_LABELS } from './artifact-view.tsx'
import type { TextLabels } from './clipped-text.tsx'
import { TEXT_LABELS } from './clipped-text.tsx'
import type { ClassNames } from './part.ts'
import { part } from './part.ts'
import type { ProblemLabels } from './problem.tsx'
import { Problem, PROBLEM_LABELS } from './problem.tsx'
import type { SourceLabels } from './source-list.tsx'
import { SOURCE_LABELS, SourceList } from './source-list.tsx'

/** All that the list says. */
export interface ArtifactLabels extends ProblemLabels, TextLabels, SourceLabels, RecalledLabels {
  readonly name: string
  readonly empty: string
  readonly untitled: (artifact: string) => string
  readonly open: string
  readonly close: string
  /** Name the button for screen readers; what is seen of it must be in them. */
  readonly openOne: (title: string) => string
  readonly closeOne: (title: string) => string
}

const ARTIFACT_LABELS: ArtifactLabels = {
  ...PROBLEM_LABELS,
  ...TEXT_LABELS,
  ...SOURCE_LABELS,
  ...RECALLED_LABELS,
  name: 'Artifacts',
  empty: 'Nothing was moved out of this context.',
  untitled: (artifact) => `Artifact ${artifact}`,
  open: 'Recall',
  close: 'Close',
  openOne: (title) => `Recall ${title}`,
  closeOne: (title) => `Close ${title}`,
}

export type ArtifactPart = 'list' | 'item' | 'name' | 'size' | 'open' | 'payload' | 'empty'

export interface ArtifactListProps extends Omit<HTMLAttributes<HTMLElement>, 'children'> {
  readonly session: Session | null
  readonly labels?: Partial<ArtifactLabels> | undefined
  readonly classNames?: ClassNames<ArtifactPart> | undefined
  /** Makes the messages that artifacts come from buttons. */
  readonly onOpenMessage?: ((seq: number) => void) | undefined
}

/**
 * The artifacts that the context holds stubs for or that its digest names, with their size. Opening one recalls it.
 *
 * @see SPEC.md rule REACT12
 */
export function ArtifactList(props: ArtifactListProps): ReactElement {
  const { session, labels, classNames, onOpenMessage, ...rest } = props
  const text = { ...ARTIFACT_LABELS, ...labels }
  const { status, value, error, retry } = useContextEntries(session)
  const items = useMemo(() => (value === null ? null : contextArtifacts(value.entries)), [value])
  return (
    <section aria-label={text.name} {...rest} aria-busy={status === 'reading'}>
      {error !== null && <Problem error={error} labels={text} onRetry={retry} />}
      {items?.length === 0 && <p {...part('empty', classNames)}>{text.empty}</p>}
      {items !== null && items.length > 0 && session !== null && (
        <ul {...part('list', classNames)}>
          {items.map((item) => (
            <Item
              key={`${session.id} ${item.artifact}`}
              session={session}
              item={item}
              text={text}
              classNames={classNames}
              onOpenMessage={onOpenMessage}
            />
          ))}
        </ul>
      )}
    </section>
  )
}

interface ItemProps {
  readonly session: Session
  readonly item: ContextArtifact
  readonly text: ArtifactLabels
  readonly classNames: ClassNames<ArtifactPart> | undefined
  readonly onOpenMessage: ((seq: number) => void) | undefined
}

function Item({ session, item, text, classNames, onOpenMessage }: ItemProps): ReactElement {
  const [isOpen, setOpen] = useState(false)
  const { artifact, size, sources } = item
  const title = item.title === '' ? text.untitled(artifact.slice(0, 12)) : item.title
  return (
    <li {...part('item', classNames)} data-artifact={artifact} data-from={item.from}>
      <span {...part('name', classNames)} dir="auto">
        {title}
      </span>{' '}
      {size !== '' && <span {...part('size', classNames)}>{size}</span>}{' '}
      <SourceList sources={sources} labels={text} onOpenMessage={onOpenMessage} />{' '}
      <button
        type="button"
        {...part('open', classNames)}
        aria-expanded={isOpen}
        aria-label={isOpen ? text.closeOne(title) : text.openOne(title)}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? text.close : text.open}
      </button>
      {isOpen && (
        <ArtifactView
          session={session}
          place={{ artifact }}
          labels={text}
          className={classNames?.payload}
        />
      )}
    </li>
  )
}

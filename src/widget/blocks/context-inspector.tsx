import type { HTMLAttributes, ReactElement, ReactNode } from 'react'
import type { Session } from '../../client/session.ts'
import type { Entry } from '../../core/session/context.ts'
import type { Section } from '../../core/session/generation.ts'
import { useContextEntries } from '../hooks/use-context-entries.ts'
import { groupedCount } from '../view/as-count.ts'
import { groupSections } from '../view/group-sections.ts'
import type { RecalledLabels } from './artifact-view.tsx'
import { RECALLED_LABELS } from './artifact-view.tsx'
import type { TextLabels } from './clipped-text.tsx'
import { ClippedText, TEXT_LABELS } from './clipped-text.tsx'
import type { ClassNames } from './part.ts'
import { part } from './part.ts'
import type { ProblemLabels } from './problem.tsx'
import { Problem, PROBLEM_LABELS } from './problem.tsx'
import { MessageText } from './recall-view.tsx'
import type { SourceLabels } from './source-list.tsx'
import { SOURCE_LABELS, SourceList } from './source-list.tsx'
import { SECTION_NAMES } from '../view/section-names.ts'

/** All that the inspector says. */
export interface InspectorLabels
  extends ProblemLabels, TextLabels, SourceLabels, Pick<RecalledLabels, 'roles'> {
  readonly name: string
  readonly empty: string
  readonly digest: (generation: number, mark: number) => string
  /** Why an entry is in the context. */
  readonly why: Readonly<Record<Entry['kind'], string>>
  readonly tokens: (tokens: number) => string
  readonly sections: Readonly<Record<Section, string>>
}

const INSPECTOR_LABELS: InspectorLabels = {
  ...PROBLEM_LABELS,
  ...TEXT_LABELS,
  ...SOURCE_LABELS,
  roles: RECALLED_LABELS.roles,
  name: 'Context',
  empty: 'The context is empty.',
  digest: (generation, mark) => `Digest of generation ${generation}, up to message ${mark}`,
  why: {
    pinned: 'pinned: in every context',
    digest: 'stands for the messages that are folded',
    message: 'newer than the fold: word for word',
    stubbed: 'newer than the fold: large payloads moved out',
    recalled: 'recalled: the newest user message refers to it',
  },
  tokens: (tokens) => `${groupedCount(tokens)} tokens`,
  sections: SECTION_NAMES,
}

export type InspectorPart =
  'list' | 'entry' | 'head' | 'why' | 'tokens' | 'section' | 'line' | 'empty'

export interface ContextInspectorProps extends Omit<HTMLAttributes<HTMLElement>, 'children'> {
  readonly session: Session | null
  readonly labels?: Partial<InspectorLabels> | undefined
  readonly classNames?: ClassNames<InspectorPart> | undefined
  /** Makes the messages that lines of the digest stand for buttons. */
  readonly onOpenMessage?: ((seq: number) => void) | undefined
  /** Draws what is inside an entry, in place of the usual. */
  readonly children?: ((entry: Entry) => ReactNode) | undefined
}

/**
 * The context as the next turn would get it, entry by entry, each with why it is there; lines of the digest with their
 * sources. Only looks: nothing is adopted or folded by it.
 *
 * @see SPEC.md rule REACT11
 */
export function ContextInspector(props: ContextInspectorProps): ReactElement {
  const { session, labels, classNames, onOpenMessage, children, ...rest } = props
  const text = { ...INSPECTOR_LABELS, ...labels }
  const { status, value, error, retry } = useContextEntries(session)
  return (
    <section aria-label={text.name} {...rest} aria-busy={status === 'reading'}>
      {error !== null && <Problem error={error} labels={text} onRetry={retry} />}
      {value?.entries.length === 0 && <p {...part('empty', classNames)}>{text.empty}</p>}
      {value !== null && value.entries.length > 0 && (
        <ol {...part('list', classNames)}>
          {value.entries.map((entry) => (
            <li
              key={keyOf(entry)}
              {...part('entry', classNames)}
              data-kind={entry.kind}
              data-seq={entry.kind === 'digest' ? undefined : entry.message.seq}
              data-role={entry.kind === 'digest' ? undefined : entry.message.role}
            >
              {children === undefined ? (
                <EntryView
                  entry={entry}
                  text={text}
                  classNames={classNames}
                  onOpenMessage={onOpenMessage}
                />
              ) : (
                children(entry)
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

/** Recalled passages are no message of the log, so their position may be another entry's. */
function keyOf(entry: Entry): string {
  return entry.kind === 'digest' ? 'digest' : `${entry.kind} ${entry.message.seq}`
}

interface EntryViewProps {
  readonly entry: Entry
  readonly text: InspectorLabels
  readonly classNames: ClassNames<InspectorPart> | undefined
  readonly onOpenMessage: ((seq: number) => void) | undefined
}

function EntryView({ entry, text, classNames, onOpenMessage }: EntryViewProps): ReactElement {
  return (
    <>
      <span {...part('head', classNames)}>
        {entry.kind === 'digest'
          ? text.digest(entry.generation, entry.mark)
          : entry.kind === 'recalled'
            ? text.roles[entry.message.role]
            : `${text.message(entry.message.seq)} ${text.roles[entry.message.role]}`}
      </span>{' '}
      <span {...part('why', classNames)}>{text.why[entry.kind]}</span>{' '}
      <span {...part('tokens', classNames)}>{text.tokens(entry.tokens)}</span>
      {entry.kind !== 'digest' ? (
        <MessageText message={entry.message} labels={text} />
      ) : (
        groupSections(entry.lines).map(([section, lines]) => (
          <div key={section} {...part('section', classNames)} data-section={section}>
            <span data-part="section-name">{text.sections[section]}</span>
            <ul>
              {lines.map((line) => (
                <li key={line.id} {...part('line', classNames)}>
                  {line.label !== undefined && <ClippedText text={line.label} labels={text} />}
                  <ClippedText text={line.text} labels={text} />
                  <SourceList sources={line.sources} labels={text} onOpenMessage={onOpenMessage} />
                </li>
              ))}
            </ul>
          </div>
        ))
      )}
    </>
  )
}

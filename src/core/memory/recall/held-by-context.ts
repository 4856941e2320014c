import { assembleContext, type ContextSources } from '../../session/assemble.ts'
import { textOf, type Seq } from '../../session/message.ts'
import { identifiersOf } from './pack-hits.ts'

/** What whoever reads a context has before them. */
export interface HeldByContext {
  /** Messages that stand in it word for word. */
  readonly held: ReadonlySet<Seq>
  /** Identifiers that stand in it anywhere. */
  readonly known: ReadonlySet<string>
}

/** What need not be recalled because a context holds it. */
export function heldByContext(sources: ContextSources): HeldByContext {
  const held = new Set<Seq>()
  const known = new Set<string>()
  for (const entry of assembleContext(sources).entries) {
    const text = entry.kind === 'digest' ? entry.text : textOf(entry.message)
    for (const identifier of identifiersOf(text)) known.add(identifier)
    if (entry.kind === 'message' || entry.kind === 'pinned') held.add(entry.message.seq)
  }
  return { held, known }
}

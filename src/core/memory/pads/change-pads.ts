import { oneLine } from '../../compaction/digest-text.ts'
import type { Snapshotted, Write } from '../../ports/session-store.ts'
import { ROW_SCHEMA } from '../../session/session-row.ts'
import { PAD_BOUNDS, type Pad, type PadStep } from './pad.ts'
import { padShape } from './pad-shape.ts'
import { parseEdit, parsePadFile, termsOf, type PadFileEntry } from './parse-pads.ts'
import { blankSecrets } from './secrets.ts'

/** What a person does to the pads of a session. */
export type PadChange =
  | { readonly kind: 'rename'; readonly pad: number; readonly name: string }
  | {
      readonly kind: 'edit'
      readonly pad: number
      readonly goal?: string
      readonly steps?: readonly PadStep[]
    }
  | { readonly kind: 'delete'; readonly pad: number }
  /** @see parsePadFile */
  | { readonly kind: 'import'; readonly json: string }

export type ChangedPads =
  | { readonly kind: 'done'; readonly changed: readonly number[] }
  | { readonly kind: 'missing' | 'refused'; readonly reason: string }

interface Decided {
  readonly writes: readonly Write[]
  readonly outcome: ChangedPads
}

/**
 * Carries out what a person does to pads. Each change made twice is made once. Pure and total.
 *
 * @param read - With `pads: 'all'`.
 * @see SPEC.md rules PAD10, PAD11
 */
export function changePads(
  read: Pick<Snapshotted, 'pads'>,
  session: string,
  change: PadChange,
): Decided {
  if (change.kind === 'import') return importPads(read.pads, session, change.json)
  const pad = read.pads.find(({ n }) => n === change.pad)
  const isGone = !pad || (pad.isDeleted && change.kind !== 'delete')
  if (isGone) return end('missing', `there is no pad ${oneLine(String(change.pad).slice(0, 40))}`)
  switch (change.kind) {
    case 'rename': {
      const given = typeof change.name === 'string' ? change.name.slice(0, 1_000) : ''
      const name = oneLine(blankSecrets(given)).toWellFormed()
      if (name === '' || name.length > PAD_BOUNDS.nameLength) {
        return end('refused', `a name must be a text of 1 to ${PAD_BOUNDS.nameLength} characters`)
      }
      return put({ ...pad, name, isNamed: true })
    }
    case 'edit': {
      const parsed = parseEdit(pad, change.goal, change.steps)
      if (parsed.kind === 'refused') return end('refused', parsed.reason)
      const [entry] = parsed.pads
      if (!entry) return put(pad)
      const content = contentOf(entry)
      // By its former shape and terms further runs are counted for it, rather than for a new one.
      const terms = [...new Set([...content.terms, ...pad.terms])].slice(0, PAD_BOUNDS.terms)
      return put({ ...pad, ...content, terms, shape: pad.shape, isEdited: true })
    }
    case 'delete': {
      // Its shape and terms stay, by which it is known again.
      const texts = { name: '', goal: '', outcome: '' }
      const nothing = { ...texts, params: [], steps: [], preconditions: [], sources: [] }
      return put({ ...pad, ...nothing, isDeleted: true })
    }
  }
}

/** What was imported counts as untried, whatever the file says, and so is what was imported before left alone. */
function importPads(pads: readonly Pad[], session: string, json: string): Decided {
  const parsed = parsePadFile(json)
  if (parsed.kind === 'refused') return end('refused', parsed.reason)
  const known = new Map<string, number>()
  for (const pad of pads) {
    if (pad.origin === 'imported' && !pad.isDeleted) known.set(keyOf(pad), pad.n)
  }
  const writes: Write[] = []
  const changed: number[] = []
  let last = pads.reduce((most, { n }) => Math.max(most, n), 0)
  for (const entry of parsed.pads) {
    const there = known.get(keyOf(entry))
    if (there === undefined) {
      last += 1
      known.set(keyOf(entry), last)
      writes.push({ table: 'pads', row: importedPad(session, last, entry) })
    }
    changed.push(there ?? last)
  }
  if (pads.length + writes.length > PAD_BOUNDS.rows) {
    return end('refused', `a session holds at most ${PAD_BOUNDS.rows} pads: delete some first`)
  }
  return { writes, outcome: { kind: 'done', changed } }
}

function importedPad(session: string, n: number, entry: PadFileEntry): Pad {
  return {
    session,
    n,
    schema: ROW_SCHEMA,
    name: entry.name,
    origin: 'imported',
    isNamed: false,
    isEdited: false,
    isDeleted: false,
    ...contentOf(entry),
    sources: [],
    runs: [],
    uses: 0,
    successes: 0,
    failures: 0,
    failedInARow: 0,
  }
}

function contentOf(entry: PadFileEntry): Omit<PadFileEntry, 'name'> & Pick<Pad, 'terms' | 'shape'> {
  const { goal, params, steps, preconditions, outcome } = entry
  const shape = padShape(steps)
  return { goal, params, steps, preconditions, outcome, terms: termsOf(entry), shape }
}

function keyOf({ name, goal, steps }: Pick<Pad, 'name' | 'goal' | 'steps'>): string {
  return JSON.stringify([name, goal, steps])
}

function put(pad: Pad): Decided {
  return { writes: [{ table: 'pads', row: pad }], outcome: { kind: 'done', changed: [pad.n] } }
}

function end(kind: 'missing' | 'refused', reason: string): Decided {
  return { writes: [], outcome: { kind, reason } }
}

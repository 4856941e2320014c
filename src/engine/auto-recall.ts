import { choosePassages } from '../core/memory/choose-passages.ts'
import { findReferences } from '../core/memory/find-references.ts'
import { isRecallExchange } from '../core/memory/is-recall-exchange.ts'
import {
  recalledEntry,
  turnStart,
  withRecalled,
  type RecalledPassages,
} from '../core/memory/recalled-entry.ts'
import type { Context } from '../core/session/context.ts'
import { textOf, type Message, type Seq } from '../core/session/message.ts'
import { reviseSession } from '../core/session/session-row.ts'
import { withDeadline } from './deadline.ts'
import type { SessionCell } from './session-cell.ts'

/** Longest wait of a turn for what may be recalled, in milliseconds. */
const MAX_WAIT_MS = 300
/** Messages that are looked through for one turn. */
const MAX_HITS = 40

/**
 * Looks, when a turn starts, for stored passages that the user's message clearly refers to, and records which:
 * they stay for the whole turn, and are gone with the next, so that all requests of a turn begin alike and the
 * log alone is the prefix of the next.
 *
 * A search that fails or hangs keeps no turn from starting.
 *
 * @param context - As it will be handed out.
 * @see SPEC.md rules AUTO1–AUTO5
 */
export async function recallForTurn(
  cell: SessionCell,
  context: Context,
  closing: AbortSignal,
): Promise<void> {
  const { ports, id } = cell
  const start = turnStart(context)
  const { policy, recalled, mark } = cell.row()
  const isDue =
    policy.autoRecall.tokens > 0 &&
    start !== undefined &&
    start.seq === context.through &&
    recalled?.after !== start.seq
  if (!isDue) return
  const hidden = hiddenMessages(context, mark)
  if (mark === 0 && hidden.size === 0) return
  const timed = await withDeadline(ports.clock, MAX_WAIT_MS, closing, (signal) =>
    findPassages(
      cell,
      context,
      start,
      (seq) => hidden.has(seq) || isCovered(context, mark, seq),
      signal,
    ),
  )
  if (timed.kind !== 'done' || !timed.value) return
  const found: RecalledPassages = timed.value
  const row = await ports.store.commit({ session: id }, ({ session }) => {
    if (!session) return { writes: [], outcome: session }
    const after = reviseSession(session, { recalled: found })
    return { writes: [{ table: 'sessions', row: after }], outcome: after }
  })
  if (row) cell.know(row)
}

/**
 * The context with what was recalled for its turn, unless that would not fit any more.
 *
 * @param fits - Whether a context of so many tokens can be handed out.
 * @see SPEC.md rules AUTO3, AUTO4
 */
export async function addRecalled(
  cell: SessionCell,
  context: Context,
  fits: (tokens: number) => boolean,
): Promise<Context> {
  const { recalled, policy } = cell.row()
  if (!recalled || recalled.after !== turnStart(context)?.seq) return context
  const { ports, id } = cell
  const at = recalled.passages.map(({ seq }) => seq)
  const read = await ports.store.read({ session: id, at })
  // What was chosen fitted the budget of that time, and stays as it is for the turn.
  const made = recalledEntry(recalled, read.at, Infinity, (text) => ports.tokeniser.count(text))
  if (!made || !fits(context.tokens + made.entry.tokens)) return context
  return policy.autoRecall.tokens > 0 ? withRecalled(context, made.entry, recalled.after) : context
}

async function findPassages(
  { ports, id, row }: SessionCell,
  context: Context,
  start: Message,
  isHidden: (seq: Seq) => boolean,
  signal: AbortSignal,
): Promise<RecalledPassages | undefined> {
  const spoken = start.parts.filter(({ type }) => type === 'text')
  const references = findReferences(textOf({ parts: spoken }), readable(context, start.seq))
  if (references.length === 0) return undefined
  const query = references.map(({ term }) => term).join(' ')
  const hits = await ports.searcher.search({ session: id, query, limit: MAX_HITS }, signal)
  const seqs = hits.filter(({ seq, active }) => active && isHidden(seq)).map(({ seq }) => seq)
  if (seqs.length === 0) return undefined
  const { at } = await ports.store.read({ session: id, at: seqs })
  const said = at.filter((message) => !isRecallExchange(message))
  const passages = choosePassages(references, said)
  const made = recalledEntry(
    { after: start.seq, passages },
    at,
    row().policy.autoRecall.tokens,
    (text) => ports.tokeniser.count(text),
  )
  return made && { after: start.seq, passages: made.passages }
}

/** All that the model can read besides the message itself. */
function readable({ entries }: Context, except: Seq): string {
  return entries
    .map((entry) => {
      if (entry.kind === 'digest') return entry.text
      return entry.message.seq === except ? '' : textOf(entry.message)
    })
    .join('\n')
}

/** Messages above the mark of which a payload was moved out. */
function hiddenMessages({ entries }: Context, mark: Seq): ReadonlySet<Seq> {
  return new Set(
    entries.flatMap((entry) =>
      entry.kind === 'stubbed' && entry.message.seq > mark ? [entry.message.seq] : [],
    ),
  )
}

/** Whether a message is folded and does not stand in the context by its pin. */
function isCovered({ entries }: Context, mark: Seq, seq: Seq): boolean {
  return (
    seq <= mark && !entries.some((entry) => entry.kind === 'pinned' && entry.message.seq === seq)
  )
}

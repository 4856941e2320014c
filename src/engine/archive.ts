import { BackfoldError } from '../core/backfold-error.ts'
import { STUB_QUERY, stubCandidate } from '../core/compaction/stub-candidate.ts'
import type { StubbedPayload } from '../core/compaction/stub-payload.ts'
import { archivable, archivedPayloads } from '../core/memory/archive-payloads.ts'
import type { ActionOf } from '../core/memory/memory-action.ts'
import { changeAction, recordAction } from '../core/memory/record-action.ts'
import type { Artifact } from '../core/session/generation.ts'
import type { Seq } from '../core/session/message.ts'
import { withDeadline } from './deadline.ts'
import type { OpenSession } from './open-session.ts'
import type { SessionCell } from './session-cell.ts'

/** Longest wait of a tool call for a fold, in milliseconds. */
const FOLD_WAIT_MS = 10_000

/**
 * Folds up to a message because the model wants room: a job as a person would start one, so that legal cuts,
 * pins and the retained tail hold. Adopted when the next turn starts.
 *
 * @returns What is said to the model.
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rule MEM7
 */
export async function archiveUpTo(
  { cell, slot }: OpenSession,
  upTo: Seq,
  closing: AbortSignal,
): Promise<string> {
  const { mark, nextSeq, candidate } = cell.row()
  if (upTo <= mark) throw refusal(`everything up to message ${mark} is folded already`)
  if (upTo >= nextSeq) throw refusal(`there is no message ${upTo} yet`)
  if (candidate !== 0) throw refusal('a fold is ready already, and takes effect with the next turn')
  if (cell.running()) throw refusal('a fold is being prepared already')
  const first = await record(cell, { upTo, payloads: [], status: 'pending' })
  const timed = await withDeadline(cell.ports.clock, FOLD_WAIT_MS, closing, () =>
    slot.request({ upTo }),
  )
  if (timed.kind !== 'done') {
    return `The fold is being prepared, as action ${first.n}; it takes effect with the next turn.`
  }
  const outcome = timed.value
  if (outcome.kind !== 'ready' && outcome.kind !== 'applied') {
    await settleAction(cell, first.n, { status: 'undone' })
    throw refusal(`nothing was folded: ${outcome.reason}`)
  }
  const { generation, tokensBefore, tokensAfter } = outcome
  await settleAction(cell, first.n, { status: 'done', generation })
  const read = await cell.ports.store.read({ session: cell.id, generations: [generation] })
  const to = read.generations[0]?.mark ?? upTo
  return (
    `Messages up to ${to} are folded, as action ${first.n}: ${tokensBefore} → ${tokensAfter} tokens, ` +
    'with the next turn. All of them can be recalled.'
  )
}

/**
 * Moves the payloads of one message out because the model is done with them. Where there is a head to build on,
 * a candidate is made at once; otherwise, and whatever becomes of it, every later fold leaves stubs for them.
 *
 * @param part - Only this part; all by default.
 * @returns What is said to the model.
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rule MEM7
 */
export async function archivePayloads(
  cell: SessionCell,
  seq: Seq,
  part: number | undefined,
  owner: string,
): Promise<string> {
  const { ports, id } = cell
  const count = (text: string): number => ports.tokeniser.count(text)
  const { session, at, notes } = await ports.store.read({ session: id, at: [seq], notes: 'all' })
  const message = at[0]
  if (!session || !message?.active) throw refusal(`message ${seq} is not on the active path`)
  if (seq <= session.mark) throw refusal(`message ${seq} is folded already`)
  if (session.pins.includes(seq)) throw refusal(`message ${seq} is pinned`)
  const isArchived = archivedPayloads(notes)
  const found = archivable(message, part, count).filter(
    ({ stub }) => !isArchived(stub.seq, stub.part),
  )
  if (found.length === 0) throw refusal(`message ${seq} has no payload that is worth moving out`)
  const payloads = found.map(({ stub }) => ({ seq: stub.seq, part: stub.part }))
  const action = await record(cell, { payloads, status: 'pending' })
  await ports.store.put(
    (await packed(cell, found)).map((row) => ({ table: 'artifacts', row }) as const),
  )
  const made = await ports.store.commit({ session: id, ...STUB_QUERY }, (read) =>
    stubCandidate(
      read,
      found.map(({ stub }) => stub),
      owner,
      ports.clock.now(),
    ),
  )
  const saved = found.reduce((sum, { stub }) => sum + stub.tokensBefore - stub.tokens, 0)
  if (!made) return `It is moved out with the next fold, as action ${action.n}: ${saved} tokens.`
  cell.know(made.session)
  ports.notices.post({ session: id, kind: 'job' })
  const { n: generation, categoriesAfter: after } = made.generation
  cell.emit(
    { type: 'candidate-ready', job: made.job.n, generation },
    { before: made.session.tokens.context, after },
  )
  await settleAction(cell, action.n, { status: 'done', generation })
  return `It is moved out when the next turn starts, as action ${action.n}: ${saved} tokens.`
}

function settleAction(
  cell: SessionCell,
  n: number,
  change: Pick<ActionOf<'archive'>, 'status' | 'generation'>,
): Promise<void> {
  return cell.ports.store.commit({ session: cell.id, notes: 'all', writes: ['notes'] }, (read) =>
    changeAction(read, n, change),
  )
}

async function record(
  cell: SessionCell,
  fields: Pick<ActionOf<'archive'>, 'payloads' | 'status' | 'upTo'>,
): Promise<ActionOf<'archive'>> {
  const outcome = await cell.ports.store.commit(
    { session: cell.id, notes: 'all', writes: ['notes'] },
    (read) => recordAction(read, 'archive', fields, cell.ports.clock.now()),
  )
  if (outcome.kind === 'refused') throw refusal(outcome.reason)
  if (outcome.action.kind !== 'archive') throw new BackfoldError('INTERNAL', 'another action')
  return outcome.action
}

function packed(
  { ports, id }: SessionCell,
  found: readonly StubbedPayload[],
): Promise<readonly Artifact[]> {
  return Promise.all(
    found.map(async ({ payload: { text, ...payload } }) => ({
      ...payload,
      ...(await ports.compressor.pack(text)),
      session: id,
      length: text.length,
    })),
  )
}

function refusal(reason: string): BackfoldError {
  return new BackfoldError('INVALID_INPUT', reason)
}

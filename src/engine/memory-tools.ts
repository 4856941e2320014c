import { BackfoldError } from '../core/backfold-error.ts'
import type { ActionOf, MemoryAction } from '../core/memory/memory-action.ts'
import { listMemory } from '../core/memory/list-memory.ts'
import { pinByModel, unpinByModel } from '../core/memory/model-pins.ts'
import { recordText, type Decided } from '../core/memory/record-action.ts'
import type { ToolValues } from '../core/memory/tool-arguments.ts'
import type { MemoryToolName } from '../core/memory/tool-specs.ts'
import type { ReadQuery, Snapshotted } from '../core/ports/session-store.ts'
import type { Seq } from '../core/session/message.ts'
import { archivePayloads, archiveUpTo } from './archive.ts'
import type { OpenSession } from './open-session.ts'
import type { SessionCell } from './session-cell.ts'
import { PIN_REACH } from './session-history.ts'
import { undoAction } from './undo-action.ts'

export interface MemoryAnswer {
  readonly text: string
  /** True if it shows what is stored, rather than what was done. */
  readonly isQuote: boolean
}

/**
 * Carries out one of the tools by which a model manages its own memory, as an operating system pages: it decides
 * what stays in the context, and what is only stored (MemGPT, Packer et al. 2023). Nothing that it does is lost
 * or hidden: each action is bounded, recorded and can be undone, and none touches the rules of the user.
 *
 * @throws BackfoldError `INVALID_INPUT` for what is refused, with the reason.
 * @see SPEC.md rules MEM1–MEM9
 */
export async function runMemoryTool(
  session: OpenSession,
  name: MemoryToolName,
  values: ToolValues,
  owner: string,
  closing: AbortSignal,
): Promise<MemoryAnswer> {
  const { cell } = session
  const now = cell.ports.clock.now()
  switch (name) {
    case 'memory_note':
    case 'memory_propose_rule': {
      const kind = name === 'memory_note' ? 'note' : 'rule-proposal'
      const { n } = await remember(cell, {}, (read) =>
        recordText(read, kind, String(values['text']), now),
      )
      return say(
        kind === 'note'
          ? `Noted, as action ${n}. It goes into the digest with the next fold.`
          : `Stored as a proposal, action ${n}. It is not in force: the person decides.`,
      )
    }
    case 'memory_pin': {
      const { n, seqs } = await pin(cell, values, (read, seq) => pinByModel(read, seq, now))
      return say(`Pinned ${numbers(seqs)}, as action ${n}.`)
    }
    case 'memory_unpin': {
      const action = await pin(cell, values, (read, seq) => unpinByModel(read, seq, now))
      const when = action.status === 'pending' ? ' when the next turn starts' : ''
      return say(`The pin of ${numbers(action.seqs)} is taken off${when}, as action ${action.n}.`)
    }
    case 'memory_archive': {
      const { up_to: upTo, message, part } = values
      if ((upTo === undefined) === (message === undefined)) {
        throw new BackfoldError('INVALID_INPUT', 'memory_archive needs up_to, or message')
      }
      return say(
        upTo === undefined
          ? await archivePayloads(
              cell,
              Number(message),
              part === undefined ? undefined : Number(part),
              owner,
            )
          : await archiveUpTo(session, Number(upTo), closing),
      )
    }
    case 'memory_list': {
      const read = await cell.ports.store.read({ session: cell.id, head: true, notes: 'all' })
      const kind = values['kind']
      const text = listMemory(read, typeof kind === 'string' ? kind : undefined)
      return { text, isQuote: true }
    }
    case 'memory_undo': {
      const outcome = await undoAction(session, Number(values['action']), 'model')
      if (outcome.kind === 'refused') throw new BackfoldError('INVALID_INPUT', outcome.reason)
      return say(outcome.detail)
    }
  }
}

/** Carries a decision out, and throws what it refuses. */
async function remember(
  cell: SessionCell,
  query: Omit<ReadQuery, 'session' | 'notes'>,
  decide: (read: Snapshotted) => Decided,
): Promise<MemoryAction> {
  const wanted: ReadQuery = {
    ...query,
    session: cell.id,
    notes: 'all',
    writes: ['sessions', 'notes'],
  }
  const outcome = await cell.ports.store.commit(wanted, decide)
  if (outcome.kind === 'refused') throw new BackfoldError('INVALID_INPUT', outcome.reason)
  cell.know(outcome.session)
  return outcome.action
}

async function pin(
  cell: SessionCell,
  values: ToolValues,
  decide: (read: Snapshotted, seq: Seq) => Decided,
): Promise<ActionOf<'pin' | 'unpin'>> {
  const seq = Number(values['message'])
  const range = { from: Math.max(1, seq - PIN_REACH), to: Math.max(1, seq + PIN_REACH) }
  const action = await remember(cell, { head: true, range }, (read) => decide(read, seq))
  if (action.kind === 'pin' || action.kind === 'unpin') return action
  throw new BackfoldError('INTERNAL', `a pin gave an action of kind ${action.kind}`)
}

function say(text: string): MemoryAnswer {
  return { text, isQuote: false }
}

function numbers(seqs: readonly Seq[]): string {
  return seqs.length === 1 ? `message ${seqs[0]}` : `messages ${seqs.join(', ')}`
}

import { discardCandidate } from '../core/compaction/discard-candidate.ts'
import type { ActionOf, MemoryAction } from '../core/memory/memory-action.ts'
import { changeAction } from '../core/memory/record-action.ts'
import type { UndoOutcome } from '../protocol/requests.ts'
import type { OpenSession } from './open-session.ts'
import { rollBackTo, setPin } from './session-history.ts'

/**
 * Undoes what a model did to its memory. A person may undo all of it; a model only what is not in the context
 * yet, because no turn changes its beginning.
 *
 * @see SPEC.md rule MEM9
 */
export async function undoAction(
  session: OpenSession,
  n: number,
  by: 'model' | 'person',
): Promise<UndoOutcome> {
  const { cell } = session
  const read = await cell.ports.store.read({ session: cell.id, notes: 'all' })
  const action = read.notes.find((one) => one.n === n)
  if (!action) return refuse(`there is no memory action ${n}`)
  if (action.status === 'undone') return refuse(`action ${n} is undone already`)
  if (action.status === 'taken-over') return refuse(`what action ${n} did is the person's now`)
  const undone = await undo(session, action, by)
  if (undone.kind === 'refused') return undone
  const at = cell.ports.clock.now()
  await cell.ports.store.commit({ session: cell.id, notes: 'all', writes: ['notes'] }, (now) =>
    changeAction(now, n, { status: 'undone', undone: { by, at } }),
  )
  return undone
}

async function undo(
  session: OpenSession,
  action: MemoryAction,
  by: 'model' | 'person',
): Promise<UndoOutcome> {
  const { cell } = session
  switch (action.kind) {
    case 'note':
      return done('The note is taken back; a digest that has it loses it with the next fold.')
    case 'rule-proposal':
      return done('The proposal is taken back.')
    case 'pin':
    case 'unpin': {
      if (by === 'model') return refuse('use memory_pin or memory_unpin')
      const seq = action.seqs[0] ?? 0
      const pinned = action.kind === 'unpin'
      await setPin(cell, seq, pinned)
      return done(`Message ${seq} is ${pinned ? 'pinned again' : 'pinned no longer'}.`)
    }
    case 'archive':
      return undoArchive(session, action, by)
  }
}

async function undoArchive(
  { cell, slot }: OpenSession,
  { generation, upTo }: ActionOf<'archive'>,
  by: 'model' | 'person',
): Promise<UndoOutcome> {
  if (generation === undefined) {
    if (upTo !== undefined) return refuse('the fold is being prepared: cancel it, or roll it back')
    return done('The payload stays where it is, unless a fold moves it out for its size.')
  }
  const discarded = await cell.ports.store.commit(
    { session: cell.id, candidate: true, openJob: true },
    (read) => discardCandidate(read, generation, 'the archive was undone', cell.ports.clock.now()),
  )
  if (discarded) {
    cell.step({ type: 'discarded' })
    cell.know(discarded.session)
    cell.emit({ type: 'skipped', job: discarded.job, reason: 'the archive was undone' })
    cell.ports.notices.post({ session: cell.id, kind: 'job' })
    return done('The fold is given up; the context stays as it is.')
  }
  const { generations } = await cell.ports.store.read({
    session: cell.id,
    generations: [generation],
  })
  const [made] = generations
  if (cell.row().head !== generation || !made) {
    return made?.status === 'applied'
      ? refuse(`generation ${generation} was built on since: roll back, or recall what you need`)
      : done('The fold is not in force.')
  }
  if (by === 'model') return refuse('it is in force: recall what you need instead')
  const outcome = await cell.exclusive(() => rollBackTo(cell, slot, made.parent))
  return outcome.kind === 'refused'
    ? outcome
    : done(`Generation ${made.parent} is the head again, as before the archive.`)
}

function done(detail: string): UndoOutcome {
  return { kind: 'undone', detail }
}

function refuse(reason: string): UndoOutcome {
  return { kind: 'refused', reason }
}

import { appendToLog, stampDraft, type StampedDraft } from '../../../src/core/session/append.ts'
import { branchLog } from '../../../src/core/session/branch.ts'
import { callIds, resultIds, type Draft, type Seq } from '../../../src/core/session/message.ts'
import { pinMessage } from '../../../src/core/session/pin.ts'
import { rollBack } from '../../../src/core/session/rollback.ts'
import { calls, countCharacters, result, user } from '../../support/build-log.ts'
import { commit, type SmallWorld } from './small-world.ts'
import { adopt } from './worker-program.ts'

/** One thing that a host does, or a person through it. */
export type HostDeed =
  | { readonly do: 'append'; readonly what: 'request' | 'call' | 'result' }
  | { readonly do: 'branch'; readonly after: Seq }
  | { readonly do: 'rollback'; readonly to: number }
  | { readonly do: 'pin' | 'unpin'; readonly seq: Seq }
  | { readonly do: 'adopt' }

export interface HostStep {
  readonly world: SmallWorld
  readonly outcome: string
}

/** All that a host may do: every action at every position, those that must be refused included. */
export function hostDeeds(
  world: SmallWorld,
  appends: readonly Extract<HostDeed, { do: 'append' }>['what'][],
): readonly HostDeed[] {
  const { session, log, generations } = world
  const positions = log.map(({ seq }) => seq)
  return [
    ...appends.map((what): HostDeed => ({ do: 'append', what })),
    { do: 'adopt' },
    ...[0, ...positions].map((after): HostDeed => ({ do: 'branch', after })),
    ...[0, ...generations.map(({ n }) => n), session.lastGeneration + 1].map((to): HostDeed => ({
      do: 'rollback',
      to,
    })),
    ...positions.map((seq): HostDeed => ({
      do: session.pins.includes(seq) ? 'unpin' : 'pin',
      seq,
    })),
  ]
}

/** Carries out one action, in one transaction, as the engine does. */
export function stepHost(world: SmallWorld, deed: HostDeed): HostStep {
  switch (deed.do) {
    case 'append': {
      const draft = draftOf(world, deed.what)
      return draft ? append(world, draft) : { world, outcome: 'nothing to answer' }
    }
    case 'branch':
      return settle(commit(world, MOVES, (read) => branchLog(read, deed.after, 0)))
    case 'rollback':
      return settle(commit(world, MOVES, (read) => rollBack(read, deed.to, 0)))
    case 'pin':
    case 'unpin': {
      const isPin = deed.do === 'pin'
      return settle(commit(world, PINS, (read) => pinMessage(read, deed.seq, isPin)))
    }
    case 'adopt':
      return adopt(world)
  }
}

const WHOLE_LOG = { from: 1, to: Number.MAX_SAFE_INTEGER } as const
const PINS = { range: WHOLE_LOG, head: true } as const
const MOVES = { generations: 'all', range: WHOLE_LOG, openJob: true } as const

/** Appends drafts together, each under an id that says where it is meant to stand. */
export function append(world: SmallWorld, ...drafts: readonly Draft[]): HostStep {
  const stamped = drafts.map((draft, index) => stampOnce(draft, `m${world.log.length + 1 + index}`))
  const after = commit(world, {}, (read) => {
    if (!read.session) return { writes: [], outcome: 'no session' }
    const { session, messages } = appendToLog(read.session, stamped)
    return {
      writes: [
        ...messages.map((row) => ({
          table: 'messages' as const,
          row: { ...row, session: session.id },
        })),
        { table: 'sessions', row: session },
      ],
      outcome: 'appended',
    }
  })
  return { world: after.world, outcome: after.outcome }
}

const stampedDrafts = new Map<string, StampedDraft>()

/** Stamping is most of an append, and the same few drafts come over and over. */
function stampOnce(draft: Draft, id: string): StampedDraft {
  const key = JSON.stringify([draft, id])
  const known = stampedDrafts.get(key) ?? stampDraft(draft, { id, at: 0, count: countCharacters })
  stampedDrafts.set(key, known)
  return known
}

/** What a host would append now; undefined if there is no call to answer. */
export function draftOf(
  { log }: SmallWorld,
  what: Extract<HostDeed, { do: 'append' }>['what'],
): Draft | undefined {
  const place = log.length + 1
  if (what === 'request') return user(`request ${place}`)
  if (what === 'call') return calls(`call-${place}`)
  const active = log.filter((message) => message.active)
  const answered = new Set(active.flatMap(resultIds))
  const open = active.flatMap(callIds).find((id) => !answered.has(id))
  return open === undefined ? undefined : result(open, `result ${place}`)
}

function settle({
  world,
  outcome,
}: {
  readonly world: SmallWorld
  readonly outcome: { readonly kind: string }
}): HostStep {
  return { world, outcome: outcome.kind }
}

import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import type { View } from '../checker/view.ts'
import type { SeededRandom } from '../seeded-random.ts'
import type { Host } from './host.ts'
import { SESSION } from './host.ts'
import type { MessageComposer } from './compose-messages.ts'

/** What a host may do. */
export type Action = keyof typeof WEIGHTS

/** How often each action is chosen, against each other, where the habits don't say otherwise. */
const WEIGHTS = {
  user: 4,
  assistant: 4,
  call: 3,
  result: 5,
  burst: 1,
  turn: 6,
  context: 6,
  look: 1,
  compact: 1,
  compactUpTo: 0.5,
  apply: 1,
  cancel: 0.7,
  rollback: 1,
  edit: 0.7,
  regenerate: 0.7,
  deleteLast: 0.5,
  branch: 0.5,
  pin: 0.8,
  unpin: 0.8,
  recallRange: 1,
  recallWord: 0.5,
  recallArtifact: 0.7,
  usage: 0.7,
  squeeze: 0.5,
  widen: 0.7,
  policy: 0.7,
  open: 0.7,
  inspect: 0.7,
  close: 0.3,
  reload: 0.3,
} as const

const ACTIONS = Object.keys(WEIGHTS) as readonly Action[]

/** Without these nothing is ever folded. */
const BASIC: readonly Action[] = ['user', 'assistant', 'turn', 'context', 'widen']

/** How a host behaves in one run: some actions often, some never. */
export type Habits = Readonly<Record<Action, number>>

/** Swarm: each action but the basic ones is left out of many runs. */
export function chooseHabits(random: SeededRandom): Habits {
  const weigh = (action: Action): number => {
    if (BASIC.includes(action)) return WEIGHTS[action]
    return random.chance(0.4) ? 0 : WEIGHTS[action] * random.pick([1, 1, 3])
  }
  return Object.fromEntries(ACTIONS.map((action) => [action, weigh(action)])) as Habits
}

/** What a ready candidate may be overtaken by. */
const OVERTAKING: readonly Action[] = [
  'rollback',
  'edit',
  'regenerate',
  'deleteLast',
  'pin',
  'apply',
  'context',
  'call',
]

/** Something that the habits allow; while a candidate is ready, often what gets in its way. */
export function chooseAction(random: SeededRandom, habits: Habits, isReady: boolean): Action {
  if (isReady && random.chance(0.4)) {
    const action = random.pick(OVERTAKING)
    if (habits[action] > 0) return action
  }
  const total = ACTIONS.reduce((sum, action) => sum + habits[action], 0)
  let left = random.next() * total
  return ACTIONS.find((action) => (left -= habits[action]) < 0) ?? 'user'
}

/** The policy that a session of a run begins with. */
export function choosePolicy(random: SeededRandom): PolicyOptions {
  return {
    budget: { tokens: random.pick([1_000, 1_200, 1_600]), soft: 0.6, hard: 0.9, target: 0.35 },
    retainedTail: { messages: 1 + random.below(4), share: random.pick([0, 0.1]) },
    largePayloadTokens: 60,
    blockTokens: random.pick([150, 400, 1_500, 1_500]),
    attemptDeadlineMs: 10_000,
    applyAt: random.pick(['turn', 'turn', 'turn', 'turn', 'idle', 'between', 'hard', 'manual']),
    idleAfterMs: 5_000,
    probation: { turns: random.pick([0, 3]) },
    ...(random.chance(0.2) ? { candidateMaxAgeMs: 20_000 } : {}),
  }
}

/** What an action has to go by. */
interface Moment {
  readonly host: Host
  readonly composer: MessageComposer
  readonly random: SeededRandom
  readonly view: View | undefined
  /** Somewhere in the log. */
  readonly someSeq: number
}

const session = SESSION

const ACTS: Readonly<Record<Action, (moment: Moment) => void>> = {
  user({ host, composer, random }) {
    if (random.chance(0.3)) composer.giveUp()
    host.append([random.chance(0.05) ? composer.system() : composer.user()])
  },
  assistant: ({ host, composer }) => host.append([composer.assistant()]),
  call: ({ host, composer }) => host.append([composer.call()]),
  result({ host, composer }) {
    const result = composer.result()
    if (result) host.append([result])
  },
  burst({ host, composer, random }) {
    for (let count = 2 + random.below(10); count > 0; count -= 1) {
      host.append([random.chance(0.5) ? composer.user() : composer.assistant()])
    }
  },
  turn({ host, composer }) {
    host.append([composer.user()])
    host.context()
  },
  context: ({ host }) => host.context(),
  look: ({ host }) => host.context({ adopt: false }),
  compact: ({ host }) => host.ask('compact', { session }),
  compactUpTo: ({ host, someSeq }) => host.ask('compact', { session, upTo: someSeq }),
  apply: ({ host }) => host.ask('apply', { session }),
  cancel: ({ host }) => host.ask('cancel', { session }),
  rollback: ({ host }) => host.ask('rollback', { session, n: olderGeneration(host) }),
  edit({ host, composer, random, view }) {
    const active = view?.active ?? []
    editFrom(host, composer, active[random.below(active.length + 1)]?.seq ?? 1)
  },
  regenerate: ({ host, composer, view }) =>
    editFrom(host, composer, view?.active.findLast((m) => m.role === 'assistant')?.seq ?? 1),
  deleteLast: ({ host, random, view }) =>
    branchBehind(host, view?.active.at(-1 - random.below(3))?.seq ?? 1),
  branch: ({ host, someSeq }) => branchBehind(host, someSeq),
  pin: ({ host }) => host.ask('pin', { session, seq: pinnable(host, 'pin'), pinned: true }),
  unpin: ({ host }) => host.ask('pin', { session, seq: pinnable(host, 'unpin'), pinned: false }),
  recallRange: ({ host, random, someSeq }) =>
    host.recall({ from: someSeq, to: someSeq + random.below(5) }),
  recallWord: ({ host, view, someSeq }) =>
    host.recall(wordOf(JSON.stringify(view?.log[someSeq - 1]?.parts ?? ''))),
  recallArtifact: ({ host }) => recallArtifact(host),
  usage: ({ host }) => reportUsage(host),
  squeeze: ({ host }) =>
    configure(host, { budget: { tokens: 1_000 }, retainedTail: { messages: 4 } }),
  widen: ({ host, random }) =>
    configure(host, { budget: { tokens: random.pick([1_200, 1_600, 2_400]) } }),
  policy: ({ host, random }) => configure(host, choosePolicy(random)),
  open: ({ host }) => host.ask('open', { session }),
  inspect: ({ host, random }) => inspect(host, random),
  close: ({ host }) => host.close(),
  reload({ host }) {
    const lost = [...host.unanswered]
    host.end()
    host.start()
    host.unanswered.clear()
    host.whenOpen(() => host.resend(lost))
  },
}

/** Does one thing that a host does. */
export function act(host: Host, composer: MessageComposer, action: Action): void {
  const { world } = host.origin
  const { random } = world
  world.note(`${host.tab.name}: host ${action}`)
  const view = host.checker.views.at(-1)
  const newest = view?.log.length ?? 0
  const someSeq = newest === 0 ? 1 : 1 + random.below(newest)
  ACTS[action]({ host, composer, random, view, someSeq })
}

/** Takes a message and what follows off the active path, and says something else instead. */
function editFrom(host: Host, composer: MessageComposer, seq: number): void {
  const instead = host.origin.world.random.chance(0.5) ? composer.user() : composer.assistant()
  host.ask('branch', { session, after: seq - 1 }, () => host.append([instead]))
}

function branchBehind(host: Host, seq: number): void {
  host.ask('branch', { session, after: Math.max(0, seq - 1) })
}

/** One that was applied, as a rule; any number otherwise. */
function olderGeneration(host: Host): number {
  const { random } = host.origin.world
  const generations = [...host.checker.rows.generations.values()]
  const applied = generations.filter(({ appliedAt }) => appliedAt !== undefined).map(({ n }) => n)
  if (random.chance(0.8)) return random.pick([0, ...applied])
  return random.below(generations.length + 2)
}

function pinnable(host: Host, action: 'pin' | 'unpin'): number {
  const { random } = host.origin.world
  const view = host.checker.views.at(-1)
  const candidate = host.checker.rows.generations.get(view?.session.candidate ?? 0)
  const active = view?.active.map(({ seq }) => seq) ?? []
  const covered = active.filter((seq) => candidate && seq <= candidate.mark)
  const pinnables = covered.length > 0 && random.chance(0.7) ? covered : active
  const seqs = (action === 'unpin' ? view?.session.pins : pinnables) ?? []
  return seqs.length === 0 ? 1 : random.pick(seqs)
}

function wordOf(text: string): string {
  return /unique-[\w-]+-word/.exec(text)?.[0] ?? 'nothing'
}

/** Recalls what a stub or a line of the digest points to, as the model would. */
function recallArtifact(host: Host): void {
  const { random } = host.origin.world
  const { head } = host.checker.views.at(-1) ?? {}
  const hashes = [
    ...(head?.stubs ?? []).map(({ artifact }) => artifact),
    ...(head?.digest ?? []).flatMap(({ artifact }) => artifact ?? []),
  ]
  if (hashes.length === 0) return
  const hash = random.pick(hashes)
  host.recall({ artifact: random.chance(0.5) ? hash : hash.slice(0, 12) })
}

/** A provider that counts a little more or less than the estimate. */
function reportUsage(host: Host): void {
  const tokens = host.last?.tokens ?? 0
  if (tokens < 20) return
  const inputTokens = Math.round(tokens * (0.96 + host.origin.world.random.next() * 0.08))
  host.ask('reportUsage', { session, inputTokens })
}

function configure(host: Host, options: PolicyOptions): void {
  host.ask('configure', { session, options })
}

/** What a page shows of a session. */
function inspect(host: Host, random: SeededRandom): void {
  const looks = [
    () => host.ask('generations', { session }),
    () => host.ask('registry', {}),
    () => host.ask('jobs', { session }),
    () => host.ask('sessions', {}),
    () => host.ask('state', { session }),
  ]
  random.pick(looks)()
}

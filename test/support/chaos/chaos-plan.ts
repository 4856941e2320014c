import { createSeededRandom, type SeededRandom } from '../../sim/seeded-random.ts'

/** What goes wrong with the nodes in a round. */
export const NODE_FAULTS = [
  'kill the decider',
  'kill another',
  'freeze the decider',
  'step down',
  'cut the decider off',
  'cut the power',
] as const

export type NodeFault = (typeof NODE_FAULTS)[number]

/** What goes wrong with a device in a round. */
export const DEVICE_FAULTS = [
  'offline',
  'partly cut off',
  'lost answers',
  'slow',
  'silence',
  'crash',
] as const

export type DeviceFault = (typeof DEVICE_FAULTS)[number]

const DEVICES = 3
const ROUNDS = 3

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

export interface Round {
  readonly node: NodeFault
  /** By device; none for the one that goes on all the time. */
  readonly faults: readonly (DeviceFault | undefined)[]
  /** Messages that each device says. */
  readonly counts: readonly number[]
  /** Which of them lose their answers, where a device is to lose some. */
  readonly lost: readonly number[]
  /** Device whose clock jumps, and by how many milliseconds. */
  readonly jump: { readonly device: number; readonly ms: number }
}

export interface ChaosPlan {
  readonly seed: number
  readonly rounds: readonly Round[]
  /** How far each device's clock is ahead, in milliseconds. */
  readonly skews: readonly number[]
}

/** All of it follows from the seed. Two neighbours, an odd seed and the next one, have all faults of nodes between them. */
export function chooseChaosPlan(seed: number): ChaosPlan {
  const pair = createSeededRandom(Math.ceil(seed / 2))
  const nodeFaults = shuffle(NODE_FAULTS, pair).slice(...(seed % 2 === 1 ? [0, ROUNDS] : [ROUNDS]))
  const random = createSeededRandom(seed)
  const deviceFaults = shuffle(DEVICE_FAULTS, random)
  return {
    seed,
    skews: shuffle([0, 7 * MINUTE, -3 * DAY, 400 * DAY], random).slice(0, DEVICES),
    rounds: nodeFaults.map((node, at) => {
      const calm = random.below(DEVICES)
      const pending = deviceFaults.slice(at * (DEVICES - 1))
      const counts = Array.from({ length: DEVICES }, () => 6 + random.below(6))
      return {
        node,
        faults: counts.map((_, device) => (device === calm ? undefined : pending.shift())),
        counts,
        lost: [1 + random.below(2), 3 + random.below(3)],
        jump: { device: random.below(DEVICES), ms: random.pick([-90 * MINUTE, -2 * DAY, 5 * DAY]) },
      }
    }),
  }
}

function shuffle<T>(items: readonly T[], random: SeededRandom): readonly T[] {
  const left = [...items]
  return items.map(() => left.splice(random.below(left.length), 1)[0] as T)
}

import { sleep } from './environment.mjs'
import { killSweep, misbehave, rollback } from './failures.mjs'
import { fillUntilSummariser } from './fill.mjs'
import { openStage } from './stage.mjs'

/** The turn whose tool call stays open, and the last one that is taken meanwhile. */
const SLOW_TURN = 9
const LAST_TURN = 30

/**
 * Every scenario: what it takes, and what it says of a peer. Each opens sessions of its own.
 *
 * @type {Readonly<Record<string,
 *   (peer: import('./peer.mjs').Peer, plan: import('./plans.mjs').Plan) => Promise<object>>>}
 */
export const SCENARIOS = {
  /** A hundred turns at a person's pace. */
  realistic: (peer, plan) => converse(peer, plan, plan.person, plan.personTurns),

  /** Sixty turns back to back. */
  burst: (peer, plan) => converse(peer, plan, plan.burst, plan.burstTurns),

  /** Six messages that were typed while the first compaction runs are sent one after another. */
  queue: (peer, plan) => arrive(peer, plan, true),

  /** The same six are sent at once. */
  async overlap(peer, plan) {
    const found = await arrive(peer, plan, false)
    const { dropped, broken } = await arrive(peer, plan, false, found.filledTurns)
    return { ...found, without: { dropped, broken } }
  },

  /** A tool call stays open while other turns go on and a compaction is applied. */
  async straddle(peer, plan) {
    const found = await straddle(peer, plan, true)
    const { dropped, broken } = await straddle(peer, plan, false)
    return { ...found, without: { dropped, broken } }
  },

  'fails three times': (peer, plan) =>
    misbehave(peer, plan, (call) => (call <= 3 ? 'busy' : 'good')),
  'fails for ever': (peer, plan) => misbehave(peer, plan, () => 'refuse'),
  hangs: (peer, plan) => misbehave(peer, plan, () => 'hang'),
  'answers nothing': (peer, plan) => misbehave(peer, plan, () => 'empty'),
  'garbage once': (peer, plan) =>
    misbehave(peer, plan, (call) => (call === 1 ? 'garbage' : 'good')),

  kill: killSweep,
  rollback,
}

async function converse(peer, { turnDeadlineMs }, pace, turns) {
  const stage = await openStage(peer, { pace, turnDeadlineMs })
  for (let turn = 1; turn <= turns; turn += 1) {
    await stage.take(turn)
    if (pace.gapMs > 0) await sleep(pace.gapMs)
  }
  return conclude(stage)
}

/**
 * Six messages arrive while the first compaction runs.
 *
 * @param {number} [filledTurns] Compacts nothing, and lets them arrive after so many turns: what that costs alone.
 */
async function arrive(peer, { burst: pace, turnDeadlineMs }, areQueued, filledTurns) {
  const compacts = filledTurns === undefined
  const stage = await openStage(peer, { pace, turnDeadlineMs, compacts })
  const { turn, running } = await fillUntilSummariser(stage, filledTurns)
  const six = Array.from({ length: 6 }, (_, index) => turn + 1 + index)
  if (areQueued) {
    await running
    for (const next of six) await stage.take(next)
  } else {
    await Promise.all([running, ...six.map((next) => stage.take(next))])
  }
  return { ...(await conclude(stage)), filledTurns: turn }
}

async function straddle(peer, { burst: pace, slowToolMs, turnDeadlineMs }, compacts) {
  const toolMsOf = (turn) => (turn === SLOW_TURN ? slowToolMs : pace.toolMs)
  const stage = await openStage(peer, { pace, turnDeadlineMs, toolMsOf, compacts })
  for (let turn = 1; turn < SLOW_TURN; turn += 1) await stage.take(turn)
  const open = stage.take(SLOW_TURN)
  const others = []
  for (let turn = SLOW_TURN + 1; turn <= LAST_TURN; turn += 1) {
    others.push(stage.take(turn))
    // Some libraries let turns wait for the open one.
    await Promise.race([others.at(-1), sleep(slowToolMs / 2)])
  }
  await Promise.all([open, ...others])
  return conclude(stage)
}

async function conclude(stage) {
  const figures = stage.figures()
  await stage.rest()
  const { dropped, lost } = await stage.probe()
  await stage.close()
  return { ...figures, dropped, lost }
}

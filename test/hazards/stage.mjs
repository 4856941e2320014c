import { createEnvironment, marker, sleep, userText } from './environment.mjs'
import { figuresOf } from './figures.mjs'
import { markersIn, textOf } from './prompts.mjs'

/** The turn that looks what is left; its marker is no other turn's. */
const PROBE_TURN = 9_996
/** Longest wait for a session to close. */
const CLOSING_MS = 3_000

/**
 * One run of one peer: its environment, its open session, and what has been acknowledged so far.
 *
 * @param {import('./peer.mjs').Peer} peer
 * @param {Parameters<typeof createEnvironment>[0] & { turnDeadlineMs: number }} options
 */
export async function openStage(peer, { turnDeadlineMs, ...options }) {
  const world = createEnvironment(options)
  const { env, log } = world
  let session = await peer.open(env)
  /** Markers of turns that have ended well. @type {Set<string>} */
  const acknowledged = new Set()
  /** @type {import('./figures.mjs').Turn[]} */
  const turns = []

  /** Takes a turn; never rejects, and ends at the deadline at the latest. */
  async function take(turn) {
    const from = performance.now()
    const ended = session.turn(userText(turn)).then(
      () => ({ end: 'ok' }),
      (/** @type {unknown} */ error) => ({ end: 'failed', error: String(error).slice(0, 200) }),
    )
    const result = await Promise.race([ended, sleep(turnDeadlineMs).then(() => ({ end: 'hung' }))])
    turns.push({ turn, from, to: performance.now(), ...result })
    if (result.end === 'ok') {
      acknowledged.add(marker('U', turn))
      for (const said of log.said) if (said.turn === turn) acknowledged.add(said.marker)
    }
    return result.end
  }

  /** What the next prompt does not have, and of that what the library's own retrieval does not give back. */
  async function probe() {
    const before = log.prompts.length
    const wanted = [...acknowledged]
    const asked = session.turn(userText(PROBE_TURN)).catch(() => {})
    await Promise.race([asked, sleep(turnDeadlineMs)])
    const next = log.prompts[before]
    const seen = new Set(next ? markersIn(textOf(next.lines)) : [])
    const missing = wanted.filter((marker) => !seen.has(marker))
    let lost = 0
    for (const marker of missing) {
      const found = session.retrieve(marker).catch(() => false)
      if (!(await Promise.race([found, sleep(turnDeadlineMs)]))) lost += 1
    }
    return { dropped: missing.length, lost, missing }
  }

  return {
    env,
    log,
    take,
    probe,
    setBehaviour: world.setBehaviour,
    killAfter: world.killAfter,
    figures: () => figuresOf(log, turns),
    session: () => session,
    /** The next process over the same storage, after a kill. */
    async reopen() {
      world.revive()
      session = await peer.reopen(env)
    },
    /** Waits until no summariser runs, as between two messages of a person. */
    async rest(mostMs = 5_000) {
      for (let waited = 0; waited < mostMs && log.running > 0; waited += 50) await sleep(50)
      await sleep(100)
    },
    async close() {
      await Promise.race([session.close().catch(() => {}), sleep(CLOSING_MS)])
    },
  }
}

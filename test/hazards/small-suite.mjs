import { createBackfoldPeer } from './peers/backfold.mjs'
import { peer as naiveAsync } from './peers/naive-async.mjs'
import { peer as none } from './peers/none.mjs'
import { SMALL } from './plans.mjs'
import { SCENARIOS } from './scenarios.mjs'

/** Names of all scenarios. */
export const NAMES = Object.keys(SCENARIOS)

/** The peers that need nothing installed: the two controls, and ours over an engine of the caller's. */
export function createPeers(loadEngine) {
  return { none, naiveAsync, backfold: createBackfoldPeer(loadEngine) }
}

/** One scenario, small enough for a test. */
export function runSmall(peer, scenario) {
  return SCENARIOS[scenario](peer, SMALL)
}

import { createNewest, type Newest } from '../../src/engine/newest.ts'
import { createAllowance, type Allowance } from './allowance.ts'
import type { BridgePeer } from './chats.ts'
import type { PeekedRequest } from './peek-request.ts'
import type { FrameFacts } from './tab-state.ts'

/** A plan that a frame was given, and nobody else. */
export interface FramePlan {
  readonly session: string
  readonly peeked: PeekedRequest
  /** Its line in the log of requests. */
  readonly logged: string
  readonly body: string
}

/** One frame with a bridge. */
export interface Frame extends FrameFacts {
  readonly peer: BridgePeer
  place: FrameFacts['place']
  health: FrameFacts['health']
  isWhole: boolean
  /** Session of the last request with a whole history, and what that said of its model. */
  whole: { readonly session: string; readonly peeked: PeekedRequest } | null
  readonly plans: Newest<FramePlan>
  readonly requests: Allowance
  readonly captures: Allowance
  /** The gauge that it was told last, as text. */
  told: string | undefined
}

const MOST_PLANS = 64
const MOST_PLANNED = 8_000_000

export function createFrame(peer: BridgePeer, now: () => number): Frame {
  return {
    peer,
    origin: peer.origin,
    place: null,
    health: null,
    isWhole: false,
    whole: null,
    plans: createNewest({ entries: MOST_PLANS, size: MOST_PLANNED }),
    requests: createAllowance(now, 40, 4),
    captures: createAllowance(now, 200, 20),
    told: undefined,
  }
}

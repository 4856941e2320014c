import type { HostRequest } from '../../src/protocol/host-requests.ts'
import type { ObservedResponse } from '../sites/site.ts'
import { HAND_OVER } from '../wire/hand-over.ts'
import type { BridgeForPage, PageForBridge, PageMode, PagePlan } from '../wire/page-wire.ts'
import { createRpc } from '../wire/rpc.ts'
import { channelWire } from './channel-wire.ts'
import { NO_MODE } from './page-mode.ts'
import { fullRate, type Rate, type RateBounds, takeFrom } from './rate.ts'
import {
  type Answered,
  readAnswer,
  readHostRequest,
  readObserved,
  readRefusal,
  type Refusal,
  sizeOfResponse,
} from './read-page-messages.ts'

/** More than a chat asks, and less than what would be in the way of others: messages, and characters in them. */
const MESSAGES: RateBounds = { burst: 200, perSecond: 20 }
const CHARACTERS: RateBounds = { burst: 100_000_000, perSecond: 4_000_000 }

/** Most plans that are waited for at once. */
const MOST_PLANS = 16

const PASS: PagePlan = { kind: 'pass' }

/** What is done with what the page says, once it was looked through. */
export interface DoorHandlers {
  readonly plan: (request: HostRequest) => Promise<PagePlan>
  readonly rescue: (refusal: Refusal) => Promise<PagePlan>
  readonly answer: (answered: Answered) => void
  readonly observed: (response: ObservedResponse) => void
  /** In milliseconds, of a clock that does not go back. */
  readonly now: () => number
}

/** The way to the page's own world. */
export interface PageDoor {
  setMode(mode: PageMode): void
  /** The page is left alone from here on. */
  close(): void
}

/** Hands the page's world its port. Has to be called before any script of the page can run. */
export function openPageDoor(page: Window, handlers: DoorHandlers): PageDoor {
  const { now } = handlers
  let messages: Rate = fullRate(MESSAGES, now())
  let characters: Rate = fullRate(CHARACTERS, now())
  let plans = 0

  /** Whether so much more may be said. */
  const mayPass = (length: number): boolean => {
    const one = takeFrom(messages, MESSAGES, now(), 1)
    messages = one.rate
    if (!one.isEnough) return false
    const all = takeFrom(characters, CHARACTERS, now(), length)
    characters = all.rate
    return all.isEnough
  }
  const plan = async (length: number, ask: () => Promise<PagePlan>): Promise<PagePlan> => {
    if (plans >= MOST_PLANS || !mayPass(length)) return PASS
    plans += 1
    try {
      return await ask()
    } catch {
      // It goes out as it was. What failed, and how, is none of the page's business.
      return PASS
    } finally {
      plans -= 1
    }
  }

  const { port1, port2 } = new MessageChannel()
  const rpc = createRpc<BridgeForPage, PageForBridge>(channelWire(port1), {
    requests: {
      async plan(said) {
        const request = readHostRequest(said)
        return request ? plan(request.body.length, () => handlers.plan(request)) : PASS
      },
      async rescue(said) {
        const refusal = readRefusal(said)
        return refusal ? plan(refusal.answer.length, () => handlers.rescue(refusal)) : PASS
      },
    },
    notices: {
      answer(said) {
        const answered = readAnswer(said)
        if (answered && mayPass(answered.answer.length)) handlers.answer(answered)
      },
      observed(said) {
        const response = readObserved(said)
        if (response && mayPass(sizeOfResponse(response))) handlers.observed(response)
      },
    },
  })
  // Whoever else may be framed here has another window; this one hears it before any script of its own.
  page.postMessage(HAND_OVER, '*', [port2])
  return {
    setMode: (mode) => rpc.tell('mode', mode),
    close() {
      rpc.tell('mode', NO_MODE)
      // What was told would not arrive any more if the port were closed at once.
      setTimeout(() => rpc.close(), 1_000)
    },
  }
}

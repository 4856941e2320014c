import { siteSettingsOf } from '../settings/read-settings.ts'
import type { BridgeSettings, GaugeState, HostForBridge } from '../wire/bridge-wire.ts'
import type { Handlers } from '../wire/rpc.ts'
import { turnNameOf } from './archive/turn-id.ts'
import type { BridgePeer, Chats, ChatsWorld } from './chats.ts'
import { createFrame, type Frame } from './frame.ts'
import { gaugeOf } from './gauge-of.ts'
import { createHandOvers } from './hand-overs.ts'
import { createHostedChats } from './hosted-chats.ts'
import { readHealth, readPill, readPlace, readToldWindow } from './read-notices.ts'
import { createRequestLog } from './request-log.ts'
import { createSessionWatch } from './session-watch.ts'
import { createTabs } from './tabs.ts'
import { mainFrame, tabStateOf } from './tab-state.ts'
import { createToldWindows } from './told-windows.ts'
import { createWholeHistories } from './whole-histories.ts'

/** Least time between two writings of the log of requests, in milliseconds. */
const WRITE_MS = 2_000
/** Longest wait for a page to scroll, in milliseconds. */
const REVEAL_MS = 5_000
/** Name under which the log of requests is remembered. */
const REQUESTS = 'requests'
const MOST_TURN = 1_000

/**
 * The chats of all tabs: what pages say is kept and folded, and what is known of it is told.
 *
 * @see SPEC.md rules CHATS1–CHATS15
 */
export function createChats(world: ChatsWorld): Chats {
  const { call, memory } = world
  const log = createRequestLog()
  const tabs = createTabs(world, (tab, frames) => {
    const main = mainFrame(frames)
    const gauge = main ? gaugeFor(main, frames) : null
    const session = gauge && main ? sessionFor(main, frames) : null
    const isPaused = !main || isStopped(main)
    return tabStateOf(tab, frames, { session, gauge, isPaused })
  })
  const isStopped = ({ origin }: Frame): boolean => {
    const settings = world.settings()
    return settings.isPaused || !siteSettingsOf(settings, origin).isOn
  }
  const mayServe = (frame: Frame): boolean =>
    !frame.peer.isIncognito && isWeb(frame.origin) && !isStopped(frame)
  const touch = (session: string): void => {
    for (const frame of tabs.frames()) {
      if (frame.whole?.session === session || hosted.sessionOf(frame) === session) {
        tabs.touch(frame.peer.tab)
      }
    }
  }
  const watch = createSessionWatch(call, touch)
  const handOvers = createHandOvers({ world, topFrame: tabs.topFrame })
  const hosted = createHostedChats({
    ...{ world, watch, mayServe },
    onBegun: handOvers.begun,
    onSession: touch,
  })
  const settleAll = (): void => {
    for (const frame of tabs.frames()) {
      void whole.settle(frame).catch(() => {})
      void hosted.settle(frame).catch(() => {})
    }
  }
  const told = createToldWindows(memory, () => {
    settleAll()
    tabs.touchAll()
  })
  const toldLog = createWritten(world, () => memory.set(REQUESTS, log.write()))
  const whole = createWholeHistories({
    ...{ world, log, told, watch, mayServe },
    onFrame: ({ peer }) => tabs.touch(peer.tab),
    onLog: toldLog,
  })
  void memory.get(REQUESTS).then(
    (stored) => {
      log.read(stored)
      world.onRequests()
    },
    () => {},
  )

  /** The frame of a tab whose requests hold whole histories. */
  const wholeIn = (frames: readonly Frame[]): Frame | undefined =>
    frames.findLast((frame) => frame.whole !== null && mayServe(frame))
  const sessionFor = (main: Frame, frames: readonly Frame[]): string | null =>
    main.place?.site ? hosted.sessionOf(main) : (wholeIn(frames)?.whole?.session ?? null)
  const gaugeFor = (main: Frame, frames: readonly Frame[]): GaugeState | null => {
    if (main.place?.site) return hosted.gauge(main)
    const frame = wholeIn(frames)
    const state = frame?.whole ? watch.state(frame.whole.session) : null
    if (!frame?.whole || !state) return null
    const { peeked } = frame.whole
    return gaugeOf({
      tokens: state.tokens.context,
      overhead: 0,
      window: whole.windowOf(frame.origin, peeked),
      model: peeked.model,
      thresholds: world.settings().thresholds,
      state,
    })
  }
  const settingsFor = ({ origin }: Frame): BridgeSettings => {
    const settings = world.settings()
    return { site: siteSettingsOf(settings, origin), isPaused: settings.isPaused }
  }
  const place = (frame: Frame, given: unknown): void => {
    frame.place = readPlace(given) ?? frame.place
    hosted.look(frame)
    handOvers.here(frame)
    tabs.touch(frame.peer.tab)
  }

  return {
    meet(peer: BridgePeer) {
      const frame = createFrame(peer, world.now)
      tabs.add(frame)
      const handlers: Handlers<HostForBridge> = {
        requests: {
          async hello(given) {
            place(frame, given)
            return settingsFor(frame)
          },
          plan: (request) => whole.plan(frame, request),
          rescue: (refused) => whole.rescue(frame, refused),
          answer: (answer) => whole.answer(frame, answer),
          observed: (response) => hosted.observed(frame, response),
          captured: (captured) => hosted.captured(frame, captured),
        },
        notices: {
          place: (given) => place(frame, given),
          health(given) {
            frame.health = readHealth(given) ?? frame.health
            tabs.touch(peer.tab)
          },
          window(given) {
            const window = mayServe(frame) ? readToldWindow(given) : null
            if (window) told.set(frame.origin, window.server, window.model, window.tokens)
          },
          ping() {},
          pill(given) {
            const patch = readPill(given)
            // To change what nobody enabled, or somebody forgot, would enable it; and what is set is the same in private windows and in others.
            if (patch && !isStopped(frame) && !peer.isIncognito) {
              world.patchSite(frame.origin, patch)
            }
          },
        },
      }
      return { handlers, left: () => tabs.remove(frame) }
    },
    tabs: () => tabs.states(),
    requests: (origin) =>
      origin === undefined ? log.all() : log.all().filter((one) => one.origin === origin),
    bodies: (id) => log.bodies(id),
    undo: (id) => whole.undo(id),
    handOff: (handOff) => handOvers.fill(handOff),
    async reveal(tab, turn) {
      const frame = tabs.topFrame(tab)
      if (!frame || turn.length > MOST_TURN) return false
      const asked = frame.peer.rpc.ask('reveal', { turn: turnNameOf(turn).turn }, REVEAL_MS)
      return asked.then(
        (isThere) => isThere === true,
        () => false,
      )
    },
    refresh() {
      for (const frame of tabs.frames()) {
        frame.peer.rpc.tell('settings', settingsFor(frame))
        hosted.look(frame)
      }
      settleAll()
      tabs.touchAll()
    },
    signal(signal) {
      if (signal.kind === 'deleted') hosted.forget(signal.session)
      watch.signal(signal)
    },
  }
}

/** A page that has an origin of its own: all pages without one would share a scope. */
function isWeb(origin: string): boolean {
  return /^https?:\/\//.test(origin) && origin.length <= 200
}

/** Says that the log has changed, and writes it, both not too often. */
function createWritten(world: ChatsWorld, write: () => Promise<void>): () => void {
  let isDue = false
  return () => {
    if (isDue) return
    isDue = true
    world.after(100, world.onRequests)
    world.after(WRITE_MS, () => {
      isDue = false
      void write().catch(() => {})
    })
  }
}

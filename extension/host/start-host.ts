import { BackfoldError } from '../../src/core/backfold-error.ts'
import type { SummariserOptions } from '../../src/protocol/summariser-options.ts'
import { USUAL_SETTINGS, type ExtensionSettings } from '../settings/extension-settings.ts'
import { BRIDGE_PORT } from '../wire/bridge-wire.ts'
import type { BridgeForHost, HostForBridge } from '../wire/bridge-wire.ts'
import type { HostLink } from '../wire/host-link.ts'
import { PANEL_PORT, type TabState } from '../wire/panel-wire.ts'
import { createRpc, type Rpc, type Wire } from '../wire/rpc.ts'
import { runtimeWire, type RuntimePort } from '../wire/runtime-wire.ts'
import { originOf, type Origin, type Sender } from '../wire/sender.ts'
import { createArchive, type ArchiveWorld } from './archive.ts'
import type { Chats, ChatsWorld, HostMemory } from './chats.ts'
import { createLadderChooser } from './choose-ladder.ts'
import { hasJobs } from './has-jobs.ts'
import { watchIdle } from './watch-idle.ts'
import { servePanels } from './serve-panels.ts'

/** A port that was opened from elsewhere. */
export interface ConnectedPort extends RuntimePort {
  readonly name: string
  readonly sender?: Sender | undefined
}

/** Everything that a host needs of the browser it runs in. */
export interface HostWorld {
  readonly link: HostLink
  readonly onConnect: (listener: (port: ConnectedPort) => void) => void
  /** This extension: its id, and the address of its root. */
  readonly own: { readonly id: string; readonly root: string }
  readonly archive: ArchiveWorld
  readonly memory: HostMemory
  readonly createChats: (world: ChatsWorld) => Chats
  /** What may be asked of the ladder that a person built; see `allow-choices.ts`. */
  readonly allowChoices: (
    ladder: readonly SummariserOptions[],
  ) => Promise<readonly SummariserOptions[]>
  readonly now: () => number
  readonly after: (ms: number, callback: () => void) => () => void
  readonly newId: () => string
  /** Nobody needs the host, and has not for a while. */
  readonly close: () => void
}

/**
 * Starts what owns the archive: it serves the bridges of chats and the extension's own pages. Listens once this
 * returns; what it needs to know comes later, and who asks meanwhile waits.
 *
 * @see SPEC.md rules HOST8 to HOST12
 */
export function startHost(world: HostWorld): void {
  const { link, now, after, newId } = world
  let settings: ExtensionSettings = USUAL_SETTINGS
  let connections = 0

  const chooseLadder = createLadderChooser({
    allowChoices: world.allowChoices,
    opened: () => archive.opened(),
  })
  const archive = createArchive(world.archive, {
    signal(signal) {
      chats.signal(signal)
      panels.tell('signal', signal)
    },
    restarted: (reason) => panels.tell('restarted', { reason }),
    changed() {
      const isOpen = archive.isOpen()
      // With each opening there is a new engine, which has no ladder yet.
      if (isOpen) void chooseLadder.again()
      chats.refresh()
      panels.tell('protection', { isOpen })
    },
  })
  const chats: Chats = world.createChats({
    backfold: () => archive.open(),
    isOpen: archive.isOpen,
    call: archive.call,
    settings: () => settings,
    patchSite: link.writeSite,
    memory: world.memory,
    now,
    after,
    newId,
    onTab(state) {
      panels.tell('tab', state)
      showBadge(state)
    },
    onTabGone(tab) {
      panels.tell('tabGone', { tab })
      showBadge({ tab, isTemporary: false, gauge: null })
    },
    onRequests: () => panels.tell('requests', null),
  })
  const showBadge = createBadges(link)
  const panels = servePanels({ archive, chats, settings: () => settings })
  const idle = watchIdle({
    now,
    after,
    isBusy: async () => {
      if (connections > 0) return true
      return archive.isOpen() && (await hasJobs(archive.call))
    },
    close: world.close,
  })

  const takeSettings = (told: ExtensionSettings): void => {
    settings = told
    chats.refresh()
  }
  link.onTold((told) => {
    if (told.kind === 'settings') takeSettings(told.settings)
    else void chooseLadder.to(told.ladder)
  })
  const ready = link.readSettings().then(takeSettings, () => {})
  void link.readLadder().then(chooseLadder.to, () => {})

  world.onConnect((port) => {
    const from = originOf(port.sender, world.own)
    const isPanel = port.name === PANEL_PORT && from.kind === 'own'
    if (!isPanel && !(port.name === BRIDGE_PORT && from.kind === 'page')) {
      port.disconnect()
      return
    }
    connections += 1
    const wire = runtimeWire(port)
    wire.onEnd(() => {
      connections -= 1
      idle.touch()
    })
    if (from.kind !== 'page') {
      panels.serve(wire)
      return
    }
    serveBridge(wire, from, chats, ready)
  })
}

/** Tells how full a tab's chat is, where that has changed: each telling wakes the background. */
function createBadges(
  link: Pick<HostLink, 'badge'>,
): (state: Pick<TabState, 'tab' | 'isTemporary' | 'gauge'>) => void {
  const shown = new Map<number, string>()
  return ({ tab, isTemporary, gauge }) => {
    const known = isTemporary ? null : gauge
    const share = known && Math.round((known.tokens / known.window) * 100) / 100
    const level = known?.level ?? 'ok'
    if ((shown.get(tab) ?? `null ok`) === `${share} ${level}`) return
    if (share === null) shown.delete(tab)
    else shown.set(tab, `${share} ${level}`)
    link.badge(tab, share, level)
  }
}

/** The bridge of one frame. What it may be told is known by the time it is greeted. */
function serveBridge(
  wire: Wire,
  { tab, origin, isIncognito }: Extract<Origin, { readonly kind: 'page' }>,
  chats: Chats,
  ready: Promise<void>,
): void {
  // The chats give the handlers that the line is made of, and are given the line.
  const made: { rpc?: Rpc<BridgeForHost> } = {}
  const met = chats.meet({
    tab,
    origin,
    isIncognito,
    rpc: {
      ask: (method, params, deadlineMs) =>
        made.rpc?.ask(method, params, deadlineMs) ??
        Promise.reject(new BackfoldError('WORKER_LOST', 'the bridge is not met yet')),
      tell: (notice, payload) => made.rpc?.tell(notice, payload),
      close: () => made.rpc?.close(),
    },
  })
  const { requests, notices } = met.handlers
  made.rpc = createRpc<HostForBridge, BridgeForHost>(wire, {
    requests: { ...requests, hello: (place) => ready.then(() => requests.hello(place)) },
    notices,
  })
  wire.onEnd(met.left)
}

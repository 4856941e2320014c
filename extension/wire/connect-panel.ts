import { issueId } from '../../src/client/connection.ts'
import { createBackfold, type Call } from '../../src/client/create-backfold.ts'
import type { Backfold } from '../../src/client/session.ts'
import { REPEATABLE } from '../../src/protocol/requests.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { PANEL_PORT, type HostForPanel, type PanelForHost, type TabState } from './panel-wire.ts'
import { keepConnected, type LineWorld, type NoticeListener, type Way } from './keep-connected.ts'
import type { Rpc } from './rpc.ts'

/** A page of the extension on its way to the host, which may die and come back at any moment. */
export interface HostLine {
  /** The archive as any page has it; nothing of it runs here. The ladder is changed by the settings only. */
  readonly backfold: Backfold
  /** Waits for the host; what changes nothing is asked again when it comes back. */
  readonly rpc: Rpc<HostForPanel>
  readonly state: Way['state']
  onTab(listener: (state: TabState) => void): () => void
  onTabGone(listener: (tab: number) => void): () => void
  /** The log of requests has changed. */
  onRequests(listener: () => void): () => void
  onProtection(listener: (told: { readonly isOpen: boolean }) => void): () => void
  close(): void
}

/** Bytes of a file that go with one message. */
const PIECE_BYTES = 4_000_000

const REPEATABLE_HERE: readonly string[] = [
  'tabs',
  'requests',
  'bodies',
  'protection',
] satisfies readonly (keyof HostForPanel['requests'])[]

type Notices = PanelForHost['notices']

/**
 * Connects a page of the extension to the host, and again whenever that is lost.
 *
 * @see SPEC.md rules RPC5 to RPC9
 */
export function connectToHost(world: LineWorld = browserLine()): HostLine {
  const heard = createListeners()
  const way = keepConnected(world, {
    told: heard.tell,
    again: (reason) => created.restarted(reason),
  })
  const call: Call = async (method, params) => {
    const isRepeatable = REPEATABLE.includes(method)
    const found = await way.ask(isRepeatable, async (rpc, isRepeat) => {
      const sent = isRepeat && method === 'append' ? { ...params, repeat: true } : params
      return rpc.ask('engine', { method, params: await handOver(rpc, sent) })
    })
    return takeOver(found) as Awaited<ReturnType<typeof call<typeof method>>>
  }
  const created = createBackfold(call, issueId, async () => way.close(), { models: [] })
  heard.on('signal', created.tell)
  heard.on('restarted', ({ reason }) => created.restarted(reason))
  return {
    backfold: created.backfold,
    rpc: {
      ask: (method, params, deadlineMs) =>
        way.ask(REPEATABLE_HERE.includes(method), (rpc) => rpc.ask(method, params, deadlineMs)),
      tell: (notice, payload) => way.now()?.tell(notice, payload),
      close: way.close,
    },
    state: way.state,
    onTab: (listener) => heard.on('tab', listener),
    onTabGone: (listener) => heard.on('tabGone', ({ tab }) => listener(tab)),
    onRequests: (listener) => heard.on('requests', () => listener()),
    onProtection: (listener) => heard.on('protection', listener),
    close: way.close,
  }
}

interface Listeners {
  on<N extends keyof Notices>(notice: N, listener: (payload: Notices[N]) => void): () => void
  readonly tell: NoticeListener
}

function createListeners(): Listeners {
  const listeners = new Set<readonly [string, (payload: never) => void]>()
  return {
    on(notice, listener) {
      const own = [notice, listener] as const
      listeners.add(own)
      return () => listeners.delete(own)
    },
    tell(notice, payload) {
      for (const [name, listener] of [...listeners]) {
        if (name === notice) (listener as (payload: unknown) => void)(payload)
      }
    },
  }
}

/** A file goes ahead of the request that names it, piece by piece. */
async function handOver(rpc: Rpc<HostForPanel>, params: unknown): Promise<unknown> {
  const { file } = (params ?? {}) as { readonly file?: unknown }
  if (!(file instanceof Blob)) return params
  const name = issueId()
  const { type } = file
  for (let at = 0; at === 0 || at < file.size; at += PIECE_BYTES) {
    const bytes = new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer())
    await rpc.ask('file', { name, piece: toBase64(bytes), type })
  }
  return { ...(params as object), file: { $file: name } }
}

/** The bytes of an answer, where it has some. */
function takeOver(result: unknown): unknown {
  const { bytes } = (result ?? {}) as { readonly bytes?: { readonly $bytes?: unknown } }
  if (typeof bytes !== 'object' || bytes === null || !('$bytes' in bytes)) return result
  return { ...(result as object), bytes: fromBase64(bytes.$bytes) ?? new Uint8Array() }
}

function browserLine(): LineWorld {
  return {
    ensureHost: () => chrome.runtime.sendMessage({ to: 'background', kind: 'ensure-host' }),
    connect: () => chrome.runtime.connect({ name: PANEL_PORT }),
    after(ms, callback) {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
  }
}

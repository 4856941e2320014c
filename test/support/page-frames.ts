import { HAND_OVER } from '../../extension/wire/hand-over.ts'
import type { PageMode, PagePlan } from '../../extension/wire/page-wire.ts'
import type { ObservedResponse } from '../../extension/sites/site.ts'
import type { HostRequest } from '../../src/protocol/host-requests.ts'

/** A page of its own: a frame, with everything that a window has. */
export type Page = Window & typeof globalThis

export const EVERYTHING: PageMode = { rewrites: true, rescues: true, observes: true }

/** What the bridge of a test does, and what it was told. */
export interface TestBridge {
  readonly planned: HostRequest[]
  readonly refused: { readonly plan: string; readonly status: number; readonly answer: string }[]
  readonly answers: { readonly plan: string; readonly answer: string }[]
  readonly observed: ObservedResponse[]
  setMode(mode: PageMode): void
  close(): void
}

export interface BridgePlans {
  readonly plan: (request: HostRequest) => PagePlan | Promise<PagePlan>
  readonly rescue?: (refusal: { readonly status: number }) => PagePlan
  /** Told at once; nothing is told without it. */
  readonly mode?: PageMode
}

const frames: HTMLIFrameElement[] = []

/** A page without anything, of this page's origin. */
export async function openPlainPage(): Promise<Page> {
  const frame = document.createElement('iframe')
  frame.src = new URL('./page-frame.html', import.meta.url).href
  await new Promise((resolve) => {
    frame.addEventListener('load', resolve)
    document.body.append(frame)
  })
  frames.push(frame)
  return frame.contentWindow as Page
}

/** So many times slower than ours is the clock of a page by default. */
const PATIENCE = 100

/** What the wrapper waits for no longer than a moment is there in time, however busy the machine is. */
function slowDown(page: Page): void {
  const after = page.setTimeout.bind(page)
  const now = page.performance.now.bind(page.performance)
  const slow = (act: () => void, ms: number = 0): number => after(act, ms * PATIENCE)
  Object.assign(page, { setTimeout: slow })
  Object.assign(page.performance, { now: () => now() / PATIENCE })
}

/**
 * A page with the wrapper in it, which has been given no port yet.
 *
 * @param prepare - What others have done to the page before.
 * @param clock - The real one where it matters that something does not come in time.
 */
export async function openWrappedPage(
  prepare?: (page: Page) => void,
  clock: 'patient' | 'real' = 'patient',
): Promise<Page> {
  const page = await openPlainPage()
  if (clock === 'patient') slowDown(page)
  prepare?.(page)
  const script = page.document.createElement('script')
  script.type = 'module'
  script.src = new URL('../../extension/page/page.ts', import.meta.url).href
  await new Promise((resolve, reject) => {
    script.addEventListener('load', resolve)
    script.addEventListener('error', reject)
    page.document.head.append(script)
  })
  return page
}

export function closePages(): void {
  for (const frame of frames.splice(0)) frame.remove()
}

/** Says something to a page as its own scripts do. */
export function sayWithin(page: Page, message: unknown, ports: readonly MessagePort[] = []): void {
  const say = page.eval('(message, ports) => window.postMessage(message, "*", ports)') as (
    message: unknown,
    ports: readonly MessagePort[],
  ) => void
  say(message, ports)
}

export function giveBridge(page: Page, { plan, rescue, mode }: BridgePlans): TestBridge {
  const { port1, port2 } = new MessageChannel()
  const bridge: TestBridge = {
    planned: [],
    refused: [],
    answers: [],
    observed: [],
    setMode: (now) => port1.postMessage({ tell: 'mode', payload: now }),
    close: () => port1.close(),
  }
  const asked: Record<string, (params: never) => PagePlan | Promise<PagePlan>> = {
    plan(request: HostRequest) {
      bridge.planned.push(request)
      return plan(request)
    },
    rescue(refusal: TestBridge['refused'][number]) {
      bridge.refused.push(refusal)
      return rescue?.(refusal) ?? { kind: 'pass' }
    },
  }
  port1.onmessage = ({ data }: MessageEvent<Record<string, unknown>>) => {
    const { ask, method, params, tell, payload } = data
    if (tell === 'answer') bridge.answers.push(payload as never)
    else if (tell === 'observed') bridge.observed.push(payload as never)
    else if (typeof method === 'string') {
      void Promise.resolve(asked[method]?.(params as never)).then((value) =>
        port1.postMessage({ answer: ask, reply: { ok: true, value } }),
      )
    }
  }
  if (mode) bridge.setMode(mode)
  sayWithin(page, HAND_OVER, [port2])
  return bridge
}

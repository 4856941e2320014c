import type { HostRequest } from '../../src/protocol/host-requests.ts'
import type { ObservedResponse } from '../sites/site.ts'

/** What the page's own world is told to do. Nothing until it is told. */
export interface PageMode {
  /** Whether requests with whole histories are looked at. */
  readonly rewrites: boolean
  readonly rescues: boolean
  /** Whether the responses of hosted chats are read along. */
  readonly observes: boolean
}

/** What the wrapper is to do with one request. */
export type PagePlan =
  | { readonly kind: 'pass'; readonly plan?: string }
  | { readonly kind: 'send'; readonly plan: string; readonly body: string }

/** What the bridge takes from the page's world. A hostile page may say all of it. */
export interface BridgeForPage {
  readonly requests: {
    plan: { readonly params: HostRequest; readonly result: PagePlan }
    rescue: {
      readonly params: { readonly plan: string; readonly status: number; readonly answer: string }
      readonly result: PagePlan
    }
  }
  readonly notices: {
    answer: { readonly plan: string; readonly answer: string }
    observed: ObservedResponse
  }
}

/** What the page's world takes from the bridge. */
export interface PageForBridge {
  readonly requests: Record<never, never>
  readonly notices: { mode: PageMode }
}

import type { Part } from '../../src/core/session/message.ts'

/** Chats that keep their history on their server. */
export const SITE_IDS = ['chatgpt', 'claude', 'gemini', 'deepseek', 'grok', 'perplexity'] as const

export type SiteId = (typeof SITE_IDS)[number]

/** A turn of a hosted chat as the site itself tells it. */
export interface SiteTurn {
  /** The site's own id. */
  readonly id: string
  /** The turn before it; null for the first, undefined where the site does not say. */
  readonly parent?: string | null
  readonly role: 'user' | 'assistant'
  readonly parts: readonly Part[]
  /** Unix time in milliseconds. */
  readonly at?: number
  readonly model?: string
}

/** What was learnt of a conversation. All of it is untrusted. */
export type Captured =
  /** All its turns, as a tree. */
  | {
      readonly kind: 'conversation'
      readonly site: SiteId
      readonly conversation: string
      readonly title?: string
      readonly model?: string
      readonly turns: readonly SiteTurn[]
      /** The last turn of the branch that is shown. */
      readonly leaf: string
    }
  /** A stretch of it, in order: what was just said, or what is mounted on the page. */
  | {
      readonly kind: 'turns'
      readonly site: SiteId
      readonly conversation: string
      readonly title?: string
      readonly model?: string
      readonly turns: readonly SiteTurn[]
      /** Whether the first of them is the first of the conversation. */
      readonly isFromStart: boolean
      /** Where it was read; what a response said outweighs what is drawn. */
      readonly from: 'response' | 'page'
    }

/** A response that the page itself got. */
export interface ObservedResponse {
  /** Whole, but for the keys in it. */
  readonly url: string
  readonly method: string
  /** The body of its request, where it was a text; at most 1,000,000 characters. */
  readonly request?: string
  readonly text: string
}

/** Whether an adapter still fits its site. */
export interface AdapterHealth {
  /** `none`: nothing on the page is recognised, and nothing is done. */
  readonly state: 'ok' | 'fallback' | 'partial' | 'none'
  /** The layer that reads now, by name; empty where none does. */
  readonly layer: string
  /** A sentence for people; empty if all is well. */
  readonly detail: string
}

/** What an adapter knows of its site, as data. */
export interface SiteFacts {
  readonly id: SiteId
  /** As people call it. */
  readonly name: string
  /** Host names, without subdomains that are other products. */
  readonly hosts: readonly string[]
  readonly newChatUrl: string
  /** Selectors of the composer, the surest first. */
  readonly composer: readonly string[]
  /** Tokens of what the site adds to every conversation, as far as that is known. */
  readonly overheadTokens: number
  /** Windows by a part of the model's name, the longest match first; `''` is for any other. */
  readonly windows: Readonly<Record<string, number>>
}

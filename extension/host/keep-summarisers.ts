import type { Call } from '../../src/client/create-backfold.ts'
import { createNewest } from '../../src/engine/newest.ts'
import type { Method } from '../../src/protocol/requests.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import { readChat } from './archive/archive-writer.ts'

/** Sessions of which it is known which summarisers they are kept to. */
const MOST_SESSIONS = 64

/** What a page of the extension may start a job by. */
const STARTS: readonly Method[] = ['open', 'compact']

/**
 * Keeps a session to the summarisers that are set for its site before a page of the extension has it folded: no page
 * of the site may have been there since they were set. A site that is no longer among the settings widens nothing.
 *
 * @see SPEC.md rule CHATS17
 */
export function createSummariserKeeper({
  call,
  settings,
}: {
  readonly call: Call
  readonly settings: () => ExtensionSettings
}): (method: Method, params: unknown) => Promise<void> {
  const kept = createNewest<string>({ entries: MOST_SESSIONS })
  const keep = async (session: string): Promise<void> => {
    const { details } = await call('state', { session })
    const origin: unknown = readChat(details.host['chat'])?.origin
    const { sites } = settings()
    const site = typeof origin === 'string' && Object.hasOwn(sites, origin) ? sites[origin] : null
    if (!site) return
    const { summarisers } = site
    const wish = JSON.stringify(summarisers)
    if (kept.get(session) === wish) return
    await call('configure', { session, options: { summarisers } })
    kept.add(session, wish)
  }
  return async (method, params) => {
    if (!STARTS.includes(method) || typeof params !== 'object' || params === null) return
    const { session } = params as { readonly session?: unknown }
    // What is wrong with it is told by the request itself.
    if (typeof session === 'string') await keep(session).catch(() => {})
  }
}

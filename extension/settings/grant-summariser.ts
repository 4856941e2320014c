import type { SummariserOptions } from '../../src/protocol/summariser-options.ts'
import { patternOf } from './pattern-of.ts'
import { readOrigin } from './read-settings.ts'

/**
 * Match patterns of the server of a summariser that is elsewhere: it may answer no page that it does not know.
 *
 * @returns undefined where nothing is to be asked for: it is on this device, or the browser's.
 * @see SPEC.md rule GRANT13
 */
export function serversOf(choice: SummariserOptions): readonly string[] | undefined {
  if (choice.kind === 'built-in' || choice.kind === 'browser-ai') return undefined
  if (choice.kind === 'webllm') return undefined
  const origin = readOrigin(choice.baseUrl ?? '')
  return origin === null ? [] : [patternOf(origin)]
}

/**
 * Asks for what a summariser needs. To be called first thing in a click: nothing may be awaited before.
 *
 * @returns Whether it may be asked. A refused host is no hindrance: its server may answer all the same.
 */
export async function grantSummariser(choice: SummariserOptions): Promise<boolean> {
  const servers = serversOf(choice)
  if (!servers) return true
  const origins = [...servers]
  if (!isFirefox()) {
    // Not awaited: a question that nobody answers would hold the step up.
    if (origins.length > 0) void chrome.permissions.request({ origins }).catch(() => false)
    return true
  }
  const wanted: chrome.permissions.Permissions & { readonly data_collection: readonly string[] } = {
    origins,
    data_collection: ['websiteContent'],
  }
  return chrome.permissions.request(wanted).catch(() => false)
}

/** Only Firefox asks for what extensions send. */
function isFirefox(): boolean {
  return chrome.runtime.getURL('').startsWith('moz-extension:')
}

import { captureAnswer } from '../../src/client/fetch/capture-answer.ts'
import { OBSERVED_PATHS } from '../sites/observed-paths.ts'
import { WINDOW_PATHS } from '../wire/window-paths.ts'
import type { Link } from './link.ts'

/** Longest response that is read along, in bytes. */
const MAX_BYTES = 16_000_000

/**
 * What a response to a call of the page's own is told to; undefined where it is not worth reading, and while nothing
 * is to be read.
 */
export function observer(
  link: Link,
  address: string | URL,
  verb: string,
  body: unknown,
): ((text: string) => void) | undefined {
  const observes = link.may('observes')
  if (!observes && !link.may('rewrites')) return undefined
  const method = verb.toUpperCase()
  // Of all that is found in it, only what is found in its path is taken by whoever is told.
  const url = new URL(address, document.baseURI).href
  const isObserved = observes && OBSERVED_PATHS[method]?.test(url)
  if (!isObserved && !WINDOW_PATHS.test(url)) return undefined
  const request = typeof body === 'string' && { request: body }
  return (text) => link.observed({ url, method, ...request, text })
}

/** Reads a response in a copy. What the page does with its own is up to it. */
export async function readAlong(
  answer: Promise<Response>,
  tell: (text: string) => void,
): Promise<void> {
  try {
    // The copy has to be there before the page reads: this goes on before anything of the page's that awaits the same.
    const response = await answer
    const text = response.ok && (await captureAnswer(response, MAX_BYTES))
    if (text) tell(text)
  } catch {
    // The page hears of it.
  }
}

/** Page of the host in Chrome. */
const OFFSCREEN = 'offscreen.html'

/**
 * Makes sure that the offscreen document is there. There can be only one: who comes meanwhile waits for the same, and
 * that another one was quicker is success.
 *
 * @see SPEC.md rule HOST1
 */
export function createOffscreenKeeper(
  offscreen: OffscreenApi = chrome.offscreen,
): () => Promise<void> {
  let creating: Promise<void> | undefined
  return () => {
    creating ??= create(offscreen).finally(() => {
      creating = undefined
    })
    return creating
  }
}

/** As much of `chrome.offscreen` as is needed. */
export interface OffscreenApi {
  createDocument(options: {
    readonly url: string
    readonly reasons: `${chrome.offscreen.Reason}`[]
    readonly justification: string
  }): Promise<void>
}

async function create(offscreen: OffscreenApi): Promise<void> {
  try {
    await offscreen.createDocument({
      url: OFFSCREEN,
      reasons: ['WORKERS'],
      justification: 'Workers store the sessions and fold them in the background.',
    })
  } catch (failure) {
    if (!String(failure).includes('single offscreen')) throw failure
  }
}

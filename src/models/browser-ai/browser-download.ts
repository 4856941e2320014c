import type { ModelReply } from '../../core/ports/language-model.ts'
import type { SummariserState } from '../../protocol/summariser-state.ts'
import { failed } from '../answer-within.ts'
import type { BrowserApi, BrowserSession, DownloadProgress } from './browser-api.ts'
import { failedState } from './browser-ai-state.ts'
import { failureOf, NEEDS_CLICK } from './failure-of.ts'

type Failed = Extract<ModelReply, { kind: 'failed' }>

/** When a call that met a download is worth making again, in milliseconds. */
const ASK_AGAIN_MS = 30_000

/** The one download of the browser's model that may be under way. */
export interface BrowserDownload {
  /**
   * Begins it, or joins the one under way, and asks the browser before it returns.
   *
   * @returns Resolves to why it failed, or to nothing once the model is there. Never rejects.
   */
  begin(api: BrowserApi, isActivated: boolean | undefined): Promise<Failed | undefined>
  /** The answer to a call that can't wait for its end. */
  stillLoading(): Failed
}

/** @see SPEC.md rules BAI3, BAI4 */
export function createDownload(
  signal: AbortSignal,
  tell: (state: SummariserState) => void,
  /** Takes the session that the download ends with. */
  keep: (api: BrowserApi, session: BrowserSession) => void,
): BrowserDownload {
  let current: Promise<Failed | undefined> | undefined
  let share: number | undefined
  const onProgress = (progress: DownloadProgress): void => {
    share = progress.share
    // Browsers report a whole download of what was there, too.
    tell(share === 1 ? { kind: 'loading' } : { kind: 'downloading', ...progress })
  }
  const run = async (
    api: BrowserApi,
    isActivated: boolean | undefined,
  ): Promise<Failed | undefined> => {
    try {
      const opening = api.open({ signal, onProgress })
      tell({ kind: 'loading' })
      keep(api, await opening)
      tell({ kind: 'ready' })
      return undefined
    } catch (thrown) {
      const failure = failureOf(thrown, { step: 'open', isActivated })
      tell(failure === NEEDS_CLICK ? { kind: 'needs-download' } : failedState(failure))
      return failure
    } finally {
      current = undefined
      share = undefined
    }
  }
  return {
    begin: (api, isActivated) => (current ??= run(api, isActivated)),
    stillLoading() {
      const far = share === undefined ? '' : `, ${Math.floor(share * 100)} % so far`
      return failed(
        'unavailable',
        `the browser downloads its AI${far}; ask again later`,
        ASK_AGAIN_MS,
      )
    },
  }
}

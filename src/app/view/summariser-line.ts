import type { ModelFailure } from '../../core/ports/language-model.ts'
import type { SummariserState } from '../../protocol/summariser-state.ts'
import { duration, fileSize, percent } from './token-format.ts'

/** A summariser's state at a glance. */
export interface SummariserLine {
  readonly tone: 'quiet' | 'busy' | 'good' | 'bad'
  readonly text: string
  /** What a person can do about it; null if nothing has to be done. */
  readonly advice: string | null
  /** 0 to 1 while something is loaded and it is known how far, else null. */
  readonly progress: number | null
}

const ADVICE: Readonly<Record<ModelFailure, string>> = {
  aborted: 'It was stopped. Try it again.',
  unauthorised: 'The key is missing or wrong. Enter it again.',
  forbidden:
    'This key or page may not use it. Ask whoever runs it for leave, or choose another one.',
  'not-found': 'Check the address and the name of the model.',
  'too-large': 'The request was too big for the server. Choose a larger model, or smaller blocks.',
  'context-exceeded': 'The text did not fit its window. Choose a model with a larger one.',
  'rate-limited': 'It was asked too often. It is asked again by itself a little later.',
  server: 'The server has trouble. It is asked again by itself; look at the server if it stays so.',
  blocked:
    'The browser did not let the answer through. Allow this page’s origin on the server (CORS).',
  offline: 'There is no connection. Go online, or choose one that runs on this device.',
  tls: 'The connection is not secure or its certificate is wrong. Use https with a valid one.',
  'timed-out': 'It took too long. Choose a smaller model, or allow it more time.',
  truncated: 'The answer was cut off. It is asked again by itself.',
  'not-json': 'It answered with something else than a model does. Check the address.',
  refused: 'It declined this text. The built-in summariser does without it.',
  unavailable: 'It can’t be used here now. Choose another one, or try again later.',
  'needs-consent': 'It needs your leave first: press the button to download or start it.',
  'out-of-memory': 'This device has too little memory for it. Choose a smaller model.',
  'device-lost':
    'The graphics device or the model was lost. It is started again when it is next asked.',
  'invalid-options': 'One of its settings makes no sense. Correct it.',
  failed: 'Try it again, or choose another one.',
}

/** What a person can do about a failure. @see SPEC.md rule APP91 */
export function adviceFor(code: ModelFailure): string {
  return ADVICE[code]
}

/**
 * Tells a summariser's state in one line.
 *
 * @see SPEC.md rules APP90, APP91
 */
export function summariserLine(state: SummariserState): SummariserLine {
  switch (state.kind) {
    case 'unknown':
      return quiet('Not looked at yet')
    case 'available':
      return quiet('Available; it is loaded when it is first asked')
    case 'needs-download':
      return {
        ...quiet(`Needs a download${sizeOf(state.bytes, ' of ')}`),
        advice: 'Nothing is downloaded until you say so.',
      }
    case 'downloading':
      return busy('Downloading', state.share, state.bytes)
    case 'paused':
      return {
        ...busy('Download paused at', state.share, state.bytes, 'Download paused'),
        tone: 'quiet',
      }
    case 'loading':
      return busy('Loading', state.share)
    case 'ready':
      return { tone: 'good', text: 'Ready', advice: null, progress: null }
    case 'failed': {
      const { code, reason, retryAfterMs: wait = 0 } = state
      const isLater = Number.isFinite(wait) && wait > 0
      const again = isLater ? ` Worth trying again in ${duration(wait)}.` : ''
      return {
        tone: 'bad',
        text: sentence(reason),
        advice: `${adviceFor(code)}${again}`,
        progress: null,
      }
    }
  }
}

function quiet(text: string): SummariserLine {
  return { tone: 'quiet', text, advice: null, progress: null }
}

/** Something under way: `Downloading 42 % of 1.2 GB`, or without what is not known. */
function busy(
  what: string,
  share: number | undefined,
  bytes?: number,
  whatAlone: string = what,
): SummariserLine {
  const progress =
    share === undefined || Number.isNaN(share) ? null : Math.min(1, Math.max(0, share))
  const text =
    progress === null
      ? `${whatAlone}${sizeOf(bytes, ', ')}`
      : `${what} ${percent(progress)}${sizeOf(bytes, ' of ')}`
  return { tone: 'busy', text, advice: null, progress }
}

function sizeOf(bytes: number | undefined, before: string): string {
  return bytes !== undefined && Number.isFinite(bytes) && bytes > 0
    ? `${before}${modelSize(bytes)}`
    : ''
}

const GIGABYTE = 1_000_000_000

function modelSize(bytes: number): string {
  return bytes < GIGABYTE
    ? fileSize(bytes)
    : `${(bytes / GIGABYTE).toFixed(1).replace(/\.0$/, '')} GB`
}

/** Longest reason that is shown in a line, in code units. */
const MAX_REASON = 300

/** A reason as a sentence: it begins with a capital and has an end. */
function sentence(reason: string): string {
  const text = reason.slice(0, MAX_REASON).toWellFormed().trim()
  if (text === '') return 'It failed.'
  const [first = ''] = text
  const rest = text.slice(first.length)
  const end = reason.length > MAX_REASON ? '…' : /[.!?…]$/.test(text) ? '' : '.'
  return `${first.toUpperCase()}${rest}${end}`
}

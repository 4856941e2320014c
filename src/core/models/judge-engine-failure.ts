import type { ModelFailure } from '../ports/language-model.ts'

/** An error of the engine as plain data: across threads only its name and message are left. */
export interface EngineFailure {
  readonly name: string
  readonly message: string
}

/**
 * What helps against a failure.
 *
 * | cure | meaning |
 * |---|---|
 * | `none` | the request is at fault: the engine goes on as it was |
 * | `unconstrained` | asked without a schema, it may work; the engine goes on as it was |
 * | `give-up` | it would fail again; the engine is ended |
 * | `later` | it may work another time, but not at once; the engine is ended |
 * | `restart` | a fresh engine may work |
 * | `clear-cache` | what is stored is damaged: deleted once and downloaded again |
 * | `smaller` | a model that takes less may work |
 */
export type EngineCure =
  'none' | 'unconstrained' | 'give-up' | 'later' | 'restart' | 'clear-cache' | 'smaller'

export interface FailureVerdict {
  readonly code: ModelFailure
  readonly cure: EngineCure
  /** For people. */
  readonly reason: string
}

export type EngineActivity = 'load' | 'generate'

/** Whoever writes these errors sees to it that a failed download can be told apart. */
export const DOWNLOAD_STATUS = 'DownloadStatusError'

/** What a lost device is called, by web-llm and by us. */
export const DEVICE_LOST = 'DeviceLostError'

/** The thread of the engine could not be started. */
export const NOT_STARTED = 'WorkerStartError'

/** The engine neither answered nor told of any progress for a long time. */
export const STALLED = 'StalledError'

/** Names of errors by which web-llm refuses a request before it computes anything. */
const REFUSED_REQUESTS: ReadonlySet<string> = new Set([
  'MinValueError',
  'NonNegativeError',
  'InvalidNumberStringError',
  'DependencyError',
  'ConfigValueError',
  'MessageOrderError',
  'SystemMessageOrderError',
  'ContentTypeError',
  'UnsupportedRoleError',
  'UserMessageContentErrorForNonVLM',
  'UnsupportedContentPartError',
  'MultipleTextContentError',
  'UnsupportedFieldsError',
  'StreamingCountError',
  'SeedTypeError',
  'InvalidResponseFormatError',
  'InvalidResponseFormatGrammarError',
  'CustomResponseFormatError',
  'UnsupportedModelIdError',
  'InvalidStreamOptionsError',
])

/** Where an address carries its keys. */
const QUERIES = /(?<=https?:\/\/[^\s?#]{1,250})[?#]\S*/g

const MAX_NAME = 60
const MAX_MESSAGE = 300

/**
 * What an error of the engine means, and what helps. An error that is not known to refuse a request leaves an
 * engine that can't be trusted any more: after a lost GPU the same engine hangs, throws or works, by chance.
 */
export function judgeEngineFailure(
  { name, message }: EngineFailure,
  activity: EngineActivity,
): FailureVerdict {
  const told = message.slice(0, MAX_MESSAGE).replace(QUERIES, '')
  const text = `${name.slice(0, MAX_NAME)}: ${told}`.toWellFormed()
  return (
    judgeRequest(name, told, text) ??
    judgeDevice(name, told, text, activity) ??
    (activity === 'load' ? judgeLoad(name, told, text) : undefined) ?? {
      code: 'failed',
      cure: 'restart',
      reason: `the engine failed: ${text}`,
    }
  )
}

function judgeRequest(name: string, message: string, text: string): FailureVerdict | undefined {
  if (name === 'ContextWindowSizeExceededError') {
    return {
      code: 'context-exceeded',
      cure: 'none',
      reason: 'the question is too long for the model',
    }
  }
  if (name === 'GrammarMatcherInitError') {
    return { code: 'failed', cure: 'unconstrained', reason: `the schema was not taken: ${text}` }
  }
  // The language's own error of this name is about memory.
  const refused =
    REFUSED_REQUESTS.has(name) || (name === 'RangeError' && message.startsWith('Make sure '))
  return refused
    ? { code: 'failed', cure: 'none', reason: `the request was refused: ${text}` }
    : undefined
}

const OUT_OF_MEMORY =
  /out of memory|allocation failed|invalid (?:typed )?array length|not enough memory/i

const LOST =
  /already been disposed|already deleted|external Instance reference|Instance dropped|device (?:is|was) lost/i

function judgeDevice(
  name: string,
  message: string,
  text: string,
  activity: EngineActivity,
): FailureVerdict | undefined {
  const inLoad = activity === 'load'
  if (name === NOT_STARTED) {
    return {
      code: 'unavailable',
      cure: 'give-up',
      reason: `no worker could be started: ${message}`,
    }
  }
  if (name === STALLED) return { code: 'timed-out', cure: 'later', reason: message }
  // While it loads, web-llm destroys a device that has no room; a driver that crashed says `unknown`.
  const hasNoRoom = inLoad && name === DEVICE_LOST && !message.startsWith('unknown')
  if (hasNoRoom || OUT_OF_MEMORY.test(message)) {
    return {
      code: 'out-of-memory',
      cure: inLoad ? 'smaller' : 'restart',
      reason: 'the device has too little free memory for the model; close other tabs and apps',
    }
  }
  if (name === DEVICE_LOST || name === 'OperationError' || LOST.test(message)) {
    return { code: 'device-lost', cure: 'restart', reason: `the GPU was lost: ${text}` }
  }
  if (
    name === 'WebGPUNotAvailableError' ||
    name === 'WebGPUNotFoundError' ||
    /Unable to find a compatible GPU|Cannot initialize runtime because of/i.test(message)
  ) {
    return { code: 'unavailable', cure: 'give-up', reason: 'no GPU that models can use was found' }
  }
  return undefined
}

function judgeLoad(name: string, message: string, text: string): FailureVerdict | undefined {
  return (
    judgeDownload(name, message, text) ?? judgeStored(name, message, text) ?? judgeModel(name, text)
  )
}

function judgeDownload(name: string, message: string, text: string): FailureVerdict | undefined {
  if (name === DOWNLOAD_STATUS)
    return judgeStatus(Number(/\b([45]\d\d)\b/.exec(message)?.[1]), text)
  if (/Request failed/i.test(message) && /Cache/.test(message)) {
    return { code: 'not-found', cure: 'give-up', reason: `a file of the model is missing: ${text}` }
  }
  const isNetwork =
    name === 'NetworkError' ||
    /failed to fetch|networkerror|load failed|network error/i.test(message)
  if (isNetwork) {
    return {
      code: 'offline',
      cure: 'later',
      reason: 'the download of the model broke off; what is complete is kept. Check the connection',
    }
  }
  return undefined
}

function judgeStatus(status: number, text: string): FailureVerdict {
  const reason = `a file of the model can't be downloaded: ${text}`
  if (status === 401) return { code: 'unauthorised', cure: 'give-up', reason }
  if (status === 403) return { code: 'forbidden', cure: 'give-up', reason }
  if (status === 404 || status === 410) return { code: 'not-found', cure: 'give-up', reason }
  if (status === 429) return { code: 'rate-limited', cure: 'later', reason }
  return status >= 500
    ? { code: 'server', cure: 'later', reason }
    : { code: 'failed', cure: 'give-up', reason }
}

/** Files that came broken stay in the cache, which says of itself that all is there. */
const DAMAGED =
  /Program terminated with exit|exceeds shard size|unexpected (?:token|end)|not valid JSON|Packed BF16/i

function judgeStored(name: string, message: string, text: string): FailureVerdict | undefined {
  if (name === 'QuotaExceededError') {
    return {
      code: 'unavailable',
      cure: 'smaller',
      reason: 'the disk has no room for the model; free some space',
    }
  }
  if (name === 'IntegrityError') {
    return {
      code: 'failed',
      cure: 'clear-cache',
      reason: `a file is not what it should be: ${text}`,
    }
  }
  return name === 'ExitStatus' || name === 'SyntaxError' || DAMAGED.test(message)
    ? { code: 'failed', cure: 'clear-cache', reason: `the stored model is damaged: ${text}` }
    : undefined
}

const UNFIT_LIBRARY: ReadonlySet<string> = new Set([
  'LinkError',
  'CompileError',
  'MissingModelWasmError',
  'ModelNotFoundError',
  'UnsupportedTokenizerFilesError',
  'WindowSizeConfigurationError',
  'WindowSizeSpecificationError',
  'ArtifactManifestError',
])

function judgeModel(name: string, text: string): FailureVerdict | undefined {
  if (name === 'CompileError' && /Content Security Policy|script-src/i.test(text)) {
    const reason =
      "the page's Content-Security-Policy forbids WebAssembly: allow 'wasm-unsafe-eval'"
    return { code: 'blocked', cure: 'give-up', reason }
  }
  if (name === 'ShaderF16SupportError' || name === 'FeatureSupportError') {
    return { code: 'unavailable', cure: 'smaller', reason: `the GPU lacks what it needs: ${text}` }
  }
  return UNFIT_LIBRARY.has(name)
    ? { code: 'unavailable', cure: 'give-up', reason: `the model library does not fit: ${text}` }
    : undefined
}

import { SUMMARISER_NAMES } from '../../src/models/browser-ai/foreign-names.ts'

/**
 * Every version of the browser's AI that was released, by its names:
 * `2026` has windows and usage under new names, `2025` the same objects under older ones; `2024` hangs under
 * `ai`, takes `systemPrompt` and knows `capabilities()`; `assistant` is its first name, and `trial` the place
 * where extensions found it. The last two are the browser's own summariser, new and old.
 */
export const FAKE_VERSIONS = [
  '2026',
  '2025',
  '2024',
  'assistant',
  'trial',
  'summariser-2026',
  'summariser-2024',
] as const

export type FakeVersion = (typeof FAKE_VERSIONS)[number]

/** What a fake was asked. */
export interface FakeQuestion {
  readonly system: string | undefined
  readonly prompt: string
  readonly schema: unknown
  /** Number of the session, from 1. */
  readonly session: number
}

/** How the browser behaves; a test may change it at any time. */
export interface FakeBehaviour {
  availability: 'available' | 'downloadable' | 'downloading' | 'unavailable'
  /** Language tags that the model vouches for. */
  languages: readonly string[]
  answer: (question: FakeQuestion) => string
  /** Code units of each piece of a stream. */
  pieceLength: number
  /** Whether older versions stream the whole text so far. */
  isCumulative: boolean
  /** Whether a schema is turned down. */
  refusesSchema: boolean
  /** Most tokens; four code units are one. */
  window: number
  /** Whether sessions can't be opened except during a click, whatever there is to download. */
  alwaysNeedsClick: boolean
  isActivated: boolean
  /** What a session takes to open, which then opens whether it is wanted or not. */
  opensAfter: Promise<void> | undefined
  /** Steps that never end. */
  hangs: ReadonlySet<'availability' | 'create' | 'prompt'>
  /** Thrown by the next calls of a step, first come first. */
  throws: { availability: unknown[]; create: unknown[]; prompt: unknown[] }
}

export interface FakeBrowserAi {
  /** What stands in for the page's global scope. */
  readonly scope: object
  readonly behaviour: FakeBehaviour
  readonly asked: readonly FakeQuestion[]
  /** Options that sessions were created with, one for each attempt. */
  readonly created: readonly Readonly<Record<string, unknown>>[]
  /** Sessions that are open. */
  readonly open: ReadonlySet<number>
  /** Lets a download that was begun go on. */
  progress(share: number): void
  /** Ends a download. */
  finish(): void
  /** Ends all sessions, as a browser does whose model crashed. */
  crash(): void
  /** Calls a handler as a click does. */
  click<T>(handler: () => T): T
}

export function domError(name: string, message: string = name, extra: object = {}): DOMException {
  return Object.assign(new DOMException(message, name), extra)
}

/** A browser with this version of an AI. */
export function fakeBrowserAi(
  version: FakeVersion = '2026',
  changes: Partial<FakeBehaviour> = {},
): FakeBrowserAi {
  const behaviour: FakeBehaviour = {
    availability: 'available',
    languages: ['en', 'es', 'ja'],
    answer: () => 'It is about a mark that was raised twice.',
    pieceLength: 7,
    isCumulative: false,
    refusesSchema: false,
    window: 9_216,
    alwaysNeedsClick: false,
    isActivated: false,
    opensAfter: undefined,
    hangs: new Set(),
    throws: { availability: [], create: [], prompt: [] },
    ...changes,
  }
  const fake = createFactory(version, behaviour)
  const navigator = {
    userActivation: {
      get isActive() {
        return behaviour.isActivated
      },
    },
  }
  const shared = { document: {}, isSecureContext: true, navigator }
  return {
    ...fake,
    behaviour,
    scope: { ...shared, ...placeOf(version, fake.factory) },
    click(handler) {
      behaviour.isActivated = true
      try {
        return handler()
      } finally {
        // A browser's own check is made while the click is handled.
        behaviour.isActivated = false
      }
    },
  }
}

function placeOf(version: FakeVersion, factory: object): object {
  switch (version) {
    case '2026':
    case '2025':
      return { LanguageModel: factory }
    case '2024':
      return { ai: { languageModel: factory } }
    case 'assistant':
      return { ai: { assistant: factory } }
    case 'trial':
      return { chrome: { aiOriginTrial: { languageModel: factory } } }
    case 'summariser-2026':
      return { [SUMMARISER_NAMES.global]: factory }
    case 'summariser-2024':
      return { ai: { [SUMMARISER_NAMES.older]: factory } }
  }
}

interface Progress {
  readonly loaded: number
  readonly total: number
}

/** Bytes that older versions count. */
export const FAKE_BYTES = 2_000_000_000

function createFactory(
  version: FakeVersion,
  behaviour: FakeBehaviour,
): Pick<FakeBrowserAi, 'asked' | 'created' | 'open' | 'progress' | 'finish' | 'crash'> & {
  readonly factory: object
} {
  const isOld = !['2026', '2025', 'summariser-2026'].includes(version)
  const asked: FakeQuestion[] = []
  const created: Readonly<Record<string, unknown>>[] = []
  const open = new Set<number>()
  const downloads: { onProgress: (progress: Progress) => void; end: () => void }[] = []
  let opened = 0

  const availability = async (options: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    if (behaviour.throws.availability.length > 0)
      await Promise.reject(behaviour.throws.availability.shift())
    if (behaviour.hangs.has('availability')) await new Promise(() => {})
    return vouchesFor(options, behaviour.languages) ? behaviour.availability : 'unavailable'
  }
  const load = async (options: Readonly<Record<string, unknown>>): Promise<void> => {
    const listeners: ((event: Progress) => void)[] = []
    const monitored = {
      addEventListener: (_: string, listener: (event: Progress) => void) =>
        void listeners.push(listener),
    }
    ;(options['monitor'] as ((monitored: object) => void) | undefined)?.(monitored)
    await new Promise<void>((resolve, reject) => {
      const signal = options['signal'] as AbortSignal | undefined
      signal?.addEventListener('abort', () => reject(domError('AbortError')))
      downloads.push({
        onProgress: (event) => listeners.forEach((listener) => listener(event)),
        end: resolve,
      })
      behaviour.availability = 'downloading'
    })
  }
  const create = async (options: Readonly<Record<string, unknown>> = {}): Promise<object> => {
    created.push(options)
    const signal = options['signal'] as AbortSignal | undefined
    // Nothing is awaited before the click is looked for, because it is over then.
    if (behaviour.throws.create.length > 0) await Promise.reject(behaviour.throws.create.shift())
    if (signal?.aborted) throw domError('AbortError')
    if (behaviour.hangs.has('create')) await new Promise(() => {})
    if (behaviour.availability === 'unavailable' || !vouchesFor(options, behaviour.languages)) {
      throw domError('NotSupportedError', 'The device is unable to create a session.')
    }
    const isLoaded = behaviour.availability === 'available'
    if ((!isLoaded || behaviour.alwaysNeedsClick) && !behaviour.isActivated) {
      throw domError('NotAllowedError', 'Requires a user gesture.')
    }
    if (!isLoaded) await load(options)
    if (behaviour.opensAfter) await behaviour.opensAfter
    opened += 1
    return createSession(version, behaviour, { number: opened, options, asked, open, isOld })
  }
  const factory = isOld
    ? { create, capabilities: async () => ({ available: olderWord(await availability()) }) }
    : { create, availability }
  return {
    factory,
    asked,
    created,
    open,
    progress(share) {
      const event = isOld
        ? { loaded: share * FAKE_BYTES, total: FAKE_BYTES }
        : { loaded: share, total: 1 }
      for (const { onProgress } of downloads) onProgress(event)
    },
    finish() {
      behaviour.availability = 'available'
      for (const { end } of downloads.splice(0)) end()
    },
    crash: () => open.clear(),
  }
}

function olderWord(availability: string): string {
  if (availability === 'available') return 'readily'
  return availability === 'unavailable' ? 'no' : 'after-download'
}

function vouchesFor(
  options: Readonly<Record<string, unknown>>,
  languages: readonly string[],
): boolean {
  const output = options['outputLanguage'] as string | undefined
  const expected = options['expectedOutputs'] as
    readonly { languages: readonly string[] }[] | undefined
  const asked = expected?.flatMap((one) => one.languages) ?? [output ?? 'en']
  return asked.every((one) => languages.includes(one))
}

interface SessionPlace {
  readonly number: number
  readonly options: Readonly<Record<string, unknown>>
  readonly asked: FakeQuestion[]
  readonly open: Set<number>
  readonly isOld: boolean
}

type AskOptions = Readonly<Record<string, unknown>> & { readonly signal?: AbortSignal }

function tokensOf(text: string | undefined): number {
  return Math.ceil((text ?? '').length / 4)
}

function systemOf(options: Readonly<Record<string, unknown>>, isOld: boolean): string | undefined {
  if (isOld) return options['systemPrompt'] as string | undefined
  const initial = options['initialPrompts'] as
    readonly { role: string; content: string }[] | undefined
  return initial?.find(({ role }) => role === 'system')?.content
}

function createSession(
  version: FakeVersion,
  behaviour: FakeBehaviour,
  place: SessionPlace,
): object {
  const { number, options, asked, open, isOld } = place
  const isSummariser = version.startsWith('summariser')
  const system = systemOf(options, isOld)
  let used = tokensOf(system)
  open.add(number)
  ;(options['signal'] as AbortSignal | undefined)?.addEventListener('abort', () =>
    open.delete(number),
  )

  /** What the model says, once it has been let say it. */
  const answerTo = async (prompt: string, { signal, ...more }: AskOptions): Promise<string> => {
    if (!open.has(number)) throw domError('InvalidStateError', 'The session is destroyed.')
    if (behaviour.throws.prompt.length > 0) await Promise.reject(behaviour.throws.prompt.shift())
    // Older versions leave out what they don't know.
    const schema = isOld || isSummariser ? undefined : more['responseConstraint']
    if (schema !== undefined && behaviour.refusesSchema) {
      throw domError('NotSupportedError', 'The schema is not supported.')
    }
    const requested = (isSummariser ? 0 : used) + tokensOf(prompt)
    if (requested > behaviour.window) {
      throw domError('QuotaExceededError', 'too large', { requested, quota: behaviour.window })
    }
    const context = isSummariser ? (more['context'] as string | undefined) : system
    const question = { system: context, prompt, schema, session: number }
    asked.push(question)
    if (behaviour.hangs.has('prompt')) {
      await new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(domError('AbortError')))
      })
    }
    const answer = behaviour.answer(question)
    used = Math.min(behaviour.window, used + tokensOf(prompt) + tokensOf(answer))
    return answer
  }
  const stream = (prompt: string, given: AskOptions = {}): ReadableStream<string> => {
    let pieces: readonly string[] | undefined
    let next = 0
    return new ReadableStream<string>({
      async pull(controller) {
        pieces ??= piecesOf(await answerTo(prompt, given), behaviour, isOld)
        // Pieces come one by one, as they do.
        await new Promise((resolve) => setTimeout(resolve, 0))
        if (!open.has(number)) throw domError('AbortError', 'The session is destroyed.')
        const piece = pieces[next++]
        if (piece === undefined) controller.close()
        else controller.enqueue(piece)
      },
    })
  }
  const count = async (prompt: string): Promise<number> => tokensOf(prompt)
  const destroy = (): void => void open.delete(number)
  const session = { destroy }
  const usedNow = (): number => used
  if (isSummariser) {
    const { ask, stream: streaming } = SUMMARISER_NAMES
    const ways = { [ask]: answerTo, [streaming]: stream }
    return { ...session, ...ways, inputQuota: behaviour.window, measureInputUsage: count }
  }
  return define({ ...session, prompt: answerTo, promptStreaming: stream }, version, {
    window: behaviour.window,
    used: usedNow,
    count,
  })
}

/** Adds window, usage and counter under the names of the version. */
function define(
  session: object,
  version: FakeVersion,
  { window, used, count }: { window: number; used: () => number; count: unknown },
): object {
  const names: Readonly<Record<string, readonly [string, string, string]>> = {
    '2026': ['contextWindow', 'contextUsage', 'measureContextUsage'],
    '2025': ['inputQuota', 'inputUsage', 'measureInputUsage'],
  }
  const [windowName, usedName, counter] = names[version] ?? [
    'maxTokens',
    'tokensSoFar',
    'countPromptTokens',
  ]
  return Object.defineProperties(session, {
    [windowName]: { get: () => window },
    [usedName]: { get: used },
    [counter]: { value: count },
  })
}

function piecesOf(
  answer: string,
  { pieceLength, isCumulative }: FakeBehaviour,
  isOld: boolean,
): readonly string[] {
  const count = Math.ceil(answer.length / pieceLength)
  return Array.from({ length: count }, (_, index) =>
    answer.slice(isOld && isCumulative ? 0 : index * pieceLength, (index + 1) * pieceLength),
  )
}

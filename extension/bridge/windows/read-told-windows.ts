/** A window as a server told it. */
export interface WindowReading {
  /** Empty where it holds for whatever model is loaded. */
  readonly model: string
  readonly tokens: number
  /**
   * `loaded`: what the model that runs was given. `set`: what it gets unless a request says otherwise. `most`: what it
   * was made for, which is often more than it gets.
   */
  readonly as: 'loaded' | 'set' | 'most'
}

/** Longest text that is read, in characters, and most models of it. */
const MAX_TEXT = 4_000_000
const MOST_MODELS = 200

/** What may be a window, in tokens. */
const LEAST_TOKENS = 128
const MOST_TOKENS = 100_000_000

const MAX_NAME = 300

type Fields = Readonly<Record<string, unknown>>

/** Where each server says it, the surest first. */
const SAYINGS: readonly (readonly [WindowReading['as'], (model: Fields) => unknown])[] = [
  // llama.cpp
  ['loaded', ({ meta }) => fieldsOf(meta)['n_ctx']],
  // vLLM, SGLang
  ['loaded', (model) => model['max_model_len']],
  // LM Studio
  ['loaded', (model) => model['loaded_context_length']],
  [
    'loaded',
    ({ loaded_instances: all }) => fieldsOf(fieldsOf(listOf(all)[0])['config'])['context_length'],
  ],
  // Ollama, of the models that are running; OpenRouter, Together and others, of all
  ['set', (model) => model['context_length']],
  ['set', (model) => model['context_window']],
  ['set', (model) => model['inputTokenLimit']],
  ['most', (model) => model['max_context_length']],
  ['most', ({ meta }) => fieldsOf(meta)['n_ctx_train']],
]

/**
 * The windows that a response of a model server tells, by its shape: llama.cpp, vLLM, LM Studio, Ollama and lists of
 * models like theirs. Total.
 */
export function readToldWindows(url: string, text: string): readonly WindowReading[] {
  if (text.length > MAX_TEXT) return []
  let told: Fields
  try {
    told = fieldsOf(JSON.parse(text))
  } catch {
    return []
  }
  const path = URL.canParse(url) ? new URL(url).pathname : ''
  const own = path.endsWith('/show') ? readShown(told) : readProps(told)
  const listed = [...listOf(told['models']), ...listOf(told['data'])]
    .slice(0, MOST_MODELS)
    .flatMap((model) => readModel(fieldsOf(model), path.endsWith('/ps')))
  return surest([...own, ...listed])
}

/** One reading for each model: the surest, of equal ones the first. */
function surest(readings: readonly WindowReading[]): readonly WindowReading[] {
  const best = new Map<string, WindowReading>()
  for (const reading of readings) {
    const known = best.get(reading.model)
    if (!known || sureness(reading) > sureness(known)) best.set(reading.model, reading)
  }
  return [...best.values()]
}

export function sureness({ as }: WindowReading): number {
  return as === 'loaded' ? 2 : as === 'set' ? 1 : 0
}

/** `/props` of llama.cpp: of a slot, and of all of them where it says no more. */
function readProps(told: Fields): readonly WindowReading[] {
  const slot = fieldsOf(told['default_generation_settings'])['n_ctx']
  const tokens = tokensOf(slot) ?? tokensOf(told['n_ctx'])
  return tokens === undefined ? [] : [{ model: '', tokens, as: 'loaded' }]
}

/** `/api/show` of Ollama: parameters of the model, and what it was made for. */
function readShown(told: Fields): readonly WindowReading[] {
  const { parameters, model_info: info } = told
  const set =
    typeof parameters === 'string'
      ? tokensOf(Number(/^num_ctx[ \t]+(\d{1,9})/m.exec(parameters.slice(0, MAX_TEXT))?.[1]))
      : undefined
  if (set !== undefined) return [{ model: '', tokens: set, as: 'set' }]
  const named = Object.entries(fieldsOf(info)).find(([name]) => name.endsWith('.context_length'))
  const most = tokensOf(named?.[1])
  return most === undefined ? [] : [{ model: '', tokens: most, as: 'most' }]
}

function readModel(model: Fields, isRunning: boolean): readonly WindowReading[] {
  const { id, name, model: called, key } = model
  const known = [id, called, name, key].find((text) => typeof text === 'string' && text !== '')
  if (typeof known !== 'string' || known.length > MAX_NAME) return []
  for (const [as, say] of SAYINGS) {
    const tokens = tokensOf(say(model))
    if (tokens === undefined) continue
    return [{ model: known.replace(/^models\//, ''), tokens, as: isRunning ? 'loaded' : as }]
  }
  return []
}

function tokensOf(value: unknown): number | undefined {
  return typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= LEAST_TOKENS &&
    value <= MOST_TOKENS
    ? value
    : undefined
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

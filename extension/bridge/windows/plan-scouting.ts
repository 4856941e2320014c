/** A question to a model server. */
export interface ScoutRequest {
  readonly url: string
  /** Of a POST; without it, it is a GET. */
  readonly body?: string
}

/** Names of models are words of the page: no more of them is passed on. */
const MAX_MODEL = 300

/** Paths of requests with whole histories; what is before them is the root of the server's interface. */
const OLLAMA = /^(.*)\/api\/(?:chat|generate)$/
const OPENAI = /^(.*?)(\/v\d+(?:beta)?)?\/(?:chat\/completions|completions|messages|responses)$/

/**
 * What to ask a server about its windows, in this order and until it has told: nothing but servers that the page
 * itself asks, and of those only the page's own origin and what is on this machine or in its network.
 */
export function planScouting(
  request: { readonly url: string; readonly body: string },
  origin: string,
): readonly ScoutRequest[] {
  if (!URL.canParse(request.url)) return []
  const url = new URL(request.url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return []
  const isPrivate = isPrivateHost(url.hostname)
  if (url.origin !== origin && !isPrivate) return []
  const ollama = OLLAMA.exec(url.pathname)
  if (ollama) {
    const root = `${url.origin}${ollama[1] ?? ''}`
    const model = modelOf(request.body)
    const show = { url: `${root}/api/show`, body: JSON.stringify({ model }) }
    // Others have a path like that as well, and name no model.
    return model === undefined ? [] : [{ url: `${root}/api/ps` }, show]
  }
  const openAi = OPENAI.exec(url.pathname)
  if (!openAi) return []
  const root = `${url.origin}${openAi[1] ?? ''}`
  const models = { url: `${root}${openAi[2] ?? '/v1'}/models` }
  // What is not on a server costs it nothing to say; others are left alone.
  const local = [{ url: `${root}/api/v0/models` }, { url: `${root}/api/ps` }]
  return [{ url: `${root}/props` }, models, ...(isPrivate ? local : [])]
}

/** The window that a request to Ollama asks for. */
export function askedWindow(request: {
  readonly url: string
  readonly body: string
}): { readonly model: string; readonly tokens: number } | undefined {
  const { url, body } = request
  if (!URL.canParse(url) || !OLLAMA.test(new URL(url).pathname)) return undefined
  if (!body.includes('"num_ctx"')) return undefined
  try {
    const { model, options } = JSON.parse(body) as {
      readonly model?: unknown
      readonly options?: { readonly num_ctx?: unknown } | null
    }
    const tokens = options?.num_ctx
    return typeof model === 'string' && model.length <= MAX_MODEL && isTokens(tokens)
      ? { model, tokens }
      : undefined
  } catch {
    return undefined
  }
}

/** The name of a request's model, as far as it is near the begin or the end, where everybody writes it. */
function modelOf(body: string): string | undefined {
  const near = body.length > 20_000 ? body.slice(0, 10_000) + body.slice(-10_000) : body
  return /"model"\s*:\s*"([^"\\]{1,300})"/.exec(near)?.[1]
}

function isTokens(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 128 && value <= 1e8
}

/** Whether a host is this machine or in its network, by its name or address. */
export function isPrivateHost(hostname: string): boolean {
  if (/^(?:localhost|.+\.(?:localhost|local|internal|home\.arpa))$/.test(hostname)) return true
  if (/^\[(?:::1|f[cd][\da-f]{2}:.*|fe80:.*)\]$/.test(hostname)) return true
  const [, a = '', b = ''] = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(hostname) ?? []
  if (a === '127' || a === '10') return true
  return (
    (a === '192' && b === '168') ||
    (a === '169' && b === '254') ||
    (a === '172' && Number(b) >= 16 && Number(b) <= 31)
  )
}

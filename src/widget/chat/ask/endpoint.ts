/** Where live answers come from. Kept in memory only: it is gone with the page. */
export interface Endpoint {
  /** Base URL of an OpenAI-compatible API, usually ending in `/v1`. */
  readonly baseUrl: string
  readonly model: string
  /** Empty for servers that want none. */
  readonly key: string
}

export const NO_ENDPOINT: Endpoint = { baseUrl: '', model: '', key: '' }

/** Servers that speak this format, for the base URL's suggestions. */
export const KNOWN_BASE_URLS: readonly { readonly name: string; readonly url: string }[] = [
  { name: 'Ollama on this machine', url: 'http://localhost:11434/v1' },
  { name: 'llama.cpp on this machine', url: 'http://localhost:8080/v1' },
  { name: 'LM Studio on this machine', url: 'http://localhost:1234/v1' },
  { name: 'OpenAI', url: 'https://api.openai.com/v1' },
  { name: 'OpenRouter', url: 'https://openrouter.ai/api/v1' },
]

/**
 * The address that answers are asked from, or what is wrong with the endpoint, as a sentence.
 *
 * A key is never sent in the clear to another machine.
 *
 * @see SPEC.md rule APP15
 */
export function completionsUrl(
  endpoint: Endpoint,
): { readonly ok: true; readonly url: string } | { readonly ok: false; readonly problem: string } {
  const typed = endpoint.baseUrl.trim()
  if (typed === '') return { ok: false, problem: 'Enter the base URL of the endpoint.' }
  if (!URL.canParse(typed)) return { ok: false, problem: 'The base URL is not a complete URL.' }
  const url = new URL(typed)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { ok: false, problem: 'The base URL must start with http:// or https://.' }
  if (url.protocol === 'http:' && endpoint.key !== '' && !isLocal(url.hostname))
    return { ok: false, problem: 'A key would travel unencrypted: use https for this endpoint.' }
  if (endpoint.model.trim() === '') return { ok: false, problem: 'Enter the name of a model.' }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/chat\/completions$/, '')
  url.pathname = `${path}/chat/completions`
  return { ok: true, url: url.href }
}

/**
 * Whom an endpoint asks, as summarisers name their providers; empty for one that can't be asked.
 *
 * @see SPEC.md rule APP101
 */
export function providerOf(endpoint: Endpoint): string {
  const target = completionsUrl(endpoint)
  return target.ok ? `openai-compatible:${new URL(target.url).host}` : ''
}

/** Whether a host is this machine, which can be reached without a network. */
export function isLocal(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    host.startsWith('127.')
  )
}

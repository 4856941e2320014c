import type { HostRequest } from '../../src/protocol/host-requests.ts'

/** What a request says of its model, as far as that can be seen without reading all of it. */
export interface PeekedRequest {
  /** Origin of the server; empty where the address makes no sense. */
  readonly server: string
  readonly model: string | null
  /** The window that the request itself asks its server for, in tokens. */
  readonly window: number | undefined
  /** What to assume of a server of this kind that says nothing. */
  readonly assumed: number | undefined
}

/** Characters at either end of a body in which fields are looked for: what is said stands between them. */
const ENDS = 8_192
/** What Ollama's servers give a model that nobody set up otherwise. */
const OLLAMA_WINDOW = 4_096

const MODEL = /"model"\s{0,9}:\s{0,9}"([^"\\]{1,200})"/
const NUM_CTX = /"num_ctx"\s{0,9}:\s{0,9}(\d{1,9})/
const MODEL_IN_PATH = /\/models\/([^/:]{1,200}):/

/**
 * Within texts of a request's body quotes are escaped, so that nothing that somebody said looks like a field.
 *
 * @see SPEC.md rule GAUGE4
 */
export function peekRequest({ url, body }: HostRequest): PeekedRequest {
  const parsed = URL.canParse(url) ? new URL(url) : null
  const path = parsed?.pathname ?? ''
  const find = (pattern: RegExp): string | undefined =>
    pattern.exec(body.slice(0, ENDS))?.[1] ?? pattern.exec(body.slice(-ENDS))?.[1]
  const asked = Number(find(NUM_CTX))
  return {
    server: parsed?.origin ?? '',
    model: find(MODEL) ?? MODEL_IN_PATH.exec(path)?.[1] ?? null,
    window: asked > 0 ? asked : undefined,
    assumed: path.endsWith('/api/chat') && find(/"(messages)"\s{0,9}:/) ? OLLAMA_WINDOW : undefined,
  }
}

/** Where a request went, without what may be a key. */
export function addressOf(url: string): string {
  if (!URL.canParse(url)) return ''
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`.slice(0, 500)
}

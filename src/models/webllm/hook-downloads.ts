import { DOWNLOAD_STATUS } from '../../core/models/judge-engine-failure.ts'

/** What a load wants of the files that it fetches. */
export interface DownloadWatch {
  /** Hashes in the form of subresource integrity, by file name. */
  readonly integrity: Readonly<Record<string, string>>
  /** Told of each piece that came over the network, in bytes. */
  readonly onBytes: (bytes: number) => void
}

/** The members of `Cache.prototype` that are used here. */
export interface AddingCache {
  add(request: RequestInfo | URL): Promise<void>
  put(request: RequestInfo | URL, response: Response): Promise<void>
}

/**
 * Takes over how files get into the Cache API in this thread: web-llm stores whatever comes, and tells neither
 * bytes nor status. So a file is stored only if it came whole, its status is a good one, and its hash, where one is
 * known, is right: what is stored is sound.
 *
 * @param prototype - `Cache.prototype`, changed in place.
 * @param watch - Of the load under way.
 */
export function hookDownloads(
  prototype: AddingCache,
  fetchFile: (request: RequestInfo | URL) => Promise<Response>,
  watch: () => DownloadWatch | undefined,
): void {
  prototype.add = async function add(this: AddingCache, request): Promise<void> {
    const address = request instanceof Request ? request.url : String(request)
    const response = await fetchFile(request)
    if (!response.ok || !response.body) {
      throw named(DOWNLOAD_STATUS, `status ${response.status} for ${fileOf(address)}`)
    }
    const watching = watch()
    const counted = response.body.pipeThrough(countBytes(watching?.onBytes ?? (() => {})))
    const hash = watching?.integrity[fileOf(address)]
    const type = response.headers.get('content-type')
    const headers: HeadersInit = type === null ? {} : { 'content-type': type }
    const body = hash === undefined ? counted : await checked(counted, hash, fileOf(address))
    await this.put(request, new Response(body, { headers }))
  }
}

/** Name of a file without folders and query, as hashes are listed. */
function fileOf(address: string): string {
  const path = address.split(/[?#]/, 1)[0] ?? ''
  return path.slice(path.lastIndexOf('/') + 1)
}

function countBytes(onBytes: (bytes: number) => void): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(piece, controller) {
      onBytes(piece.byteLength)
      controller.enqueue(piece)
    },
  })
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
}

/** A file of weights is some tens of megabytes; it is held in memory while it is hashed. */
async function checked(body: ReadableStream, hash: string, name: string): Promise<ArrayBuffer> {
  const bytes = await new Response(body).arrayBuffer()
  const [kind = '', expected = ''] = hash.split('-', 2)
  const algorithm = ALGORITHMS[kind]
  const found = algorithm && toBase64(await crypto.subtle.digest(algorithm, bytes))
  if (found !== expected) throw named('IntegrityError', `${name} has another hash than expected`)
  return bytes
}

function toBase64(digest: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
}

function named(name: string, message: string): Error {
  const error = new Error(message)
  error.name = name
  return error
}

import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { closeServer, listenOnLoopback } from './loopback.ts'

/** A folder on a server of its own, and what was asked of it. */
export interface ServedFolder {
  /** Without a slash at its end. */
  readonly origin: string
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[]
  /** Those of them that are not there. */
  readonly missing: readonly string[]
  close(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

/** Headers for a path. */
export type HeadersOf = (path: string) => Readonly<Record<string, string>>

/** Serves the files of a folder as any static server does, on a free port of this machine. */
export async function serveFolder(
  folder: string,
  headersOf: HeadersOf = () => ({}),
): Promise<ServedFolder> {
  const asked: string[] = []
  const missing: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url?.replace(/[?#].*$/, '') ?? '/')
    // Browsers ask for it by themselves.
    if (path === '/favicon.ico') {
      response.writeHead(204).end()
      return
    }
    asked.push(path)
    const file = join(folder, normalize(path.endsWith('/') ? `${path}index.html` : path))
    if (!file.startsWith(folder) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      missing.push(path)
      response.writeHead(404, headersOf(path)).end()
      return
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type, ...headersOf(path) })
    createReadStream(file).pipe(response)
  })
  const origin = await listenOnLoopback(server)
  return { origin, asked, missing, close: () => closeServer(server) }
}

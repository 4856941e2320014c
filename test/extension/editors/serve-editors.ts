import { createServer } from 'node:http'
import { join } from 'node:path'
import { closeServer, listenOnLoopback } from '../../support/loopback.ts'
import { buildScript } from '../build-script.ts'

/** The page with the editors, served. */
export interface ServedEditors {
  readonly address: string
  close(): Promise<void>
}

export async function serveEditors(): Promise<ServedEditors> {
  const { code, styles } = await buildScript(join(import.meta.dirname, 'editors-page.ts'))
  const files: Readonly<Record<string, readonly [string, string]>> = {
    '/': [
      'text/html; charset=utf-8',
      '<!doctype html><html lang="en"><title>Editors</title><link rel="stylesheet" href="styles.css"><body><script src="page.js"></script></body></html>',
    ],
    '/styles.css': ['text/css; charset=utf-8', styles],
    '/page.js': ['text/javascript; charset=utf-8', code],
  }
  const server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', '']
    response.writeHead(body === '' ? 404 : 200, { 'content-type': type })
    response.end(body)
  })
  const origin = await listenOnLoopback(server)
  return { address: `${origin}/`, close: () => closeServer(server) }
}

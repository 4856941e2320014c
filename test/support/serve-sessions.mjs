import { createReadStream, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const PREFIX = '/local-sessions/'

/** Files that can hold a session. Anything else in the folder is neither listed nor served. */
const SESSION_FILE = /\.(json|jsonl|json\.gz)$/

/**
 * Checks the folder that a user named.
 *
 * @param {string} folder - Relative to where `npm start` was called.
 * @returns {string} Its real path.
 * @throws if it is missing, not a folder, or holds no session.
 */
export function openSessionFolder(folder) {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), folder)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) throw new Error(`--sessions: there is no folder ${path}`)
  if (!stats.isDirectory()) throw new Error(`--sessions: ${path} is not a folder`)
  const real = realpathSync(path)
  if (listSessions(real).length === 0) {
    throw new Error(`--sessions: ${path} holds no *.json, *.jsonl or *.json.gz file`)
  }
  return real
}

/**
 * Serves the session files of one folder, read only: the list at `/local-sessions/index.json`, the
 * files below it, and 404 for everything else.
 *
 * A name is served only if it is in the list, and the list holds plain files of the folder itself: no
 * path can lead out of it and no link is followed.
 *
 * @param {string | undefined} folder - Checked by {@link openSessionFolder}; without one the list is
 *   empty, so that the page need not guess.
 */
export function serveSessions(folder) {
  return {
    name: 'backfold:serve-sessions',
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const path = (request.url ?? '').split('?')[0]
        if (path.startsWith(PREFIX)) answer(folder, request, response, path.slice(PREFIX.length))
        else next()
      })
    },
  }
}

function answer(folder, request, response, encoded) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    end(response, 405, 'text/plain', 'read only\n')
    return
  }
  const sessions = folder === undefined ? [] : listSessions(folder)
  const name = decode(encoded)
  const session = sessions.find(({ file }) => file === name)
  if (session) {
    // Sent as it is, also when compressed: the page unpacks it, as it does with a dropped file.
    const type = name.endsWith('.gz') ? 'application/gzip' : 'application/json'
    response.writeHead(200, { ...HEADERS, 'content-type': type, 'content-length': session.bytes })
    if (request.method === 'HEAD') response.end()
    else
      createReadStream(join(folder, name))
        .on('error', () => response.destroy())
        .pipe(response)
  } else if (name === 'index.json') {
    end(response, 200, 'application/json', JSON.stringify(sessions))
  } else {
    end(response, 404, 'text/plain', 'no such session\n')
  }
}

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

function end(response, status, type, text) {
  response.writeHead(status, { ...HEADERS, 'content-type': type })
  response.end(text)
}

/** Undefined for a name that is not well encoded. */
function decode(encoded) {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

/** Read at every request, so that a file added later is offered too. */
function listSessions(folder) {
  return readdirSync(folder)
    .filter((file) => SESSION_FILE.test(file) && lstatSync(join(folder, file)).isFile())
    .sort()
    .map((file) => ({ file, bytes: statSync(join(folder, file)).size }))
}

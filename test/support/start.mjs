/**
 * `npm start`: installs the locked dependencies if they are missing, builds the playground, serves it
 * on this machine only and prints its address. Needs nothing but Node to begin with.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureDependencies } from './ensure-dependencies.mjs'
import { openSessionFolder, serveSessions } from './serve-sessions.mjs'

const HELP = `Usage: npm start -- [options]

Builds the playground and serves it on 127.0.0.1.

  --sessions DIR   also offer the sessions of a folder (*.json, *.jsonl, *.json.gz), read only
  --port N         listen on this port; by default 4173, or the next one that is free
  --help           show this text`

const HOST = '127.0.0.1'
const DEFAULT_PORT = 4173
const root = join(import.meta.dirname, '../..')

try {
  await main()
} catch (error) {
  console.error(`npm start: ${error.message}`)
  process.exit(1)
}

async function main() {
  const options = readOptions()
  if (options.help) {
    console.log(HELP)
    return
  }
  const sessions = options.sessions === undefined ? undefined : openSessionFolder(options.sessions)
  ensureDependencies()
  const { createBuilder, preview } = await import('vite')
  console.log('building the playground')
  const builder = await createBuilder({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
  })
  await builder.buildApp()
  const server = await serve(preview, options.port, sessions)
  endWith(server)
  const address = `http://${HOST}:${server.httpServer.address().port}/`
  console.log(`\n${address}\n`)
  if (sessions) console.log(`sessions of ${sessions} are offered too`)
  console.log('Ctrl-C ends it')
  if (process.stdout.isTTY && !process.env.CI) openInBrowser(address)
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      sessions: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Error(`--port takes a number from 1 to 65535, not ${values.port}`)
  }
  return { help: values.help, sessions: values.sessions, port }
}

async function serve(preview, port, sessions) {
  try {
    return await preview({
      configFile: false,
      root,
      logLevel: 'warn',
      // A path that is not there is answered with 404, not with the page.
      appType: 'mpa',
      build: { outDir: join(root, 'dist/app') },
      preview: {
        host: HOST,
        port: port ?? DEFAULT_PORT,
        strictPort: port !== undefined,
        cors: false,
      },
      plugins: [refuseOtherHosts(), serveSessions(sessions)],
    })
  } catch (error) {
    if (!/already in use/.test(error.message)) throw error
    throw new Error(`port ${port} is taken; choose another with --port, or leave it out`)
  }
}

/** A page of the web whose name was pointed at this machine must not be able to read the sessions. */
function refuseOtherHosts() {
  return {
    name: 'backfold:refuse-other-hosts',
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const host = (request.headers.host ?? '').replace(/:\d+$/, '')
        if (host === 'localhost' || host === HOST) {
          next()
          return
        }
        response.writeHead(403, { 'content-type': 'text/plain' })
        response.end('only localhost is answered\n')
      })
    },
  }
}

function endWith(server) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.httpServer.closeAllConnections()
      server.httpServer.close(() => process.exit(0))
    })
  }
}

/** A convenience: if there is no browser to open, the address is on the screen. */
function openInBrowser(address) {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}

const OPENERS = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface NatsServer {
  /** `nats://…`, the same after a restart. */
  readonly address: string
  readonly webSocket: string
  readonly port: number
  /** Of its process; undefined once it was ended. */
  pid(): number | undefined
  /** Ends it as a power cut ends a process: nothing is written any more. */
  kill(): Promise<void>
  /** Starts it again on what it stored, at the same addresses, once it was ended. */
  start(): Promise<void>
  /** Stands still without ending, and goes on. */
  freeze(): void
  thaw(): void
  /** Where it keeps its streams. */
  readonly storeFolder: string
  /** Removes everything that it keeps, once it was ended. */
  wipe(): void
  /** Takes another configuration from its next start on, in the place of {@link NatsSettings.config}. */
  configure(config: string): void
  /** Ends it and removes what it stored. */
  close(): Promise<void>
  log(): string
  /** Everything that it has stored, as it stands in its files. */
  stored(): Buffer
}

export interface NatsSettings {
  readonly path: string
  /** Lines of the server's own configuration, besides addresses and storage. */
  readonly config?: string
  /** Lines of its block for web sockets, in place of the one that switches TLS off. */
  readonly webSocket?: string
  readonly name?: string
  /** Makes it one of a cluster. */
  readonly cluster?: ClusterPlace
  /** Everything is on the disk before it is confirmed, as DEPLOY.md says; false by default. */
  readonly isDurable?: boolean
  /** Most that it stores, 1 GB by default. */
  readonly maxFile?: string
  /** 1 MB by default, as the server's own. */
  readonly maxPayload?: number
}

export interface ClusterPlace {
  /** Where it listens for other nodes. */
  readonly port: number
  /** Where others are told to look for it. */
  readonly advertised: number
  /** Where it looks for the others. */
  readonly routes: readonly number[]
}

/** Starts one server on loopback, with JetStream in a folder of its own. */
export async function startNats(settings: NatsSettings): Promise<NatsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-nats-server-'))
  const [port = 0, webSocketPort = 0] = await findFreePorts(2)
  const logFile = join(folder, 'log')
  const configFile = join(folder, 'nats.conf')
  const storeFolder = join(folder, 'js')
  const places = { storeFolder, port, webSocketPort, logFile }
  const configure = (config: string | undefined): void =>
    writeFileSync(configFile, writeConfig({ ...settings, ...(config && { config }) }, places))
  configure(undefined)
  let running: Running | undefined
  const log = (): string => {
    try {
      return readFileSync(logFile, 'utf8')
    } catch {
      return ''
    }
  }
  const start = async (): Promise<void> => {
    const before = log().length
    const started = await runNats(settings.path, configFile)
    running = started
    await waitUntil(() => {
      if (started.hasEnded()) throw new Error(`nats-server ended: ${log().slice(before)}`)
      return log().slice(before).includes('Server is ready')
    })
  }
  const kill = async (): Promise<void> => {
    const ending = running
    running = undefined
    await ending?.end()
  }
  await start()
  return {
    address: `nats://127.0.0.1:${port}`,
    webSocket: `ws://127.0.0.1:${webSocketPort}`,
    port,
    pid: () => running?.pid,
    kill,
    start,
    freeze: () => running?.signal('SIGSTOP'),
    thaw: () => running?.signal('SIGCONT'),
    storeFolder,
    wipe: () => rmSync(storeFolder, { recursive: true, force: true }),
    configure,
    log,
    stored: () => readAll(folder),
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function readAll(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))))
}

export interface Running {
  readonly pid: number
  hasEnded(): boolean
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
  end(): Promise<void>
}

/**
 * Runs a server that ends with this process, however that ends: a shell waits for the end of its input, which nobody has to send,
 * and ends the server then.
 */
export async function runNats(path: string, configFile: string): Promise<Running> {
  const script =
    'exec 3<&0; "$1" -c "$2" </dev/null >/dev/null 2>&1 3<&- & P=$!; echo $P; ' +
    '(cat <&3 >/dev/null; kill -9 $P) >/dev/null 2>&1 & wait $P'
  const shell = spawn('sh', ['-c', script, 'sh', path, configFile], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(shell, 'exit')
  let hasEnded = false
  void ended.then(() => {
    hasEnded = true
  })
  const [line] = (await once(shell.stdout, 'data')) as [Buffer]
  const pid = Number(line.toString().trim())
  return {
    pid,
    hasEnded: () => hasEnded,
    signal: (name) => void process.kill(pid, name),
    async end() {
      if (!hasEnded) process.kill(pid, 'SIGKILL')
      await ended
      shell.stdin.end()
    },
  }
}

interface Places {
  readonly storeFolder: string
  readonly port: number
  readonly webSocketPort: number
  readonly logFile: string
}

function writeConfig(
  settings: NatsSettings,
  { storeFolder, port, webSocketPort, logFile }: Places,
): string {
  const { cluster, name = 'n1', config = '', maxPayload, maxFile = '1GB' } = settings
  const durable = settings.isDurable ? ', sync_interval: always' : ''
  const routes = cluster?.routes.map((route) => `nats://127.0.0.1:${route}`).join(', ')
  return [
    `server_name: ${name}`,
    `host: 127.0.0.1`,
    `port: ${port}`,
    `log_file: "${logFile}"`,
    ...(maxPayload === undefined ? [] : [`max_payload: ${maxPayload}`]),
    `jetstream { store_dir: "${storeFolder}", max_mem: 64MB, max_file: ${maxFile}${durable} }`,
    `websocket { host: 127.0.0.1, port: ${webSocketPort}, ${settings.webSocket ?? 'no_tls: true'} }`,
    ...(cluster
      ? [
          `cluster { name: C, host: 127.0.0.1, port: ${cluster.port}, routes: [${routes ?? ''}],`,
          `  advertise: "127.0.0.1:${cluster.advertised}" }`,
        ]
      : []),
    config,
    '',
  ].join('\n')
}

/**
 * Below the ports that systems give to outgoing connections (those begin at 32,768 or higher): nothing takes one while a server is
 * down between two starts.
 */
const FIRST_PORT = 20_000
const END_OF_PORTS = 32_768

/** Ports that were free a moment ago, anywhere in the range: all are held until each is known, so that none is given twice. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const held: { readonly port: number; readonly server: Server }[] = []
  for (let tries = 0; held.length < count; tries += 1) {
    if (tries > 100 + 10 * count) throw new Error('there are no free ports')
    const port = FIRST_PORT + Math.floor(Math.random() * (END_OF_PORTS - FIRST_PORT))
    const server = await tryToListen(port)
    if (server) held.push({ port, server })
  }
  await Promise.all(
    held.map(({ server }) => new Promise<void>((resolve) => void server.close(() => resolve()))),
  )
  return held.map(({ port }) => port)
}

/** Undefined where somebody else listens. */
function tryToListen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

/** Looks every few milliseconds, for at most 20 seconds. */
export async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it did not come in 20 seconds')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

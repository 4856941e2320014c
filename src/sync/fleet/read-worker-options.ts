/** How a worker was asked to run. */
export interface WorkerOptions {
  readonly servers: readonly string[]
  /** File with a user's JWT and the seed of its key, as NATS tools write it. */
  readonly creds?: string
  readonly user?: string
  readonly password?: string
  readonly token?: string
  /** File with the worker's own key, made where it is missing. */
  readonly keyFile?: string
  readonly concurrency: number
  readonly metricsPort?: number
  readonly graceMs: number
  readonly ackWaitMs: number
  readonly deadlineMs: number
  /** Who writes prose for digests; code alone where it is missing. */
  readonly summariser?: WorkerSummariser
}

export interface WorkerSummariser {
  readonly kind: 'openai-compatible' | 'anthropic' | 'gemini'
  readonly model: string
  readonly baseUrl?: string
  readonly apiKey?: string
  /** File that has the key and nothing else. */
  readonly apiKeyFile?: string
}

export type WorkerAsked =
  | { readonly kind: 'run' | 'set-up' | 'restored'; readonly options: WorkerOptions }
  /** Say how it is used, or the public key that grants are wrapped for, and end. */
  | { readonly kind: 'help' }
  | { readonly kind: 'print-key'; readonly keyFile: string }
  | { readonly kind: 'wrong'; readonly reason: string }

/** Flags with their environment variables; a flag wins. */
const FLAGS = {
  servers: 'BACKFOLD_SERVERS',
  creds: 'BACKFOLD_CREDS',
  user: 'BACKFOLD_USER',
  password: 'BACKFOLD_PASSWORD',
  token: 'BACKFOLD_TOKEN',
  key: 'BACKFOLD_KEY',
  concurrency: 'BACKFOLD_CONCURRENCY',
  'metrics-port': 'BACKFOLD_METRICS_PORT',
  grace: 'BACKFOLD_GRACE',
  'ack-wait': 'BACKFOLD_ACK_WAIT',
  deadline: 'BACKFOLD_DEADLINE',
  summariser: 'BACKFOLD_SUMMARISER',
  model: 'BACKFOLD_MODEL',
  'base-url': 'BACKFOLD_BASE_URL',
  'api-key-file': 'BACKFOLD_API_KEY_FILE',
} as const

/** Not a flag: everybody on a machine sees the flags of its processes. */
const API_KEY = 'BACKFOLD_API_KEY'

type Flag = keyof typeof FLAGS

export const WORKER_HELP = `backfold-worker: folds sessions of devices that leave that to a fleet

It takes jobs from the queue of a NATS server, reads the session from the server, folds it, and writes the new
head back. It keeps nothing. Any number of workers may run; a job is given to one of them at a time.

  backfold-worker --servers nats://sync.example.com:4222 --creds worker.creds

Each flag may also be an environment variable; the flag wins.

  --servers A[,B…]     addresses of one cluster, nats://, tls:// or wss://   BACKFOLD_SERVERS   (needed)
  --creds FILE         a user's JWT and seed, as NATS tools write them       BACKFOLD_CREDS
  --user NAME          or a name with …                                      BACKFOLD_USER
  --password TEXT      … its password; better in the environment             BACKFOLD_PASSWORD
  --token TEXT         or a token; better in the environment                 BACKFOLD_TOKEN
  --key FILE           the worker's own key, made there where it is missing: BACKFOLD_KEY
                       with it jobs of sealed sessions can be done that
                       carry a grant for it; without it they are refused
  --print-key          prints the public part of that key, and ends: what
                       devices are given to make grants for
  --concurrency N      jobs at once, 1 to 64; 2 by default                   BACKFOLD_CONCURRENCY
  --metrics-port N     figures for Prometheus at                             BACKFOLD_METRICS_PORT
                       http://127.0.0.1:N/metrics; 0 for any free port
  --grace N            seconds that jobs may go on when it is asked to end   BACKFOLD_GRACE
                       (SIGTERM, SIGINT), before they are handed back; 20
                       by default
  --deadline N         seconds that one job may take; 600 by default         BACKFOLD_DEADLINE
  --ack-wait N         seconds after which a silent worker's job is given    BACKFOLD_ACK_WAIT
                       to another, where this worker creates the queue; 60
                       by default. All workers of a queue say the same.
  --summariser KIND    a language model that writes prose for digests:       BACKFOLD_SUMMARISER
                       openai-compatible (Ollama and llama.cpp too),
                       anthropic or gemini; where it fails, and by default,
                       code alone
  --model NAME         the model as its provider names it                    BACKFOLD_MODEL
  --base-url URL       where it is, such as http://127.0.0.1:11434/v1; the   BACKFOLD_BASE_URL
                       vendor's own by default
  --api-key-file FILE  file with the key for it                              BACKFOLD_API_KEY_FILE
                       or the key itself, in the environment only            BACKFOLD_API_KEY
  --set-up             creates the streams of a server, where they are missing,
                       with the rights of an admin, and ends
  --restored           tells all devices that the log was put back from a backup,
                       with the rights of an admin, and ends: they say again
                       what it lacks
  --help               prints this, and ends

It ends with 0 when it was asked to, with 1 when the server refuses it, and with 2 when it was called wrongly.
`

/** Reads flags and environment. Pure: nothing is opened. */
export function readWorkerOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): WorkerAsked {
  const given = new Map<string, string>()
  let isPrint = false
  let kind: 'run' | 'set-up' | 'restored' = 'run'
  for (let at = 0; at < args.length; at += 1) {
    const [name, inline] = splitFlag(args[at] ?? '')
    if (name === 'help') return { kind: 'help' }
    if (name === 'print-key') isPrint = true
    else if (name === 'set-up' || name === 'restored') kind = name
    else if (!Object.hasOwn(FLAGS, name)) return wrong(`there is no ${args[at]}`)
    else {
      const value = inline ?? args[(at += 1)]
      if (value === undefined || value === '') return wrong(`--${name} needs a value`)
      given.set(name, value)
    }
  }
  const valueOf = (flag: Flag): string | undefined =>
    given.get(flag) ?? (env[FLAGS[flag]] || undefined)
  if (isPrint) {
    const keyFile = valueOf('key')
    return keyFile === undefined ? wrong('--print-key needs --key') : { kind: 'print-key', keyFile }
  }
  const read = readRun(valueOf, env[API_KEY] || undefined)
  return read.kind === 'run' ? { ...read, kind } : read
}

type ValueOf = (flag: Flag) => string | undefined

function readRun(valueOf: ValueOf, apiKey: string | undefined): WorkerAsked {
  const servers = (valueOf('servers') ?? '').split(',').map((server) => server.trim())
  if (servers.some((server) => !/^(?:nats|tls|wss?):\/\/./.test(server))) {
    return wrong('--servers needs addresses such as nats://sync.example.com:4222')
  }
  const concurrency = readNumber(valueOf('concurrency') ?? '2', 1, 64)
  const metricsPort = readNumber(valueOf('metrics-port') ?? '0', 0, 65_535)
  const grace = readNumber(valueOf('grace') ?? '20', 0, 3_600)
  const ackWait = readNumber(valueOf('ack-wait') ?? '60', 0.1, 3_600)
  const deadline = readNumber(valueOf('deadline') ?? '600', 1, 86_400)
  if (concurrency === undefined || !Number.isInteger(concurrency)) {
    return wrong('--concurrency is a whole number from 1 to 64')
  }
  if (metricsPort === undefined || !Number.isInteger(metricsPort)) {
    return wrong('--metrics-port is a port')
  }
  if (grace === undefined) return wrong('--grace is a number of seconds, at most 3600')
  if (ackWait === undefined) return wrong('--ack-wait is a number of seconds, at most 3600')
  if (deadline === undefined) return wrong('--deadline is a number of seconds, 1 to 86400')
  const names = ['creds', 'user', 'password', 'token'] as const
  const who = Object.fromEntries(names.flatMap((name) => pairOf(name, valueOf(name))))
  const ways = [who['creds'], who['user'], who['token']].filter((way) => way !== undefined)
  if (ways.length > 1) return wrong('one of --creds, --user and --token is enough')
  if ((who['user'] === undefined) !== (who['password'] === undefined)) {
    return wrong('--user and --password belong together')
  }
  const summariser = readSummariser(valueOf, apiKey)
  if (typeof summariser === 'string') return wrong(summariser)
  return {
    kind: 'run',
    options: {
      servers,
      ...who,
      ...Object.fromEntries(pairOf('keyFile', valueOf('key'))),
      concurrency,
      ...(valueOf('metrics-port') === undefined ? {} : { metricsPort }),
      graceMs: grace * 1_000,
      ackWaitMs: ackWait * 1_000,
      deadlineMs: deadline * 1_000,
      ...(summariser && { summariser }),
    },
  }
}

const SUMMARISERS: readonly WorkerSummariser['kind'][] = [
  'openai-compatible',
  'anthropic',
  'gemini',
]

/** What was asked for, a sentence where that is wrong, or undefined where no model is. */
function readSummariser(
  valueOf: ValueOf,
  apiKey: string | undefined,
): WorkerSummariser | string | undefined {
  const name = valueOf('summariser')
  const model = valueOf('model')
  const baseUrl = valueOf('base-url')
  const apiKeyFile = valueOf('api-key-file')
  if (name === undefined) {
    const isAsked = model !== undefined || baseUrl !== undefined || apiKeyFile !== undefined
    return isAsked ? '--model, --base-url and --api-key-file need --summariser' : undefined
  }
  const kind = SUMMARISERS.find((known) => known === name)
  if (kind === undefined) return `--summariser is one of ${SUMMARISERS.join(', ')}`
  if (model === undefined) return '--summariser needs --model'
  if (kind === 'openai-compatible' && baseUrl === undefined) {
    return '--summariser openai-compatible needs --base-url'
  }
  if (apiKey !== undefined && apiKeyFile !== undefined) {
    return `one of ${API_KEY} and --api-key-file is enough`
  }
  return {
    kind,
    model,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiKey !== undefined && { apiKey }),
    ...(apiKeyFile !== undefined && { apiKeyFile }),
  }
}

/** `--name=value` or `--name`. */
function splitFlag(argument: string): readonly [string, string | undefined] {
  const [, name = '', value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(argument) ?? []
  return [name, value]
}

function pairOf(name: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined ? [] : [[name, value]]
}

function readNumber(text: string, least: number, most: number): number | undefined {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN
  return value >= least && value <= most ? value : undefined
}

function wrong(reason: string): WorkerAsked {
  return { kind: 'wrong', reason }
}

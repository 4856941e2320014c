import { expect, test } from 'vitest'
import { readWorkerOptions, WORKER_HELP } from '../../../../src/sync/fleet/read-worker-options.ts'

const SERVERS = ['--servers', 'nats://127.0.0.1:4222']

test('[FLEET9] a worker is set up by flags and environment, and a flag wins', () => {
  const args = ['--servers=nats://a:1, tls://b:2', '--concurrency', '8', '--metrics-port', '9100']
  const env = { BACKFOLD_CONCURRENCY: '3', BACKFOLD_CREDS: '/etc/w.creds', BACKFOLD_GRACE: '5' }
  expect(readWorkerOptions(args, env)).toEqual({
    kind: 'run',
    options: {
      servers: ['nats://a:1', 'tls://b:2'],
      creds: '/etc/w.creds',
      concurrency: 8,
      metricsPort: 9_100,
      graceMs: 5_000,
      ackWaitMs: 60_000,
      deadlineMs: 600_000,
    },
  })
  expect(readWorkerOptions(SERVERS, { BACKFOLD_KEY: 'k' })).toMatchObject({
    options: { keyFile: 'k', concurrency: 2 },
  })
})

test.each<readonly [string, readonly string[]]>([
  ['no server', []],
  ['no address', ['--servers', 'localhost']],
  ['one address that is none', ['--servers', 'nats://a:1,,']],
  ['an unknown flag', [...SERVERS, '--spaces', 'x']],
  ['a word', [...SERVERS, 'now']],
  ['a flag without its value', ['--servers']],
  ['too many jobs at once', [...SERVERS, '--concurrency', '65']],
  ['half a job', [...SERVERS, '--concurrency', '1.5']],
  ['no number', [...SERVERS, '--grace', 'long']],
  ['no port', [...SERVERS, '--metrics-port', '70000']],
  ['a name without a password', [...SERVERS, '--user', 'w']],
  ['two ways to say who it is', [...SERVERS, '--creds', 'f', '--token', 't']],
  ['a key to print, and no file', ['--print-key']],
  ['a summariser of no known kind', [...SERVERS, '--summariser', 'webllm', '--model', 'm']],
  ['a summariser without a model', [...SERVERS, '--summariser', 'gemini']],
  [
    'a summariser that may be anywhere',
    [...SERVERS, '--summariser=openai-compatible', '--model=m'],
  ],
  ['a model without a summariser', [...SERVERS, '--model', 'm']],
  ['a key in the open', [...SERVERS, '--summariser=gemini', '--model=m', '--api-key', 'k']],
])('[FLEET9] a wrong call is told in one sentence: %s', (_, args) => {
  const asked = readWorkerOptions(args, {})
  expect(asked.kind).toBe('wrong')
  expect(asked.kind === 'wrong' && asked.reason).toMatch(/^\S.{5,}/)
})

test('[FLEET15] a summariser is set up by flags and environment, its key by environment or file alone', () => {
  const env = { BACKFOLD_SUMMARISER: 'anthropic', BACKFOLD_MODEL: 'm', BACKFOLD_API_KEY: 'k' }
  expect(readWorkerOptions(SERVERS, env)).toMatchObject({
    options: { summariser: { kind: 'anthropic', model: 'm', apiKey: 'k' } },
  })
  const base = ['--summariser', 'openai-compatible', '--base-url', 'http://127.0.0.1:11434/v1']
  const file = ['--api-key-file', '/run/secrets/key']
  expect(readWorkerOptions([...SERVERS, ...base, ...file, '--model=n'], {})).toMatchObject({
    options: {
      summariser: {
        kind: 'openai-compatible',
        model: 'n',
        baseUrl: 'http://127.0.0.1:11434/v1',
        apiKeyFile: '/run/secrets/key',
      },
    },
  })
  expect(readWorkerOptions([...SERVERS, ...file], env).kind).toBe('wrong')
  const other = readWorkerOptions(SERVERS, { BACKFOLD_API_KEY: 'of something else' })
  expect(other.kind === 'run' && other.options.summariser).toBeUndefined()
})

test('[FLEET9] the help names every flag and its variable', () => {
  expect(readWorkerOptions(['--concurrency', 'x', '--help'], {})).toEqual({ kind: 'help' })
  expect(readWorkerOptions(['--key', 'f', '--print-key'], {})).toEqual({
    kind: 'print-key',
    keyFile: 'f',
  })
  expect(readWorkerOptions([...SERVERS, '--set-up'], {})).toMatchObject({ kind: 'set-up' })
  expect(readWorkerOptions([...SERVERS, '--restored'], {})).toMatchObject({ kind: 'restored' })
  const names = ['servers', 'creds', 'key', 'concurrency', 'metrics-port', 'grace', 'summariser']
  for (const name of [...names, 'model', 'base-url', 'api-key-file']) {
    expect(WORKER_HELP).toContain(`--${name}`)
    expect(WORKER_HELP).toContain(`BACKFOLD_${name.toUpperCase().replaceAll('-', '_')}`)
  }
})

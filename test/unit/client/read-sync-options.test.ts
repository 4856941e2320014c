import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameDevice } from '../../../src/client/name-device.ts'
import { readSyncCredentials, readSyncOptions } from '../../../src/client/read-sync-options.ts'
import { isBackfoldError } from '../../../src/core/backfold-error.ts'
import type { SyncCredentials, SyncOptions } from '../../../src/protocol/sync.ts'

const SERVER = 'wss://sync.example.com'
const SECRET = 'hush-7f3a9'

/** What is said of options that are refused; empty if they are not. */
function refusal(options: unknown, page: string | undefined = 'https:'): string {
  try {
    readSyncOptions(options as SyncOptions, page)
    return ''
  } catch (failure) {
    if (!isBackfoldError(failure)) throw failure
    expect(failure.code).toBe('INVALID_INPUT')
    return failure.message
  }
}

test('[CSYNC1] what is not said is as usual, and what is said stays', () => {
  const usual = readSyncOptions({ servers: ` ${SERVER} ` }, 'https:')
  expect(usual).toEqual({
    servers: [SERVER],
    space: 'default',
    deviceName: nameDevice(globalThis.navigator?.userAgent ?? ''),
    fold: 'here',
  })
  const whole = {
    servers: [SERVER, 'ws://localhost:4223/'],
    space: 'family-1',
    credentials: { kind: 'jwt', jwt: 'a.b.c', seed: 'SU' },
    encrypt: { passphrase: 'eight888' },
    deviceName: 'Kitchen',
    fold: 'fleet',
    workerKey: 'BPq1',
  } as const
  expect(readSyncOptions(whole, 'https:')).toEqual(whole)
})

test.each<readonly [string, unknown, RegExp]>([
  ['nothing', null, /an object/],
  ['a text', SERVER, /an object/],
  ['no servers', {}, /begin with one of wss:\/\/, ws:\/\//],
  ['an empty list', { servers: [] }, /1 to 20/],
  ['too many', { servers: Array.from({ length: 21 }, () => SERVER) }, /1 to 20/],
  ['another option', { servers: SERVER, token: SECRET }, /no option token/],
  [
    'a sealed space that a fleet can’t open',
    { servers: SERVER, encrypt: { passphrase: 'eight888' }, fold: 'fleet' },
    /workerKey/,
  ],
  ['a space with dots', { servers: SERVER, space: 'a.b' }, /space/],
  ['an empty space', { servers: SERVER, space: '' }, /space/],
  ['another place to fold', { servers: SERVER, fold: 'there' }, /fold/],
  ['a short passphrase', { servers: SERVER, encrypt: { passphrase: 'hush-7f' } }, /at least 8/],
  ['no passphrase', { servers: SERVER, encrypt: true }, /passphrase/],
  ['an empty name', { servers: SERVER, deviceName: ' ' }, /deviceName/],
  ['a long name', { servers: SERVER, deviceName: 'x'.repeat(101) }, /deviceName/],
  [
    'other credentials',
    { servers: SERVER, credentials: { kind: SECRET } },
    /token, password or jwt/,
  ],
  ['no token', { servers: SERVER, credentials: { kind: 'token' } }, /`token`/],
  ['no seed', { servers: SERVER, credentials: { kind: 'jwt', jwt: SECRET } }, /`seed`/],
])('[CSYNC1] refused with a sentence: %s', (_, options, expected) => {
  expect(refusal(options)).toMatch(expected)
  expect(refusal(options)).not.toContain(SECRET)
})

test('[CSYNC1] whatever is given is read or refused, and a refusal has no secret in it', () => {
  const anything = fc.anything()
  fc.assert(
    fc.property(anything, anything, anything, (servers, credentials, encrypt) => {
      const said = refusal({
        servers,
        credentials,
        encrypt: { passphrase: SECRET, more: encrypt },
      })
      expect(said).not.toContain(SECRET)
    }),
  )
})

test('[CSYNC1] credentials are what is known of their kind, and nothing else', () => {
  const given = { kind: 'password', user: 'ann', password: SECRET, more: 1 } as SyncCredentials
  expect(readSyncCredentials(given)).toEqual({ kind: 'password', user: 'ann', password: SECRET })
})

test.each<readonly [string, string | undefined]>([
  ['wss://sync.example.com', 'https:'],
  ['wss://sync.example.com:8443/way', 'http:'],
  ['WSS://sync.example.com', 'https:'],
  ['ws://sync.example.com', 'http:'],
  ['ws://localhost:4223', 'https:'],
  ['ws://sub.localhost', 'https:'],
  ['ws://127.0.0.1:4223', 'chrome-extension:'],
  ['ws://[::1]:4223', 'https:'],
  ['nats://127.0.0.1:4222', undefined],
  ['tls://sync.example.com:4222', undefined],
  ['ws://sync.example.com', undefined],
])('[CSYNC2] %s is an address where the page is of %s', (server, page) => {
  expect(readSyncOptions({ servers: server }, page).servers).toEqual([server])
})

test.each<readonly [string, string | undefined]>([
  ['ws://sync.example.com', 'https:'],
  ['ws://127.0.0.1.example.com', 'https:'],
  ['ws://localhost.example.com', 'chrome-extension:'],
  ['ws://192.168.1.2', 'https:'],
  ['nats://127.0.0.1', 'https:'],
  ['https://sync.example.com', 'https:'],
  ['sync.example.com:443', undefined],
  ['wss://', 'https:'],
  ['', undefined],
  [`wss://ann:${SECRET}@sync.example.com`, 'https:'],
  [`nats://${SECRET}@sync.example.com`, undefined],
])('[CSYNC2] %s is none where the page is of %s', (server, page) => {
  const said = refusal({ servers: [SERVER, server] }, page)
  expect(said).toMatch(/address/)
  expect(said).not.toContain(SECRET)
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  ['Node.js/22', 'Node'],
  ['', 'Unnamed device'],
])('[CSYNC3] %s is %s', (userAgent, name) => {
  expect(nameDevice(userAgent)).toBe(name)
})

import { BackfoldError } from '../core/backfold-error.ts'
import type { SyncSetup } from '../protocol/sync-desk.ts'
import type { SyncCredentials, SyncOptions } from '../protocol/sync.ts'
import { nameDevice } from './name-device.ts'

const MOST_SERVERS = 20
/** Longest address, name, token, JWT or passphrase, in characters. */
const MOST_CHARACTERS = 10_000
const MOST_OF_NAME = 100
const LEAST_OF_PASSPHRASE = 8

const NAMES = ['servers', 'space', 'credentials', 'encrypt', 'deviceName', 'fold', 'workerKey']

/**
 * Options of sync as they were given, checked and whole. What is wrong is said in a sentence that has no secret in it.
 *
 * @param page - Protocol of the page, such as `https:`; undefined where there is none.
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rules CSYNC1, CSYNC2
 */
export function readSyncOptions(options: SyncOptions, page: string | undefined): SyncSetup {
  const given = fieldsOf(options)
  if (given === null) throw invalid('takes an object with the addresses of its servers')
  const unknown = Object.keys(given).find((name) => !NAMES.includes(name))
  if (unknown !== undefined) throw invalid(`knows no option ${unknown.slice(0, MOST_OF_NAME)}`)
  const { space = 'default', credentials, encrypt, deviceName, fold = 'here', workerKey } = given
  if (typeof space !== 'string' || !/^[\w-]{1,64}$/.test(space)) {
    throw invalid('takes as `space` 1 to 64 letters, digits, - and _')
  }
  if (fold !== 'here' && fold !== 'fleet') throw invalid('takes as `fold` here or fleet')
  if (workerKey !== undefined && !isText(workerKey)) {
    throw invalid('takes as `workerKey` what backfold-worker --print-key tells')
  }
  if (fold === 'fleet' && encrypt !== undefined && workerKey === undefined) {
    throw invalid('needs a `workerKey` where a fleet is to fold sealed sessions')
  }
  return {
    servers: readServers(given['servers'], page),
    space,
    ...(credentials !== undefined && {
      credentials: readSyncCredentials(credentials as SyncCredentials),
    }),
    ...(encrypt !== undefined && { encrypt: { passphrase: readPassphrase(encrypt) } }),
    deviceName: readName(deviceName),
    fold,
    ...(workerKey !== undefined && { workerKey }),
  }
}

/**
 * Credentials as they were given, without anything else.
 *
 * @throws BackfoldError `INVALID_INPUT`, without any of what they say.
 */
export function readSyncCredentials(credentials: SyncCredentials): SyncCredentials {
  const given = fieldsOf(credentials) ?? {}
  const text = (name: string): string => {
    const value = given[name]
    if (isText(value)) return value
    throw invalid(`takes credentials whose \`${name}\` is a text of 1 to 10,000 characters`)
  }
  switch (given['kind']) {
    case 'token':
      return { kind: 'token', token: text('token') }
    case 'password':
      return { kind: 'password', user: text('user'), password: text('password') }
    case 'jwt':
      return { kind: 'jwt', jwt: text('jwt'), seed: text('seed') }
    default:
      throw invalid('takes credentials of the kind token, password or jwt')
  }
}

function readServers(given: unknown, page: string | undefined): readonly string[] {
  const servers: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (servers.length === 0 || servers.length > MOST_SERVERS) {
    throw invalid(`takes the addresses of 1 to ${MOST_SERVERS} servers`)
  }
  return servers.map((server) => readServer(server, page))
}

function readServer(server: unknown, page: string | undefined): string {
  const typed = typeof server === 'string' ? server.trim() : ''
  const schemes = page === undefined ? ['wss:', 'ws:', 'tls:', 'nats:'] : ['wss:', 'ws:']
  const url = typed.length <= MOST_CHARACTERS && URL.canParse(typed) ? new URL(typed) : null
  if (url === null || !schemes.includes(url.protocol) || hostOf(url) === '') {
    const names = schemes.map((scheme) => `${scheme}//`).join(', ')
    throw invalid(`takes addresses of servers that begin with one of ${names}`)
  }
  // It would be shown and logged with the address.
  if (url.username !== '' || url.password !== '') {
    throw invalid('takes no user or password in an address: give them as `credentials`')
  }
  // A page that came over http has nothing left to lose by it, and no other page may do so.
  if (url.protocol === 'ws:' && page !== undefined && page !== 'http:' && !isLoopback(url)) {
    throw invalid('takes addresses with ws:// only of this machine: use wss:// for all others')
  }
  return typed
}

/** Of schemes that are none of the web's, browsers leave the host in its brackets or its own case. */
function hostOf({ hostname }: URL): string {
  return hostname.toLowerCase()
}

function isLoopback(url: URL): boolean {
  const host = hostOf(url)
  return /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(host)
}

function readPassphrase(given: unknown): string {
  const passphrase = fieldsOf(given)?.['passphrase']
  if (isText(passphrase) && passphrase.length >= LEAST_OF_PASSPHRASE) return passphrase
  throw invalid(`takes as \`encrypt\` a passphrase of at least ${LEAST_OF_PASSPHRASE} characters`)
}

function readName(given: unknown): string {
  if (given === undefined) return nameDevice(globalThis.navigator?.userAgent ?? '')
  const name = typeof given === 'string' ? given.trim() : ''
  if (name !== '' && name.length <= MOST_OF_NAME) return name
  throw invalid(`takes as \`deviceName\` 1 to ${MOST_OF_NAME} characters`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MOST_CHARACTERS
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return value as Readonly<Record<string, unknown>>
}

function invalid(what: string): BackfoldError {
  return new BackfoldError('INVALID_INPUT', `sync ${what}`)
}

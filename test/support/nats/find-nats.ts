import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Packages of Debian's suites, with the SHA-256 of each: what is run here is what was looked at. */
const PACKAGES = {
  '2.15.1': {
    file: 'nats-server_2.15.1-1_amd64.deb',
    sha256: '31ef4ceaa84e8248d449e508472e3770c17c3695cb5cb0ee96e03912724ea884',
  },
  '2.10.27': {
    file: 'nats-server_2.10.27-1+b2_amd64.deb',
    sha256: '6d913ac987b78734c08537c2adeb1526cf735f216173a9170d94b185fcfe6f8a',
  },
  '2.9.10': {
    file: 'nats-server_2.9.10-1+b3_amd64.deb',
    sha256: '9f69ebb6f612e652382fde175622160dcd81fd97f2356f5da80bb5c3f48513dd',
  },
} as const

export type NatsVersion = keyof typeof PACKAGES

const FOLDER = join(tmpdir(), 'backfold-nats')

/** A server, or why there is none: said in the titles of tests that are skipped, and once on the console. */
export interface FoundNats {
  readonly path: string
  readonly missing?: string
}

/**
 * Unpacks a server from Debian's package, without installing it: from the mirror that this machine gets its packages from,
 * into the folder for temporary files, where later runs find it.
 */
export async function findNats(version: NatsVersion = '2.15.1'): Promise<FoundNats> {
  const path = join(FOLDER, PACKAGES[version].sha256, 'usr/sbin/nats-server')
  if (existsSync(path)) return { path }
  const missing = readRefusal(version) ?? (await tryToUnpack(version))
  if (missing === undefined) return { path }
  const reason = `no nats-server ${version}: ${missing}`
  process.stdout.write(`skipped: ${reason}\n`)
  return { path, missing: reason }
}

/** How long nobody looks again, in milliseconds: each file of tests would wait for the same network. */
const REFUSED_MS = 15 * 60_000

function refusalFile(version: NatsVersion): string {
  return join(FOLDER, `${PACKAGES[version].sha256}.missing`)
}

function readRefusal(version: NatsVersion): string | undefined {
  const file = refusalFile(version)
  const isFresh = existsSync(file) && Date.now() - statSync(file).mtimeMs < REFUSED_MS
  return isFresh ? readFileSync(file, 'utf8') : undefined
}

function keepRefusal(version: NatsVersion, reason: string): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(refusalFile(version), reason)
}

async function tryToUnpack(version: NatsVersion): Promise<string | undefined> {
  const missing = await unpack(version).catch((failure: unknown) => String(failure))
  if (missing !== undefined) keepRefusal(version, missing)
  return missing
}

/** Why it can't be had; undefined once it is there. */
async function unpack(version: NatsVersion): Promise<string | undefined> {
  const { file, sha256 } = PACKAGES[version]
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'Debian has it for other machines'
  if (spawnSync('dpkg-deb', ['--version']).status !== 0) return 'dpkg-deb is not there'
  const mirror = readMirror()
  if (!mirror) return 'apt has no mirror of Debian'
  const url = `${mirror}/pool/main/n/nats-server/${encodeURIComponent(file)}`
  // A network that swallows everything is found out soon; a slow one has its time.
  await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(10_000) })
  const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) })
  if (!answer.ok) return `the mirror answers ${answer.status}`
  const bytes = new Uint8Array(await answer.arrayBuffer())
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    return 'the package is another one'
  mkdirSync(FOLDER, { recursive: true })
  const folder = mkdtempSync(join(FOLDER, 'unpacking-'))
  try {
    const deb = join(folder, 'package.deb')
    writeFileSync(deb, bytes)
    const unpacked = join(folder, 'unpacked')
    const { status, stderr } = spawnSync('dpkg-deb', ['-x', deb, unpacked], { encoding: 'utf8' })
    if (status !== 0) return `the package can't be unpacked: ${stderr}`
    const server = join(unpacked, 'usr/sbin/nats-server')
    chmodSync(server, 0o755)
    move(unpacked, join(FOLDER, sha256), server)
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Where several runs unpack at once, the first one stands. */
function move(from: string, to: string, server: string): void {
  const { status } = spawnSync(server, ['--version'])
  if (status !== 0) throw new Error('it does not run here')
  try {
    renameSync(from, to)
  } catch (failure) {
    if (!existsSync(to)) throw failure
  }
}

/** The first mirror of Debian's main archive among apt's sources. */
function readMirror(): string | undefined {
  const parts = '/etc/apt/sources.list.d'
  const files = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []
  const text = ['/etc/apt/sources.list', ...files]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  const found = /^(?:URIs:|deb(?:\s+\[[^\]]*\])?)\s+(https?:\/\/\S+\/debian)\/?(?:\s|$)/m.exec(text)
  return found?.[1]
}

import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPacked } from './install-packed.mjs'

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test was left out, for the closing lines of a run. */
    skipped?: string
  }
}

const hosts = join(import.meta.dirname, '../hosts')

/** What npm says when packages can't be had from here, and not when something is wrong with them. */
const UNREACHABLE =
  /\b(?:ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED|E40[134]|E50[234])\b/

/** A project of its own with the packed library in it, or why its packages can't be had. */
export type InstalledHost =
  | { readonly kind: 'installed'; readonly folder: string }
  | { readonly kind: 'unreachable'; readonly reason: string }

/**
 * Makes a project of `test/hosts/NAME` in a folder of its own, outside of this one so that nothing of this one is found
 * by accident: its files, its locked packages, and the library as it would be published. Needs a build.
 *
 * @param scriptFolder - Where in it the script goes that all hosts run.
 */
export async function installHost(
  name: string,
  scriptFolder: string = '.',
): Promise<InstalledHost> {
  const folder = mkdtempSync(join(tmpdir(), `backfold-host-${name}-`))
  cpSync(join(hosts, name), folder, { recursive: true })
  cpSync(join(hosts, 'page/run-backfold.js'), join(folder, scriptFolder, 'run-backfold.js'))
  try {
    await npm(folder, 'ci', '--ignore-scripts', '--prefer-offline', '--fetch-retries=1')
  } catch (error) {
    const code = UNREACHABLE.exec(String(error))?.[0]
    if (code === undefined) throw error
    return { kind: 'unreachable', reason: `the packages of ${name} can't be fetched here: ${code}` }
  }
  installPacked(folder)
  return { kind: 'installed', folder }
}

/** Runs npm in a folder. @throws Error with all that it said, if it fails. */
export function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  const isWindows = process.platform === 'win32'
  const options = {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    shell: isWindows,
    env: { ...process.env, ...QUIET },
  } as const
  return new Promise((resolve, reject) => {
    execFile(isWindows ? 'npm.cmd' : 'npm', args, options, (error, stdout, stderr) => {
      if (error) reject(new Error(`npm ${args.join(' ')}\n${stdout}\n${stderr}`))
      else resolve(stdout)
    })
  })
}

/** No host tells anybody that it was built, and npm says what is wrong only. */
const QUIET = {
  NEXT_TELEMETRY_DISABLED: '1',
  NODE_ENV: undefined,
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_loglevel: 'error',
  npm_config_update_notifier: 'false',
}

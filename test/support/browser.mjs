import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Flags for every browser a test starts: no sandbox because continuous integration runs as root, and
 * nothing that talks to the network on its own.
 */
export const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
]

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * Finds a Chromium without installing anything.
 *
 * Looks at `BACKFOLD_CHROMIUM`, then at the PATH. Undefined means that neither has one; Playwright's
 * own download, if there is one, is what Playwright then uses by itself.
 *
 * @returns {string | undefined} Path of the executable.
 */
export function findBrowser() {
  const named = process.env.BACKFOLD_CHROMIUM
  if (named) {
    if (isExecutable(named)) return named
    throw new Error(`BACKFOLD_CHROMIUM is ${named}, which is not an executable file`)
  }
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const command of COMMANDS) {
      if (folder && isExecutable(join(folder, command))) return join(folder, command)
    }
  }
  return undefined
}

/**
 * Finds a Chromium, Playwright's own included, and installs one if there is none.
 *
 * @param {(line: string) => void} say - Told what is being tried; an install takes a minute or two.
 * @returns {Promise<string>} Path of the executable.
 */
export async function ensureBrowser(say) {
  const found = findBrowser() ?? (await findPlaywrightBrowser())
  if (found) return found
  const tried = []
  for (const { name, commands, possible } of INSTALLS) {
    if (!possible()) continue
    say(`no Chromium found: ${name}`)
    tried.push(name)
    try {
      for (const [command, ...args] of commands) {
        execFileSync(command, args, {
          stdio: 'inherit',
          timeout: INSTALL_TIMEOUT_MS,
          env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        })
      }
    } catch (error) {
      say(`${name} failed: ${error.message}`)
    }
    const installed = findBrowser() ?? (await findPlaywrightBrowser())
    if (installed) return installed
  }
  throw new Error(
    `no Chromium found${tried.length > 0 ? ` and none could be installed (tried: ${tried.join('; ')})` : ''}. ` +
      'Install Chromium or Chrome, or set BACKFOLD_CHROMIUM to the path of its executable.',
  )
}

/** Per command. A blocked network shows as a hang, so there is always an end. */
const INSTALL_TIMEOUT_MS = 180_000

const INSTALLS = [
  {
    name: 'npx playwright install chromium',
    commands: [['npx', 'playwright', 'install', 'chromium']],
    possible: () => true,
  },
  {
    name: 'apt-get install chromium',
    commands: [
      ['apt-get', 'update'],
      ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
    ],
    possible: () => process.getuid?.() === 0 && existsSync('/etc/debian_version'),
  },
]

async function findPlaywrightBrowser() {
  const { chromium } = await import('playwright')
  const path = chromium.executablePath()
  return path && isExecutable(path) && starts(path) ? path : undefined
}

/** A download brings the browser but not the system's libraries that it needs. */
function starts(path) {
  if (process.platform === 'win32') return true
  return spawnSync(path, ['--version'], { timeout: 15_000 }).status === 0
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

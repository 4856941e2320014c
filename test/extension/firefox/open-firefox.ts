import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBidiSocket, type BidiSocket } from './bidi-socket.ts'
import { findFirefox } from './find-firefox.ts'
import { createFirefoxPage, type FirefoxPage } from './firefox-page.ts'

/** Longest wait for the browser to begin, and to end by itself, in milliseconds. */
const START_MS = 60_000
const END_MS = 5_000

/** A Firefox with a profile of its own. */
export interface Firefox {
  /** Installs an unpacked extension for as long as this browser lives, and resolves to its id. */
  install(folder: string): Promise<string>
  open(url: string): Promise<FirefoxPage>
  readonly socket: BidiSocket
  /** Errors on the consoles of all pages, and uncaught ones. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

/** What the browser is started with. */
export interface FirefoxOptions {
  /** UUID of each extension by its id, so that the addresses of its pages are known: `moz-extension://UUID/`. */
  readonly uuids?: Readonly<Record<string, string>>
  readonly prefs?: Readonly<Record<string, boolean | number | string>>
}

/** Nothing that talks to the network by itself, asks on a first run, or waits for a person. */
const PREFS: Readonly<Record<string, boolean | number | string>> = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  // A prompt can't be answered without a person.
  'extensions.webextOptionalPermissionPrompts': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#',
  'toolkit.telemetry.enabled': false,
}

/** Starts Firefox without a window and speaks WebDriver BiDi with it: no driver is needed in between. */
export async function openFirefox({
  uuids = {},
  prefs = {},
}: FirefoxOptions = {}): Promise<Firefox> {
  const path = findFirefox()
  if (!path) throw new Error('there is no Firefox')
  const profile = mkdtempSync(join(tmpdir(), 'backfold-firefox-'))
  const all = { ...PREFS, 'extensions.webextensions.uuids': JSON.stringify(uuids), ...prefs }
  const lines = Object.entries(all).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  )
  writeFileSync(join(profile, 'user.js'), lines.join('\n'))
  const child = spawn(
    path,
    [
      '--headless',
      '--no-remote',
      '--profile',
      profile,
      '--remote-debugging-port',
      '0',
      '--remote-allow-system-access',
      'about:blank',
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, MOZ_REMOTE_SETTINGS_DEVTOOLS: '1' },
    },
  )
  const end = async (): Promise<void> => {
    await endProcess(child)
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  try {
    const socket = await openBidiSocket(`${await readAddress(child)}/session`)
    await socket.send('session.new', { capabilities: {} })
    const complaints: string[] = []
    socket.onEvent((method, params) => {
      const { level, text } = params as { readonly level?: string; readonly text?: string }
      if (method === 'log.entryAdded' && level === 'error') complaints.push(text ?? '')
    })
    await socket.send('session.subscribe', { events: ['log.entryAdded'] })
    return {
      socket,
      complaints,
      async install(folder) {
        const { extension } = await socket.send('webExtension.install', {
          extensionData: { type: 'path', path: folder },
        })
        return String(extension)
      },
      async open(url) {
        const { context } = await socket.send('browsingContext.create', { type: 'tab' })
        const page = createFirefoxPage(socket, String(context))
        await page.goto(url)
        return page
      },
      async close() {
        await socket.send('browser.close', {}).catch(() => undefined)
        socket.close()
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** The address is said on the error stream, once it is listened on. */
function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const timer = setTimeout(() => reject(new Error(`Firefox did not start: ${said}`)), START_MS)
    child.stderr?.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(-10_000)
      const address = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(said)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`Firefox ended with ${code ?? 'a signal'}: ${said}`))
    })
  })
}

/** Ends this one process, and waits until it is gone. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
  child.kill('SIGTERM')
  await gone
  clearTimeout(timer)
}

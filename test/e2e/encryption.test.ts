import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { preview, type PreviewServer } from 'vite'
import type { Backfold, Session } from '../../src/client/session.ts'
import type { Protection } from '../../src/client/read-protection.ts'
import type { OpenOptions } from '../../src/client/open-backfold.ts'
import { BROWSER_ARGS, findBrowser } from '../support/browser.mjs'

/** Chromium has two storage engines for IndexedDB; both are in use, so both are tested. */
const ENGINES = {
  leveldb: '--disable-features=IdbSqliteBackingStore',
  sqlite: '--enable-features=IdbSqliteBackingStore',
}

const HOST_PAGE = `<!doctype html><title>host</title>
<script type="module">
  Object.assign(globalThis, await import('./backfold/index.js'))
  document.title = 'ready'
</script>`

interface HostScope {
  openBackfold(options?: OpenOptions): Promise<Backfold>
  readProtection(name?: string): Promise<Protection>
}

/** One word for each place in which something may be said. */
const MARKERS = [
  'sessionid',
  'title',
  'tag',
  'hostname',
  'hosttext',
  'message',
  'messageid',
  'toolresult',
  'toolinput',
  'wirefield',
  'rule',
  'fact',
  'pad',
  'note',
  'digest',
  'instructions',
].map((place) => `zq${place}marker`)

const PASSPHRASE = 'zqpassphrasemarker'

let folder: string
let server: PreviewServer
let origin: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backfold-encryption-'))
  const site = join(folder, 'site')
  const filter = (from: string): boolean => !from.includes('dist/app')
  cpSync('dist', join(site, 'backfold'), { recursive: true, filter })
  writeFileSync(join(site, 'index.html'), HOST_PAGE)
  server = await preview({
    configFile: false,
    root: folder,
    logLevel: 'error',
    appType: 'mpa',
    build: { outDir: site },
    preview: { host: '127.0.0.1', port: 42_900 },
  })
  origin = new URL(server.resolvedUrls?.local[0] ?? '').origin
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

async function start(profile: string, engine: keyof typeof ENGINES): Promise<BrowserContext> {
  const executablePath = findBrowser()
  return chromium.launchPersistentContext(profile, {
    args: [...BROWSER_ARGS, ENGINES[engine]],
    ...(executablePath ? { executablePath } : {}),
  })
}

async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(origin)
  await page.waitForFunction(() => document.title === 'ready')
  return page
}

/** Says something marked in every place there is, folds it, recalls it, and closes. */
async function fill(page: Page, passphrase: string | undefined): Promise<void> {
  await page.evaluate(
    async ([secret, long]) => {
      const { openBackfold } = globalThis as unknown as HostScope
      const mark = (place: string): string => `zq${place}marker`
      const backfold = await openBackfold(secret === undefined ? {} : { passphrase: secret })
      const session = await backfold.session(mark('sessionid'), {
        budget: { tokens: 3_000 },
        retainedTail: { messages: 2, share: 0.02 },
        largePayloadTokens: 50,
        automatic: false,
      })
      await session.describe({
        title: mark('title'),
        tags: [mark('tag')],
        host: { [mark('hostname')]: mark('hosttext') },
      })
      await session.append({
        id: mark('messageid'),
        role: 'user',
        content: `The ${mark('message')} is cold. The port is 8080. Always use ${mark('rule')}.`,
        extra: mark('wirefield'),
      })
      const called = { name: 'get_ticket', arguments: '{"id":"T-17"}' }
      for (const status of ['waiting', 'running']) {
        await session.append(
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: status, type: 'function', function: called }],
          },
          { role: 'tool', tool_call_id: status, content: `{"id":"T-17","status":"${status}"}` },
        )
      }
      for (let n = 0; n < 12; n += 1) {
        const callId = `call_${n}`
        const input = JSON.stringify({ path: mark('toolinput'), n })
        await session.append(
          { role: 'user', content: `Look at part ${n} of the boiler, please.` },
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: callId, type: 'function', function: { name: 'look', arguments: input } },
            ],
          },
          {
            role: 'tool',
            tool_call_id: callId,
            content: `${mark('toolresult')} ${n} ${long}`,
          },
          { role: 'assistant', content: `Part ${n} is fine; the timeout is ${n} seconds.` },
        )
      }
      await session.rules({ do: 'add', text: `Never touch ${mark('rule')}.` })
      const noted = await session.runTool(
        'memory_note',
        { text: `The ${mark('note')} is loud.` },
        { memory: true },
      )
      if (noted.isError) throw new Error(JSON.stringify(noted))
      const step = { tool: 'look', does: 'read', arguments: [] }
      const pad = {
        name: mark('pad'),
        goal: `look at the ${mark('pad')}`,
        params: [],
        steps: [step, { ...step, tool: 'see' }],
        preconditions: [],
        outcome: '',
      }
      const json = JSON.stringify({ format: 'backfold-pads', version: 1, pads: [pad] })
      await session.pads({ kind: 'import', json })
      const folded = await session.compact({ instructions: `Keep ${mark('instructions')}.` })
      if (folded.kind !== 'ready') throw new Error(JSON.stringify(folded))
      await session.apply()
      const { facts } = await session.facts({ kind: 'slot' })
      const text = `status: ${mark('fact')}`
      let isCorrected = false
      for (const { id: fact } of facts) {
        if (isCorrected) break
        const { outcome } = await session.facts({ change: { do: 'correct', fact, text } })
        isCorrected = outcome?.kind === 'changed'
      }
      if (!isCorrected) throw new Error('there is no fact that can be corrected')
      const head = session.state.get().generation
      const { digest } = await session.generation(head)
      let isEdited = false
      for (const { id } of digest) {
        const lines = { [id]: `It says ${mark('digest')}.` }
        if (isEdited) break
        isEdited = (await session.editDigest(head, { lines })).kind === 'edited'
      }
      if (!isEdited) throw new Error('the digest has no line that can be edited')
      await session.recall(mark('message'))
      await backfold.search('boiler')
      await backfold.close()
    },
    [passphrase, 'a line of output\n'.repeat(60)] as const,
  )
}

/** The markers that stand in any file of the profile, in any case, as UTF-8 or UTF-16. */
function findMarkers(profile: string, markers: readonly string[]): readonly string[] {
  const found = new Set<string>()
  const forms = markers.flatMap((marker) =>
    [marker, marker.split('').join('\0')].map((form) => ({ marker, form })),
  )
  for (const entry of readdirSync(profile, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const text = readFileSync(join(entry.parentPath, entry.name), 'latin1').toLowerCase()
    for (const { marker, form } of forms) if (text.includes(form)) found.add(marker)
  }
  return markers.filter((marker) => found.has(marker))
}

async function inBrowser(
  profile: string,
  engine: keyof typeof ENGINES,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await start(profile, engine)
  try {
    await work(await openPage(context))
  } finally {
    await context.close()
  }
}

test.each(['leveldb', 'sqlite'] as const)(
  '[ENC10, ENC11] raw files hold nothing that was said, and without encryption all of it (%s)',
  async (engine) => {
    const [plain, sealed] = ['plain', 'sealed'].map((name) => join(folder, `${engine}-${name}`))
    if (!plain || !sealed) throw new Error('there is no profile')
    await inBrowser(plain, engine, (page) => fill(page, undefined))
    expect(findMarkers(plain, MARKERS)).toEqual(MARKERS)
    await inBrowser(sealed, engine, (page) => fill(page, PASSPHRASE))
    expect(findMarkers(sealed, [...MARKERS, PASSPHRASE])).toEqual([])
    await inBrowser(sealed, engine, async (page) => {
      const seen = await page.evaluate(async (passphrase) => {
        const { openBackfold, readProtection } = globalThis as unknown as HostScope
        const code = async (options: OpenOptions): Promise<unknown> =>
          openBackfold(options).then(
            () => 'opened',
            (failure: unknown) => (failure as { code: string }).code,
          )
        const kept = [await readProtection(), await readProtection('never')]
        const refused = [await code({}), await code({ passphrase: 'another' })]
        const backfold = await openBackfold({ passphrase })
        const found = await backfold.search('zqmessagemarker')
        await backfold.close()
        const names = (await indexedDB.databases()).map(({ name }) => name)
        return { kept, refused, found: found.map(({ session }) => session.id), names }
      }, PASSPHRASE)
      expect(seen).toEqual({
        kept: ['passphrase', 'absent'],
        refused: ['STORAGE_LOCKED', 'WRONG_PASSPHRASE'],
        found: ['zqsessionidmarker'],
        names: ['backfold'],
      })
    })
  },
)

test.each(['leveldb', 'sqlite'] as const)(
  '[ENC7, ENC12] turned on for what is there, it opens and says what may remain (%s)',
  async (engine) => {
    const profile = join(folder, `${engine}-turned`)
    await inBrowser(profile, engine, (page) => fill(page, undefined))
    await inBrowser(profile, engine, async (page) => {
      const outcome = await page.evaluate(async (passphrase) => {
        const { openBackfold } = globalThis as unknown as HostScope
        const backfold = await openBackfold()
        const session = await backfold.session('zqsessionidmarker')
        const before = await session.context({ format: 'plain', adopt: false })
        const done = await backfold.protect({ passphrase })
        // The heavy worker has the key, too.
        const hits = await session.recall('zqmessagemarker')
        const after = await session.context({ format: 'plain', adopt: false })
        await backfold.close()
        const isSame = JSON.stringify(after) === JSON.stringify(before)
        return { ...done, isSame, hits: hits.kind === 'hits' && hits.hits.length > 0 }
      }, PASSPHRASE)
      expect(outcome).toMatchObject({ kind: 'on', mayRemain: true, isSame: true, hits: true })
      expect(outcome).not.toHaveProperty('unlock')
    })
    // LevelDB keeps what was overwritten until it compacts.
    if (engine === 'sqlite') expect(findMarkers(profile, [...MARKERS, PASSPHRASE])).toEqual([])
  },
)

test('[ENC5, ENC9] a worker that died is started again without the passphrase; other tabs have to give it', async () => {
  const context = await start(join(folder, 'restarted'), 'leveldb')
  try {
    const [page, other] = [await openPage(context), await openPage(context)]
    const open = (tab: Page, passphrase: string | undefined): Promise<string> =>
      tab.evaluate(async (secret) => {
        const { openBackfold } = globalThis as unknown as HostScope
        const workers: Worker[] = []
        const spawnWorker = (): Worker => {
          const worker = new Worker('./backfold/store-worker.js', { type: 'module' })
          workers.push(worker)
          return worker
        }
        const options = secret === undefined ? { spawnWorker } : { passphrase: secret, spawnWorker }
        try {
          const backfold = await openBackfold(options)
          Object.assign(globalThis, { backfold, workers })
          return 'opened'
        } catch (failure) {
          return (failure as { code: string }).code
        }
      }, passphrase)
    interface Opened {
      readonly backfold: Backfold
      readonly workers: Worker[]
    }
    const kill = (tab: Page): Promise<number> =>
      tab.evaluate(async () => {
        const { backfold, workers } = globalThis as unknown as Opened
        const session = await backfold.session('s')
        await session.append({ role: 'user', content: 'hello' })
        workers.at(-1)?.terminate()
        return (await backfold.sessions())[0]?.messages ?? 0
      })
    expect(await open(page, PASSPHRASE)).toBe('opened')
    expect(await kill(page)).toBe(1)
    expect(await open(other, undefined)).toBe('STORAGE_LOCKED')
    expect(await open(other, PASSPHRASE)).toBe('opened')
    expect(await kill(other)).toBe(2)
    const changed = await page.evaluate(async () => {
      const { backfold } = globalThis as unknown as Opened
      return (await backfold.protect({ passphrase: null })).kind
    })
    expect(changed).toBe('off')
    const locked = await other.evaluate(async () => {
      const { backfold } = globalThis as unknown as Opened
      return backfold.sessions().then(
        () => 'read',
        (failure: unknown) => (failure as { code: string }).code,
      )
    })
    expect(locked).toBe('STORAGE_LOCKED')
    expect(await kill(page)).toBe(3)
  } finally {
    await context.close()
  }
})

test('[DEL6] a session that one tab deletes is gone in the other, and begins empty again', async () => {
  const context = await start(join(folder, 'deleted'), 'leveldb')
  try {
    const [page, other] = [await openPage(context), await openPage(context)]
    const open = async (tab: Page): Promise<void> =>
      tab.evaluate(async () => {
        const { openBackfold } = globalThis as unknown as HostScope
        const backfold = await openBackfold()
        const session = await backfold.session('s')
        Object.assign(globalThis, { backfold, session })
        await session.append({ role: 'user', content: 'hello' })
      })
    await open(page)
    await open(other)
    interface Opened {
      readonly backfold: Backfold
      readonly session: Session
    }
    const outcome = await page.evaluate(() =>
      (globalThis as unknown as Opened).backfold.delete('s'),
    )
    expect(outcome).toEqual({ kind: 'deleted', messages: 2, artifacts: 0 })
    for (const tab of [page, other]) {
      const code = await tab.evaluate(() =>
        (globalThis as unknown as Opened).session.append({ role: 'user', content: 'late' }).then(
          () => 'appended',
          (failure: unknown) => (failure as { code: string }).code,
        ),
      )
      expect(code).toBe('SESSION_NOT_FOUND')
    }
    const again = await other.evaluate(async () => {
      const { backfold } = globalThis as unknown as Opened
      return (await backfold.session('s')).state.get().messages
    })
    expect(again).toBe(0)
  } finally {
    await context.close()
  }
})

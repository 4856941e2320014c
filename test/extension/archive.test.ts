import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright'
import type { LineScope } from './line-page.ts'
import { openExtension, type ExtensionHost } from './open-extension.ts'

let host: ExtensionHost
let page: Page

beforeAll(async () => {
  host = await openExtension()
  page = await host.openLine()
})
afterAll(() => host.close())

test('[RPC9, HOST6] what is exported through the host is imported through it, as it was', async () => {
  const outcome = await page.evaluate(async () => {
    const { backfold } = (globalThis as unknown as LineScope).line
    const session = await backfold.session('long')
    const random = (): string => {
      const bytes = crypto.getRandomValues(new Uint8Array(60_000))
      return btoa(String.fromCharCode(...bytes))
    }
    for (let at = 0; at < 80; at += 1) {
      await session.append(
        { role: 'user', content: `${at} \ud83d\ude00 ${random()}` },
        { role: 'assistant', content: `answer ${at}` },
      )
    }
    const { messages } = await session.context({ format: 'openai' })
    const file = await new Response(backfold.export()).blob()
    await backfold.delete('long')
    const progress: number[] = []
    const report = await backfold.importFile(file, { onProgress: () => void progress.push(1) })
    const again = await backfold.session('long')
    const after = await again.context({ format: 'openai' })
    return {
      size: file.size,
      sessions: report.sessions.length,
      isSame: JSON.stringify(after.messages) === JSON.stringify(messages),
    }
  })
  expect(outcome).toMatchObject({ sessions: 1, isSame: true })
  expect(outcome.size).toBeGreaterThan(4_000_000)
})

test('[HOST5] a page may ask the engine, but not for what belongs to chats and to the host', async () => {
  const codes = await page.evaluate(async () => {
    const { rpc } = (globalThis as unknown as LineScope).line
    const methods = [
      'sessions',
      'summarisers',
      'planRequest',
      'recordAnswer',
      'chooseSummarisers',
      'tellDevice',
      'nothing',
      'constructor',
    ]
    return Promise.all(
      methods.map((method) =>
        rpc.ask('engine', { method: method as 'sessions', params: {} }).then(
          () => 'done',
          (failure: unknown) => (failure as { code: string }).code,
        ),
      ),
    )
  })
  expect(codes).toEqual([
    'done',
    'done',
    'INVALID_INPUT',
    'INVALID_INPUT',
    'INVALID_INPUT',
    'INVALID_INPUT',
    'INVALID_INPUT',
    'INVALID_INPUT',
  ])
})

test('[HOST10] every page that is connected hears what the engine tells', async () => {
  const other = await host.openLine()
  const heard = other.evaluate(async () => {
    const session = await (globalThis as unknown as LineScope).line.backfold.session('shared')
    const before = session.state.get().messages
    return new Promise<number>((resolve) => {
      session.state.subscribe(() => {
        if (session.state.get().messages > before) resolve(session.state.get().messages)
      })
      Object.assign(globalThis, { isListening: true })
    })
  })
  await other.waitForFunction(() => 'isListening' in globalThis)
  await page.evaluate(async () => {
    const session = await (globalThis as unknown as LineScope).line.backfold.session('shared')
    await session.append({ role: 'user', content: 'hello' })
  })
  expect(await heard).toBe(1)
  await other.close()
})

test('[HOST4] an archive is encrypted, locked and opened through the host', async () => {
  const outcome = await page.evaluate(async () => {
    const { line } = globalThis as unknown as LineScope
    const told: boolean[] = []
    line.onProtection(({ isOpen }) => told.push(isOpen))
    const { kind } = await line.backfold.protect({ passphrase: 'open sesame' })
    const failure = async (work: () => Promise<unknown>): Promise<string> =>
      work().then(
        () => 'done',
        (error: unknown) => (error as { code: string }).code,
      )
    await line.rpc.ask('lock', null)
    const locked = await line.rpc.ask('protection', null)
    const refused = await failure(() => line.backfold.sessions())
    const wrong = await failure(() => line.rpc.ask('unlock', { passphrase: 'open barley' }))
    await line.rpc.ask('unlock', { passphrase: 'open sesame' })
    const sessions = await line.backfold.sessions()
    await line.backfold.protect({ passphrase: null })
    return { kind, locked, refused, wrong, told, sessions: sessions.length }
  })
  expect(outcome).toEqual({
    kind: 'on',
    locked: { protection: 'passphrase', isOpen: false },
    refused: 'STORAGE_LOCKED',
    wrong: 'WRONG_PASSPHRASE',
    told: [false, true],
    sessions: 2,
  })
})

test('[HOST11, GRANT4] the ladder that a page builds is put in place by the host', async () => {
  const shown = await page.evaluate(async () => {
    const { line, ladder } = globalThis as unknown as LineScope
    const { status } = await line.backfold.summarisers()
    const added = new Promise<void>((resolve) => {
      const stop = status.subscribe(() => {
        if (!JSON.stringify(status.get().steps).includes('openai-compatible')) return
        stop()
        resolve()
      })
    })
    await ladder.add({
      kind: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:9/v1',
      model: 'm',
      apiKey: 'k',
    })
    await added
    return JSON.stringify(status.get())
  })
  expect(shown).toContain('openai-compatible')
  expect(host.complaints).toEqual([])
})

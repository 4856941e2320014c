import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openExtension, until, type ExtensionHost } from '../extension/open-extension.ts'
import type { LineScope } from '../extension/line-page.ts'
import { CHAT_APPS } from '../support/chat-apps/chat-apps.ts'
import { openChatHost } from '../support/chat-apps/open-chat.ts'

/** Turns after which a talk must have been folded: plans that come too late are not waited for. */
const MOST_TURNS = 24

let extension: ExtensionHost
beforeAll(async () => {
  extension = await openExtension()
})
afterAll(() => extension.close())

/** A question and its answer, of some 300 tokens, unlike all others. */
function turn(number: number): readonly [string, string] {
  const filler = (who: string): string =>
    Array.from(
      { length: 8 },
      (_, i) => `The ${who} of berth ${number * 100 + i} wrote that crane ${number * 7 + i} works.`,
    ).join(' ')
  return [`Question ${number}? ${filler('pilot')}`, `Answer ${number}. ${filler('keeper')}`]
}

describe.for(Object.entries(CHAT_APPS))('%s', ([folder, apps]) => {
  test('[THIRD7] the extension folds it without Backfold in it, and its page is the same', async (context) => {
    const host = await openChatHost(folder)
    if (typeof host === 'string') {
      context.task.meta.skipped = host
      context.skip(host)
      return
    }
    await extension.enable(host.origin, { windows: { '': 3_000 } })
    const line = await extension.openLine()
    const met = (): Promise<number> =>
      line.evaluate(
        async () => (await (globalThis as unknown as LineScope).line.rpc.ask('tabs', null)).length,
      )
    for (const app of apps) {
      const chat = await host.visit(app, 'without', extension.context)
      await until(async () => (await met()) > 0)
      let isFolded = false
      let number = 0
      const told: string[] = []
      while (!isFolded && number < MOST_TURNS) {
        number += 1
        const [words, answer] = turn(number)
        await chat.say(words, answer)
        told.push(words, answer)
        const { messages } = host.newest()
        expect(await app.faults(messages)).toEqual([])
        expect(JSON.stringify(messages.at(-1))).toContain(`Question ${number}?`)
        isFolded = messages.length < told.length - 2
      }
      expect(isFolded).toBe(true)
      await chat.shows(...told)
      // What the extension asks about a window, and is not there.
      expect(chat.errors.filter((error) => !/ 404 /.test(error))).toEqual([])
      await chat.page.evaluate(() => localStorage.clear())
      await chat.close()
      await until(async () => (await met()) === 0)
      host.server.clear()
    }
    await line.close()
    await host.close()
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RequestReport } from '../../src/client/fetch/fetch-options.ts'
import { CHAT_APPS, type ChatApp } from '../support/chat-apps/chat-apps.ts'
import { keptOpen, uiMessageReply } from '../support/chat-apps/chat-replies.ts'
import {
  type Chat,
  type ChatBody,
  type ChatHost,
  openChatHost,
} from '../support/chat-apps/open-chat.ts'

const RULE = 'Always call the harbour master by radio before noon.'
const DIGEST = '[Digest of messages'
/** So many fill the small budget of the apps. */
const TURNS = 9

/** A question and its answer, of some 300 tokens, unlike all others. */
function turn(number: number): readonly [string, string] {
  const filler = (who: string): string =>
    Array.from(
      { length: 8 },
      (_, i) =>
        `The ${who} of berth ${number * 100 + i} wrote that crane ${number * 7 + i} lifts ${number + i} tonnes.`,
    ).join(' ')
  const rule = number === 1 ? ` ${RULE}` : ''
  return [
    `Question ${number} of the day?${rule} ${filler('pilot')}`,
    `Answer ${number} of the day. ${filler('keeper')}`,
  ]
}

async function talk(chat: Chat, from: number, to: number): Promise<readonly string[]> {
  const said: string[] = []
  for (let number = from; number <= to; number += 1) {
    const [words, answer] = turn(number)
    await chat.say(words, answer)
    said.push(words, answer)
  }
  return said
}

interface AnyMessage {
  readonly role: string
  readonly text?: string
  readonly content?: string
  readonly parts?: readonly { readonly text?: string }[]
}

/** What the messages of a request say, whatever their format. */
function textsOf({ messages }: ChatBody): readonly string[] {
  return (messages as readonly AnyMessage[]).map(
    ({ text, content, parts = [] }) =>
      text ?? content ?? parts.map((part) => part.text ?? '').join(''),
  )
}

/** Longest wait for anything on a page, in milliseconds: machines that test are busy. */
const PATIENT = { timeout: 20_000 }

/** By their folder: each one, or why it can't be had. */
let hosts: Readonly<Record<string, ChatHost | string>> = {}

// All at once, as most of it is waiting.
beforeAll(async () => {
  const opened = await Promise.all(
    Object.keys(CHAT_APPS).map(async (name) => [name, await openChatHost(name)] as const),
  )
  hosts = Object.fromEntries(opened)
}, 300_000)

afterAll(async () => {
  for (const host of Object.values(hosts)) if (typeof host !== 'string') await host.close()
})

describe.for(Object.entries(CHAT_APPS))('%s', ([folder, apps]) => {
  /** Leaves a test out where the app can't be installed. */
  beforeEach((context) => {
    const host = hosts[folder]
    if (typeof host !== 'string') return
    context.task.meta.skipped = host
    context.skip(host)
  })

  describe.for(apps)('$name', (app) => {
    testApp(app, () => hosts[folder] as ChatHost)
  })
})

/** Long enough that the usual budget of 32,000 tokens is used up before the end. */
const LONG = 'The quick brown fox jumps over the lazy dog, and then it rests in the shade. '.repeat(
  150,
)

test('[EX1] chat.jsx folds a long talk in one line', { timeout: 60_000 }, async (context) => {
  const host = hosts['use-chat']
  const app = CHAT_APPS['use-chat']?.[0]
  if (typeof host === 'string') {
    context.task.meta.skipped = host
    return context.skip(host)
  }
  if (!host || !app) throw new Error('there is no such host')
  const { page, close } = await host.visit(app, 'example&without')
  const bodies: string[] = []
  await page.route('**/api/chat', async (route) => {
    bodies.push(route.request().postData() ?? '')
    const { headers = {}, pieces } = await uiMessageReply([`Answer ${bodies.length}.`])
    await route.fulfill({ headers, body: pieces.join('') })
  })
  for (let number = 1; number <= 14; number += 1) {
    await page.locator('input').fill(`Question ${number}: ${LONG}`)
    await page.locator('input').press('Enter')
    await page.getByText(`Answer ${number}.`, { exact: true }).waitFor()
  }
  expect(bodies).toHaveLength(14)
  expect(bodies.at(-1)?.includes(DIGEST)).toBe(true)
  expect(bodies.at(-1)?.includes(`Question 1: ${LONG}`)).toBe(false)
  expect(bodies.at(-1)?.includes(`Question 14: ${LONG.trim()}`)).toBe(true)
  expect(await page.locator('p').count()).toBe(28)
  await close()
})

/** One conversation with an app, that goes on from test to test. */
function testApp(app: ChatApp, hostOf: () => ChatHost): void {
  let chat: Chat
  /** All its messages, as they were said. */
  let told: readonly string[] = []

  /** Says something in the conversation that goes on through the tests of an app. */
  async function sayMore(words: string, answer: string): Promise<void> {
    await chat.say(words, answer)
    told = [...told, words, answer]
  }

  /** What holds for every folded request. */
  async function expectFolded(
    body: ChatBody,
    history: readonly string[],
    digested: string = RULE,
  ): Promise<void> {
    expect(await app.faults(body.messages)).toEqual([])
    const texts = textsOf(body)
    const kept = texts.filter((text) => history.includes(text))
    expect(kept).toEqual(history.slice(-kept.length))
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThan(history.length - 2)
    const digest = (body.messages as readonly AnyMessage[]).filter((_, i) =>
      texts[i]?.includes(digested),
    )
    expect(digest.map(({ role }) => role)).toEqual(['system'])
  }

  test('[THIRD1, THIRD2, THIRD3] with one line for its fetch its requests are folded, and its page is the same', async () => {
    const host = hostOf()
    host.server.clear()
    const plain = await host.visit(app, 'without')
    told = await talk(plain, 1, TURNS)
    const without = host.arrived()
    await plain.close()
    host.server.clear()

    chat = await host.visit(app)
    expect(await talk(chat, 1, TURNS)).toEqual(told)
    const arrived = host.arrived()
    const reports = await chat.reports()
    expect(reports).toHaveLength(TURNS)
    const first = reports.findIndex(({ kind }) => kind === 'sent')
    expect(first).toBeGreaterThan(2)
    expect(arrived.slice(0, first)).toEqual(without.slice(0, first))
    for (let at = first; at < TURNS; at += 1) {
      expect(reports[at]).toMatchObject({ kind: 'sent' })
      const body = JSON.parse(arrived[at] ?? '') as ChatBody
      const own = JSON.parse(without[at] ?? '') as ChatBody
      expect({ ...body, messages: [] }).toEqual({ ...own, messages: [] })
      expect(Object.keys(body)).toEqual(Object.keys(own))
      const [newest, ownNewest] = [body, own].map(({ messages }) => JSON.stringify(messages.at(-1)))
      expect(newest).toBe(ownNewest)
      await expectFolded(body, told.slice(0, 2 * at + 1))
    }
    expect(chat.errors).toEqual([])
  })

  test('[THIRD4] its answers are shown while they come, and its own button stops them', async () => {
    const host = hostOf()
    const [words, whole] = turn(TURNS + 1)
    let goOn = (): void => {}
    const seen = new Promise<void>((resolve) => (goOn = resolve))
    await host.plan(app, ['It begins. ', whole], (reply) => ({
      ...reply,
      before: (piece) => (reply.pieces[piece]?.includes(whole) === true ? seen : undefined),
    }))
    await chat.type(words)
    await expect.poll(chat.newest, PATIENT).toBe('It begins.')
    goOn()
    told = [...told, words, `It begins. ${whole}`]
    await chat.shows(...told)

    const [more, answer] = turn(TURNS + 2)
    const left = host.server.left()
    await host.plan(app, ['It begins again. ', answer], (reply) => keptOpen(reply, 'begins again'))
    await chat.type(more)
    await expect.poll(chat.newest, PATIENT).toBe('It begins again.')
    await chat.page.locator(app.stop).click()
    await expect.poll(() => host.server.left(), PATIENT).toBe(left + 1)
    told = [...told, more, 'It begins again. ']
    await chat.shows(...told)
    await sayMore('Let us go on.', 'Once more.')
    await expectFolded(host.newest(), told.slice(0, -1))
    expect(chat.errors).toEqual([])
  })

  test('[THIRD5] its conversation is one session, also when its page is loaded anew', async () => {
    const host = hostOf()
    const sessionsOf = (reports: readonly RequestReport[]): readonly unknown[] => [
      ...new Set(reports.flatMap(({ session }) => session ?? [])),
    ]
    const before = sessionsOf(await chat.reports())
    expect(before).toEqual([expect.stringMatching(app.session)])
    await chat.page.reload()
    if (!app.remembers) {
      told = []
      await chat.shows()
      await sayMore(...turn(TURNS + 3))
      expect(textsOf(host.newest())).toEqual([turn(TURNS + 3)[0]])
      return
    }
    await chat.shows(...told)
    await sayMore(...turn(TURNS + 3))
    await expectFolded(host.newest(), told.slice(0, -1))
    expect(sessionsOf(await chat.reports())).toEqual(before)
    expect(chat.errors).toEqual([])
  })

  // The others have no buttons for it.
  if (app.editor === undefined) return
  test('[THIRD6] what a person has answered again or edits leaves no trace in what is asked next', async () => {
    const host = hostOf()
    const isFolded = async (): Promise<boolean> => (await chat.reports()).at(-1)?.kind === 'sent'
    for (let number = 50; !(await isFolded()); number += 1) await sayMore(...turn(number))
    const edit = async (at: number, words: string, answer: string): Promise<void> => {
      await host.plan(app, [answer])
      await chat.page
        .getByText('Edit', { exact: true })
        .nth(at / 2)
        .click()
      await chat.type(words, app.editor)
      told = [...told.slice(0, at), words, answer]
      await chat.shows(...told)
    }

    const [, oldAnswer = ''] = told.slice(-2)
    await host.plan(app, ['Another answer.'])
    await chat.page.getByText('Regenerate').last().click()
    told = [...told.slice(0, -1), 'Another answer.']
    await chat.shows(...told)
    await expectFolded(host.newest(), told.slice(0, -1), DIGEST)
    expect(textsOf(host.newest()).join()).not.toContain(oldAnswer)
    await sayMore(...turn(70))
    await expectFolded(host.newest(), told.slice(0, -1), DIGEST)
    expect(textsOf(host.newest()).join()).not.toContain(oldAnswer)

    const [oldWords = ''] = told.slice(-2)
    await edit(told.length - 2, 'Edited at the end.', 'So it is.')
    await expectFolded(host.newest(), told.slice(0, -1), DIGEST)
    expect(textsOf(host.newest()).join()).not.toContain(oldWords)

    await edit(2, 'Edited where it was folded.', 'So it was.')
    expect(textsOf(host.newest())).toEqual(told.slice(0, -1))
    await sayMore(...turn(71))
    expect(textsOf(host.newest())).toEqual(told.slice(0, -1))
    expect(chat.errors).toEqual([])
  })
}

import { expect, onTestFinished, test } from 'vitest'
import { openEngine } from '../../../../src/client/open-engine.ts'
import type { Session } from '../../../../src/client/session.ts'
import { describeTruncated } from '../../../../src/widget/chat/ask/live-failure.ts'
import { EMPTY_COMPLETION } from '../../../../src/widget/chat/ask/completion-stream.ts'
import type { Chat, ChatItem } from '../../../../src/widget/chat/chat.ts'
import type { ChatNews, ChatOptions } from '../../../../src/widget/chat/shell/chat-options.ts'
import { createChat } from '../../../../src/widget/chat/shell/create-chat.ts'
import { fakeModel, fakeWorld, held, said, type FakeModel, type FakeWorld } from './chat-fakes.ts'

interface Opened {
  readonly chat: Chat
  readonly session: Session
  readonly model: FakeModel
  readonly world: FakeWorld
  readonly news: ChatNews[]
  reopen(options?: Partial<ChatOptions>): Chat
}

async function open(options: Partial<ChatOptions> = {}, model = fakeModel()): Promise<Opened> {
  const backfold = await openEngine()
  onTestFinished(() => backfold.close())
  const session = await backfold.session('talk', { budget: { tokens: 2_000 } })
  const world = fakeWorld()
  const news: ChatNews[] = []
  const reopen = (more: Partial<ChatOptions> = {}): Chat => {
    const chat = createChat({
      session,
      model: () => model,
      recall: () => false,
      onNews: (one) => void news.push(one),
      world,
      ...options,
      ...more,
    })
    onTestFinished(() => chat.close())
    return chat
  }
  return { chat: reopen(), session, model, world, news, reopen }
}

const texts = (chat: Chat): readonly string[] =>
  chat.state.get().items.map((item) => {
    if (item.kind === 'message')
      return `${item.message.role}: ${item.message.parts.map((part) => ('text' in part ? part.text : part.type)).join('|')}`
    return item.kind === 'queued' ? `queued: ${item.text}` : item.kind
  })
const kinds = (items: readonly ChatItem[]): readonly string[] => items.map(({ kind }) => kind)
const call = (id: string, name: string, input: object): object => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
})

test('[CHAT11] a message is appended, answered with the context, and both are told', async () => {
  const { chat, model, news } = await open()
  chat.setDraft('  hello ')
  await chat.send()
  expect(texts(chat)).toEqual(['user: hello', 'assistant: answer 1'])
  expect(model.asked[0]?.messages).toEqual([{ role: 'user', content: 'hello' }])
  expect(chat.state.get()).toMatchObject({
    draft: '',
    answer: null,
    failure: null,
    history: ['hello'],
  })
  expect(news.map(({ type }) => type)).toEqual(['sent', 'answered'])
})

test('[CHAT11] a stopped answer keeps what came, marked', async () => {
  const { chat, model } = await open()
  model.plan(held('half an').plan)
  const sending = chat.send('go')
  await expect.poll(() => chat.state.get().answer?.text).toBe('half an')
  chat.stop()
  await sending
  expect(texts(chat)).toEqual(['user: go', 'assistant: half an|[The answer was stopped here.]'])
  expect(chat.state.get().failure).toBeNull()
})

test('[CHAT11] an answer that broke off is kept, and retrying leaves it behind', async () => {
  const { chat, model } = await open()
  model.plan(() => ({
    kind: 'failed',
    completion: { ...EMPTY_COMPLETION, text: 'half' },
    failure: describeTruncated(),
  }))
  await chat.send('go')
  expect(texts(chat)).toEqual(['user: go', 'assistant: half|[The answer broke off here.]'])
  expect(chat.state.get().failure).toMatchObject({ title: 'The answer broke off', canRetry: true })
  await chat.retry()
  expect(texts(chat)).toEqual(['user: go', 'branch', 'assistant: answer 2'])
  expect(chat.state.get().failure).toBeNull()
})

test('[CHAT11] an answer made anew leaves the one before on a branch, with all its tool calls', async () => {
  const run = (): string => 'sunny'
  const tools = { definitions: [{ name: 'weather', description: 'd', parameters: {} }], run }
  const { chat, model } = await open({ tools: () => tools })
  model.plan(() => said('', [call('c1', 'weather', { at: 'Bern' })]))
  await chat.send('go')
  expect(kinds(chat.state.get().items)).toEqual(['message', 'tools', 'message'])
  await chat.regenerate()
  expect(texts(chat)).toEqual(['user: go', 'branch', 'assistant: answer 3'])
})

test('[CHAT11] an edited message branches, and what was being written comes back', async () => {
  const { chat } = await open()
  await chat.send('first')
  chat.setDraft('half written')
  const [item] = chat.state.get().items
  if (item?.kind !== 'message') throw new Error('there is no message')
  chat.edit(item.message.seq)
  expect(chat.state.get()).toMatchObject({ draft: 'first', editing: 1 })
  chat.setDraft('second')
  await chat.send()
  expect(chat.state.get()).toMatchObject({ draft: 'half written', editing: null })
  expect(texts(chat)).toEqual(['branch', 'user: second', 'assistant: answer 2'])
})

test('[SEND10] tools of the host are answered, and calls of nobody with that', async () => {
  const seen: unknown[] = []
  const tools = {
    definitions: [{ name: 'add', description: 'Adds', parameters: { type: 'object' } }],
    run: ({ input }: { readonly input: unknown }) => {
      seen.push(input)
      return { sum: 3 }
    },
  }
  const { chat, model } = await open({ tools: () => tools })
  model.plan(() => said('', [call('c1', 'add', { a: 1, b: 2 }), call('c2', 'gone', {})]))
  await chat.send('go')
  expect(seen).toEqual([{ a: 1, b: 2 }])
  expect(model.asked[0]?.tools).toMatchObject([{ function: { name: 'add' } }])
  expect(JSON.stringify(model.asked[1]?.messages)).toContain('{\\"sum\\":3}')
  expect(JSON.stringify(model.asked[1]?.messages)).toContain('There is no tool gone')
  const line = chat.state.get().items.find(({ kind }) => kind === 'tools')
  expect(line).toMatchObject({ calls: [{ name: 'add', status: 'done' }, { name: 'gone' }] })
})

test('[SEND11] the model recalls for itself, and a model that only calls comes to an end', async () => {
  const { chat, model, session } = await open({ recall: () => true })
  await session.append({ role: 'user', content: 'The code word is heliotrope.' })
  for (let i = 0; i < 40; i += 1)
    model.plan(() => said('', [call(`c${i}`, 'recall_search', { query: 'heliotrope' })]))
  await chat.send('go')
  expect(JSON.stringify(model.asked[0]?.tools)).toContain('recall_search')
  expect(JSON.stringify(model.asked[1]?.messages)).toContain('heliotrope')
  expect(model.asked.length).toBeLessThan(20)
  expect(model.asked.at(-1)?.tools).toEqual([])
  expect(chat.state.get().failure?.title).toBe('The model only called tools')
})

test('[CHAT12] while offline messages wait, survive a reload, and go out in order once', async () => {
  const { chat, world, model, reopen } = await open()
  world.setOnline(false)
  await chat.send('one')
  await chat.send('two')
  expect(texts(chat)).toEqual(['queued: one', 'queued: two'])
  chat.close()
  const again = reopen()
  await expect.poll(() => texts(again)).toEqual(['queued: one', 'queued: two'])
  world.setOnline(true)
  await expect
    .poll(() => texts(again))
    .toEqual(['user: one', 'assistant: answer 1', 'user: two', 'assistant: answer 2'])
  expect(model.asked).toHaveLength(2)
})

test('[CHAT12] what waits is taken back into the composer', async () => {
  const { chat, world } = await open()
  world.setOnline(false)
  await chat.send('one')
  const [item] = chat.state.get().items
  chat.unqueue(item?.key ?? '')
  await expect.poll(() => chat.state.get().draft).toBe('one')
  expect(texts(chat)).toEqual([])
})

test('[CHAT12] a model on this device answers without a connection', async () => {
  const { chat, world } = await open({}, fakeModel(false))
  world.setOnline(false)
  await chat.send('one')
  expect(texts(chat)).toEqual(['user: one', 'assistant: answer 1'])
})

test('[CHAT13] of two tabs one answers at a time, and both show everything', async () => {
  const { chat, model, reopen } = await open()
  const other = reopen()
  const slow = held('slow')
  model.plan(slow.plan)
  const first = chat.send('one')
  await expect.poll(() => chat.state.get().answer?.text).toBe('slow')
  await other.send('two')
  expect(model.asked).toHaveLength(1)
  slow.release()
  await first
  const all = ['user: one', 'assistant: slow', 'user: two', 'assistant: answer 2']
  await expect.poll(() => texts(chat)).toEqual(all)
  await expect.poll(() => texts(other)).toEqual(all)
  expect(model.asked).toHaveLength(2)
})

test('[CHAT9] a draft is kept with the session and comes back', async () => {
  const { chat, world, reopen, session } = await open()
  chat.setDraft('half a thought')
  world.hide()
  await expect
    .poll(() => JSON.stringify(session.state.get().details.host))
    .toContain('half a thought')
  chat.close()
  const again = reopen()
  await expect.poll(() => again.state.get().draft).toBe('half a thought')
})

test('[CHAT10] files go along: texts as text, images as images, others are refused with the reason', async () => {
  const { chat, model } = await open()
  await chat.attach([
    new File(['a,b\n1,2'], 'table.csv', { type: 'text/csv' }),
    new File([Uint8Array.of(1, 2, 3)], 'x.png', { type: 'image/png' }),
    new File([Uint8Array.of(0, 1)], 'tool.exe'),
  ])
  expect(chat.state.get().attachments.map(({ name }) => name)).toEqual(['table.csv', 'x.png'])
  expect(chat.state.get().failure?.advice).toContain('tool.exe')
  chat.setDraft('look')
  await chat.send()
  expect(chat.state.get().attachments).toEqual([])
  expect(model.asked[0]?.messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'look' },
        { type: 'text', text: '[File: table.csv]\na,b\n1,2' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
      ],
    },
  ])
  const [item] = chat.state.get().items
  if (item?.kind === 'message') chat.edit(item.message.seq)
  expect(chat.state.get()).toMatchObject({
    draft: 'look',
    attachments: [{ name: 'table.csv' }, {}],
  })
})

test('[CHAT14] what a closed page left unanswered can be asked again', async () => {
  const { chat, model, session, reopen } = await open()
  chat.close()
  await session.append({ role: 'user', content: 'still there?' })
  const again = reopen()
  await expect.poll(() => again.state.get().failure?.title).toBe('There is no answer yet')
  await again.retry()
  expect(texts(again)).toEqual(['user: still there?', 'assistant: answer 1'])
  expect(model.asked).toHaveLength(1)
})

test('[CHAT15] ratings and pins are kept; what fails is said and nothing rejects', async () => {
  const { chat, session, news } = await open()
  await chat.send('one')
  await chat.rate(2, 'up')
  await chat.pin(1, true)
  await expect
    .poll(() => chat.state.get().items)
    .toMatchObject([{ isPinned: true }, { rating: 'up', isNewest: true }])
  expect(news.at(-1)).toEqual({ type: 'rated', seq: 2, rating: 'up' })
  expect(await chat.generation(99)).toBeNull()
  expect(chat.state.get().failure?.said).toContain('99')
  chat.dismiss()
  expect(chat.state.get().failure).toBeNull()
  expect(session.state.get().pins).toEqual([1])
})

test('[CHAT3] a fold is shown where it ends, what it covers is marked, and it can be rolled back', async () => {
  const { chat, session } = await open()
  for (let i = 0; i < 30; i += 1)
    await session.append(
      { role: 'user', content: `Question ${i}: ${'what is in the box? '.repeat(10)}` },
      { role: 'assistant', content: `Answer ${i}: ${'a folded sheet of paper. '.repeat(10)}` },
    )
  expect(await chat.fold()).toMatchObject({ kind: 'applied' })
  await expect.poll(() => kinds(chat.state.get().items)).toContain('fold')
  await chat.loadOlder()
  const { items } = chat.state.get()
  const at = items.findIndex(({ kind }) => kind === 'fold')
  expect(items[at - 1]).toMatchObject({ kind: 'message', isCovered: true })
  expect(items[at + 1]).toMatchObject({ kind: 'message', isCovered: false })
  expect(items[at]).toMatchObject({ isHead: true, from: 1 })
  expect(await chat.rollback(0)).toMatchObject({ kind: 'rolled-back' })
  await expect.poll(() => kinds(chat.state.get().items)).not.toContain('fold')
})

test('[CHAT16] a message far up is revealed by reading until it is there, and one that is not there is not', async () => {
  const { chat, session, reopen } = await open()
  for (let i = 0; i < 300; i += 1) await session.append({ role: 'user', content: `Line ${i}` })
  chat.close()
  const again = reopen()
  await expect.poll(() => again.state.get().items.length).toBe(50)
  expect(again.state.get().hasOlder).toBe(true)
  expect(await again.reveal(7)).toBe('m7')
  expect(again.state.get().items.length).toBeGreaterThan(290)
  expect(await again.reveal(999)).toBeNull()
  expect(await again.messages(2, 250)).toHaveLength(249)
  expect((await again.recall('Line 123'))?.length).toBeGreaterThan(0)
})

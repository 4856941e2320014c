import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { grow, newTree, type ChatTree } from './chat-tree.ts'
import { chatGptAnswer, chatGptConversation } from './speak-chatgpt.ts'
import { CLAUDE_ROOT, claudeAnswer, claudeConversation } from './speak-claude.ts'

/** A hosted chat that lives in this process. */
export interface ChatSite {
  readonly kind: 'chatgpt' | 'claude'
  readonly origin: string
  /** Where a new chat begins. */
  readonly newChatUrl: string
  readonly trees: ReadonlyMap<string, ChatTree>
  /** Method and path of every request to its API, in order. */
  readonly requests: readonly string[]
  /** Begins a conversation with questions and answers; returns its address. */
  seed(title: string, exchanges: readonly (readonly [question: string, answer: string])[]): string
  close(): Promise<void>
}

export interface ChatSiteOptions {
  readonly kind: 'chatgpt' | 'claude'
  readonly answerTo?: (question: string) => string
  /** Milliseconds between two pieces of an answer. */
  readonly delay?: number
}

/** Most characters of a request, and most conversations. */
const MAX_BODY = 2_000_000
const MAX_TREES = 1_000

/**
 * Serves a page that imitates a hosted chat: its own endpoints with the same shapes of paths, navigation without
 * loading, answers that are streamed, edits and new answers as branches, and a composer of the right kind.
 */
export async function serveChatSite(options: ChatSiteOptions): Promise<ChatSite> {
  const trees = new Map<string, ChatTree>()
  const requests: string[] = []
  const world: World = {
    kind: options.kind,
    trees,
    requests,
    answerTo: options.answerTo ?? ((question) => `You said: **${question}**`),
    delay: options.delay ?? 5,
  }
  const server = createServer((request, response) => {
    handle(world, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    kind: options.kind,
    origin,
    newChatUrl: origin + (options.kind === 'chatgpt' ? '/' : '/new'),
    trees,
    requests,
    seed: (title, exchanges) => {
      const tree = newTree(randomUUID(), title)
      for (const [question, answer] of exchanges) {
        grow(tree, { parent: tree.leaf, role: 'user', text: question })
        grow(tree, { parent: tree.leaf, role: 'assistant', text: answer })
      }
      trees.set(tree.id, tree)
      return `${origin}${options.kind === 'chatgpt' ? '/c/' : '/chat/'}${tree.id}`
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface World {
  readonly kind: 'chatgpt' | 'claude'
  readonly trees: Map<string, ChatTree>
  readonly requests: string[]
  readonly answerTo: (question: string) => string
  readonly delay: number
}

const CHATGPT = /^\/backend-api\/(?:f\/)?conversation(?:\/([\w-]+))?$/
const CLAUDE =
  /^\/api\/organizations\/[\w-]+\/chat_conversations\/([\w-]+)(?:\/(retry_)?completion)?$/

async function handle(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/chat-page.js') {
    const script = readFileSync(join(import.meta.dirname, 'chat-page.mjs'), 'utf8')
    send(response, 200, 'text/javascript', script)
    return
  }
  const found = (world.kind === 'chatgpt' ? CHATGPT : CLAUDE).exec(pathname)
  if (found === null) {
    send(response, 200, 'text/html', pageOf(world.kind))
    return
  }
  if (world.requests.length < 10_000) world.requests.push(`${request.method} ${pathname}`)
  if (request.method === 'POST') {
    const body = await readBody(request)
    if (body === undefined) send(response, 400, 'application/json', '{"error":"bad request"}')
    else if (world.kind === 'chatgpt') await answerAsChatGpt(world, body, response)
    else await answerAsClaude(world, found, body, response)
    return
  }
  const tree = world.trees.get(found[1] ?? '')
  if (tree === undefined) send(response, 404, 'application/json', '{"detail":"not found"}')
  else {
    const value = world.kind === 'chatgpt' ? chatGptConversation(tree) : claudeConversation(tree)
    send(response, 200, 'application/json', JSON.stringify(value))
  }
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  const policy = "default-src 'self'; script-src 'self'; style-src 'self'; frame-ancestors 'none'"
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': policy,
    'cache-control': 'no-store',
  })
  response.end(text)
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > MAX_BODY) return undefined
    chunks.push(chunk as Buffer)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function treeFor(world: World, id: string | undefined, title: string): ChatTree {
  const known = id === undefined ? undefined : world.trees.get(id)
  if (known) return known
  if (world.trees.size >= MAX_TREES) throw new RangeError('too many conversations')
  const tree = newTree(id, title.slice(0, 40))
  world.trees.set(tree.id, tree)
  return tree
}

interface Asked {
  readonly id?: string
  readonly author?: { readonly role?: string }
  readonly content?: { readonly parts?: readonly string[] }
}

async function answerAsChatGpt(
  world: World,
  body: Record<string, unknown>,
  response: ServerResponse,
): Promise<void> {
  const [asked] = (body['messages'] ?? []) as readonly Asked[]
  const text = asked?.content?.parts?.join('\n') ?? ''
  const id = typeof body['conversation_id'] === 'string' ? body['conversation_id'] : undefined
  const tree = treeFor(world, id, text)
  const before = textOf(body['parent_message_id'])
  const isAgain = body['action'] === 'variant'
  const parent = tree.nodes.has(before) ? before : null
  const question =
    isAgain && parent !== null
      ? tree.nodes.get(parent)
      : grow(tree, {
          parent,
          role: 'user',
          text,
          ...(asked?.id === undefined ? {} : { id: asked.id }),
        })
  if (question === undefined) return
  const answer = grow(tree, {
    parent: question.id,
    role: 'assistant',
    text: world.answerTo(question.text),
  })
  const pieces = piecesOf(answer.text)
  const said = isAgain ? null : { id: question.id, text: question.text }
  await stream(world, response, chatGptAnswer(tree.id, said, { id: answer.id, pieces }))
}

async function answerAsClaude(
  world: World,
  [, id, isRetry]: RegExpExecArray,
  body: Record<string, unknown>,
  response: ServerResponse,
): Promise<void> {
  const text = textOf(body['prompt'])
  const tree = treeFor(world, id, text)
  const before = textOf(body['parent_message_uuid']) || CLAUDE_ROOT
  const ids = (body['turn_message_uuids'] ?? {}) as Record<string, string>
  const human = ids['human_message_uuid']
  const question =
    isRetry === undefined
      ? grow(tree, {
          parent: before === CLAUDE_ROOT ? null : before,
          role: 'user',
          text,
          ...(human === undefined ? {} : { id: human }),
        })
      : tree.nodes.get(before)
  if (question === undefined) return
  const assistant = ids['assistant_message_uuid']
  const answer = grow(tree, {
    parent: question.id,
    role: 'assistant',
    text: world.answerTo(question.text),
    ...(assistant === undefined ? {} : { id: assistant }),
  })
  await stream(
    world,
    response,
    claudeAnswer(question.id, { id: answer.id, pieces: piecesOf(answer.text) }),
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Pieces of a few words, as models write. */
function piecesOf(text: string): readonly string[] {
  return text.match(/[\s\S]{1,12}/g) ?? []
}

async function stream(
  { delay }: World,
  response: ServerResponse,
  events: Iterable<string>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  for (const event of events) {
    if (response.destroyed) return
    response.write(event)
    if (delay > 0) await pause(delay)
  }
  response.end()
}

function pageOf(kind: 'chatgpt' | 'claude'): string {
  const composer =
    kind === 'chatgpt'
      ? '<form data-composer-surface><div id="prompt-textarea" class="ProseMirror" contenteditable="true"></div><button type="button" id="composer-submit-button" data-testid="send-button">↑</button></form>'
      : '<div data-testid="chat-input" class="ProseMirror" contenteditable="true"></div><button type="button" data-testid="send-button">↑</button>'
  return `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Chat</title></head><body data-kind="${kind}"><nav><a id="new" href="${kind === 'chatgpt' ? '/' : '/new'}">+</a></nav><main data-scroll-root></main>${composer}<script src="/chat-page.js"></script></body></html>`
}

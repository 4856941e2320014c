/** The page's side of the bench of `backfold.fetch()`: an app that sends its whole history with every request. */
import type { MessageInput } from '../../../src/protocol/requests.ts'
import type { Backfold } from '../../../src/client/session.ts'
import { writeText } from '../session-corpus.ts'

/** Who sends, and in which shape the body is. */
export type Sender = 'native' | 'backfold'
export type Shape = 'string' | 'bytes' | 'request'

interface App {
  readonly history: MessageInput[]
  readonly fetch: typeof fetch
  readonly reports: string[]
  readonly url: string
}

const JSON_TYPE = { 'content-type': 'application/json' }

const apps = new Map<string, App>()
let next: (() => Promise<Response>) | undefined

/** Little, so that the history stays about as long as it is. */
function grow({ history }: App): void {
  const at = history.length
  history.push({ role: 'assistant', content: `Answer ${at} to question ${at - 1}.` })
  history.push({ role: 'user', content: `Question ${at + 1}, and nothing else?` })
}

function shaped(url: string, shape: Shape, body: string): Parameters<typeof fetch> {
  const init = { method: 'POST', headers: JSON_TYPE }
  if (shape === 'string') return [url, { ...init, body }]
  if (shape === 'bytes') return [url, { ...init, body: new TextEncoder().encode(body) }]
  return [new Request(url, { ...init, body })]
}

export const fetchBench = {
  /** An app with so long a history; `budget` in tokens says whether it is folded. */
  async openApp(
    backfold: Backfold,
    name: string,
    url: string,
    historyBytes: number,
    budget: number,
  ): Promise<void> {
    const reports: string[] = []
    const history: MessageInput[] = [{ role: 'system', content: 'You are a careful engineer.' }]
    const fetch = backfold.fetch({
      ...{ session: name, policy: { budget: { tokens: budget } }, waitMs: 10_000 },
      onRequest: ({ kind }) => void reports.push(kind),
    })
    const app = { history, fetch, reports, url }
    apps.set(name, app)
    history.push({ role: 'user', content: 'Where do we begin?' })
    for (let at = 0; JSON.stringify(history).length < historyBytes; at += 1) {
      history.push({ role: 'assistant', content: writeText(at, 1_500) })
      history.push({ role: 'user', content: `Question ${at}? ${writeText(at + 1_000, 300)}` })
    }
    // The first requests tell the history, and what can be folded is.
    for (let time = 0; time < 3; time += 1) {
      await fetchBench.prepareRequest(name, 'backfold', 'string')
      await fetchBench.sendRequest()
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  },

  /** Everything that an app does anyhow; with the length of the body, in characters. */
  async prepareRequest(name: string, sender: Sender, shape: Shape): Promise<number> {
    const app = apps.get(name)
    if (!app) throw new Error(`no app ${name}`)
    const { fetch, url, history } = app
    if (history.at(-1)?.['role'] === 'user' && sender === 'backfold') grow(app)
    const body = JSON.stringify({ model: 'm', stream: true, messages: history })
    const args = shaped(url, shape, body)
    const send = sender === 'native' ? globalThis.fetch : fetch
    next = () => send(...args)
    return body.length
  },

  /** The request, its answer, and what comes behind it. */
  async sendRequest(): Promise<void> {
    const response = await next?.()
    await response?.text()
    await new Promise((resolve) => setTimeout(resolve, 15))
  },

  /** What was done about the requests so far. */
  reportsOf: async (name: string): Promise<readonly string[]> => apps.get(name)?.reports ?? [],
}

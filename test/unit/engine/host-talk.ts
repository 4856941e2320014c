import { type Tab } from '../../support/build-engine.ts'
import { answer, ask, streamed, type AppMessage } from '../../support/host-app.ts'

export const SMALL = {
  budget: { tokens: 2_000 },
  retainedTail: { messages: 2, share: 0.02 },
  largePayloadTokens: 50,
} as const

export const user = (content: string): AppMessage => ({ role: 'user', content })
export const assistant = (content: string): AppMessage => ({ role: 'assistant', content })
export const SYSTEM: AppMessage = {
  role: 'system',
  content: 'You are Aria. Always answer in French.',
}
export const words = (n: number, about: string): string =>
  `${about} ${'lorem ipsum dolor '.repeat(n)}`

/** The texts of a session's active path, without the system's. */
export async function logOf({ store }: Tab, session: string): Promise<readonly string[]> {
  const { range } = await store.read({ session, range: { from: 1, to: 10_000 } })
  return range
    .filter(({ active, role }) => active && role !== 'system')
    .map(({ parts }) => parts.map((part) => ('text' in part ? part.text : '')).join())
}

/** Talks through an app that keeps all its messages. */
export async function talk(
  tab: Tab,
  turns: number,
  history: AppMessage[] = [SYSTEM],
  session: string | null = 's',
): Promise<AppMessage[]> {
  for (let turn = 0; turn < turns; turn += 1) {
    const at = history.length
    history.push(user(words(30, `question ${at}`)))
    const asked = await ask(tab.engine, history, { ...(session && { session }), policy: SMALL })
    const said = words(30, `answer ${at}`)
    await answer(tab.engine, asked, streamed(said))
    history.push(assistant(said))
  }
  return history
}

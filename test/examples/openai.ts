import OpenAI from 'openai'
import type { Backfold } from 'backfold'

export async function talk(backfold: Backfold, url: string, asked: string[]): Promise<unknown> {
  const openai = new OpenAI({ baseURL: url, apiKey: 'your key', fetch: backfold.fetch() })
  const messages: OpenAI.ChatCompletionMessageParam[] = []
  for (const content of asked) {
    messages.push({ role: 'user', content })
    const stream = openai.chat.completions.stream({ model: 'gpt-5', messages })
    messages.push(await stream.finalMessage())
  }
  return messages
}

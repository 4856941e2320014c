import Anthropic from '@anthropic-ai/sdk'
import type { Backfold } from 'backfold'

export async function talk(backfold: Backfold, url: string, asked: string[]): Promise<unknown> {
  const anthropic = new Anthropic({ baseURL: url, apiKey: 'your key', fetch: backfold.fetch() })
  const messages: Anthropic.MessageParam[] = []
  for (const content of asked) {
    messages.push({ role: 'user', content })
    const stream = anthropic.messages.stream({ model: 'claude', max_tokens: 1_000, messages })
    const { role, content: said } = await stream.finalMessage()
    messages.push({ role, content: said })
  }
  return messages
}

import OpenAI from 'openai'
import type { Backfold } from 'backfold'

export async function talk(backfold: Backfold, url: string, asked: string[]): Promise<unknown> {
  const openai = new OpenAI({ baseURL: url, apiKey: 'your key', fetch: backfold.fetch() })
  const input: OpenAI.Responses.ResponseInputItem[] = []
  for (const content of asked) {
    input.push({ role: 'user', content })
    const { output } = await openai.responses.create({ model: 'gpt-5', input, store: false })
    input.push(...(output as OpenAI.Responses.ResponseInputItem[]))
  }
  return input
}

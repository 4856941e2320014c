import { createOpenAI } from '@ai-sdk/openai'
import { jsonSchema, stepCountIs, streamText, tool, type ModelMessage } from 'ai'
import type { Backfold } from 'backfold'

const inputSchema = jsonSchema<{ path: string }>({ properties: { path: { type: 'string' } } })
const read = tool({ inputSchema, execute: async ({ path }) => `the text of ${path}` })

export async function talk(backfold: Backfold, url: string, asked: string[]): Promise<unknown> {
  const openai = createOpenAI({ baseURL: url, apiKey: 'your key', fetch: backfold.fetch() })
  const ways = { model: openai.chat('gpt-5'), tools: { read }, stopWhen: stepCountIs(5) }
  const messages: ModelMessage[] = []
  for (const content of asked) {
    messages.push({ role: 'user', content })
    messages.push(...(await streamText({ ...ways, messages }).response).messages)
  }
  return messages
}

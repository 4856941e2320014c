import { HumanMessage, type BaseMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import type { Backfold } from 'backfold'

export async function talk(backfold: Backfold, url: string, asked: string[]): Promise<unknown> {
  const configuration = { baseURL: url, fetch: backfold.fetch() }
  const model = new ChatOpenAI({ model: 'gpt-5', apiKey: 'your key', configuration })
  const messages: BaseMessage[] = []
  for (const question of asked) {
    messages.push(new HumanMessage(question))
    messages.push(await model.invoke(messages))
  }
  return messages
}

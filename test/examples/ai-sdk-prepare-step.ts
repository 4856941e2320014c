import { generateText, stepCountIs, type LanguageModel, type ModelMessage, type ToolSet } from 'ai'
import { toDrafts } from 'backfold/adapters'
import type { Session } from 'backfold'

type Ways = { model: LanguageModel; tools: ToolSet }

export async function ask(session: Session, ways: Ways, question: string): Promise<string> {
  await session.append({ role: 'user', content: question })
  const asked = { ...ways, prompt: question, stopWhen: stepCountIs(5) }
  const { text, response } = await generateText({
    ...asked,
    prepareStep: async ({ stepNumber, messages }) => {
      if (stepNumber > 0) await session.append(...toDrafts(messages.slice(-2), 'ai-sdk'))
      return session.context<ModelMessage>({ format: 'ai-sdk' })
    },
  })
  await session.append(...toDrafts(response.messages.slice(-1), 'ai-sdk'))
  return text
}

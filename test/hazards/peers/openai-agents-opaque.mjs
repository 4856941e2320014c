import { createOpenAiAgentsPeer } from './openai-agents.mjs'

/** The same session in front of a service that answers with the opaque item alone. */
export const peer = createOpenAiAgentsPeer({
  name: 'openai-agents-opaque',
  label: 'OpenAI Agents CompactionSession (opaque item only)',
  keepsUserMessages: false,
  notes:
    'the service answers with the item alone: not as documented, but the shape that the SDK copes with best',
})

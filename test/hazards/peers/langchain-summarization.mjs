import { createLangChainPeer } from './langchain.mjs'

export const peer = createLangChainPeer({
  name: 'langchain-summarization',
  label: 'LangChain summarizationMiddleware',
  notes:
    'the summariser is given the newest 4,000 tokens of what it stands for, which is the default',
})

import { createLangChainPeer } from './langchain.mjs'

export const peer = createLangChainPeer({
  name: 'langchain-untrimmed',
  label: 'LangChain summarizationMiddleware, trimming off',
  notes: 'trimTokensToSummarize raised, so that the summariser is given all',
  trimTokensToSummarize: 1_000_000,
})

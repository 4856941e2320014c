import { openBackfold } from 'backfold'

const SAID = 'Login fails after ten seconds. My guess is the proxy between them.'
const NOTE = 'The user suspected that the proxy broke the login.'

/**
 * Does on a page what starts every worker and loads every file of Backfold that needs no GPU: appends, folds with exact
 * token counts and a summariser, recalls, imports, makes tools, asks what WebLLM finds. Resolves to what came of it.
 *
 * @param {import('backfold').OpenOptions} [options]
 */
export async function runBackfold(options) {
  const baseUrl = new URLSearchParams(location.search).get('model')
  const backfold = await openBackfold({
    name: `host-${crypto.randomUUID()}`,
    tokeniser: 'o200k_base',
    summarisers: [
      { kind: 'openai-compatible', baseUrl, model: 'scripted', apiKey: 'none' },
      { kind: 'webllm' },
    ],
    extractors: [{ name: 'ours', extract: async () => [] }],
    ...options,
  })
  const session = await backfold.session('s', { budget: { tokens: 4_000 }, automatic: false })
  await session.append({ role: 'user', content: SAID })
  for (let turn = 1; turn <= 8; turn += 1) {
    await session.append(
      { role: 'assistant', content: `Part ${turn} says this. `.repeat(60) },
      { role: 'user', content: `Please read part ${turn}.` },
    )
  }
  const outcome = await session.compact()
  const { generation, messages } = await session.context()
  const found = await session.recall('proxy')
  const imported = await backfold.import([{ role: 'user', content: 'When is low tide?' }])
  const tools = await session.recallTools()
  const summarisers = await backfold.summarisers()
  const webllm = await summarisers.test(1)
  const result = {
    folded: outcome.kind,
    generation,
    isShorter: messages.length < 17,
    hasNote: JSON.stringify(messages).includes(NOTE),
    recalled: found.kind === 'hits' && found.hits[0].seq,
    imported: imported.messages,
    hasTools: tools.length > 0,
    webllm: webllm.reason,
  }
  await backfold.close()
  return result
}

/** Runs it and shows the result, or what went wrong, where the test reads it. */
export function showResult(options) {
  const show = (result) => {
    const output = document.createElement('output')
    output.id = 'result'
    output.textContent = JSON.stringify(result)
    document.body.append(output)
  }
  return runBackfold(options).then(show, ({ name, code, message }) =>
    show({ failed: { name, code, message } }),
  )
}

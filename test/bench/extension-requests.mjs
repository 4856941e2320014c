/**
 * Measures how much later a request with a whole history leaves its page when the whole extension plans it, by the size
 * of the history.
 *
 *     node test/bench/extension-requests.mjs
 */
import { runnerImport } from 'vite'

const { module } = await runnerImport(
  new URL('./measure-extension-requests.ts', import.meta.url).pathname,
)
process.exitCode = (await module.measureExtensionRequests(console.log)) ? 0 : 1

import { showResult } from './run-backfold.js'

const policy = trustedTypes.createPolicy('host', {
  createScriptURL: (url) => url,
})
void showResult({ workerUrl: policy.createScriptURL('/backfold/store-worker.js') })

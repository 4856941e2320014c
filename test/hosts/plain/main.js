import { showResult } from './run-backfold.js'

const workerUrl = new URLSearchParams(location.search).get('worker')
void showResult(workerUrl ? { workerUrl } : {})

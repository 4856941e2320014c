import { showResult } from './run-backfold.js'

void showResult({ workerUrl: '/backfold/store-worker.js' })

import { showResult } from './run-backfold.js'

void showResult()

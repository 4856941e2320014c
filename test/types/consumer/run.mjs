/** Every entry loads in plain Node: nothing in it touches the browser before it is called. */
import { isBackfoldError } from 'backfold'
import 'backfold/adapters'
import 'backfold/engine'

if (isBackfoldError(new Error('x'))) throw new Error('isBackfoldError takes any error')

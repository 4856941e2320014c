import { Backfold } from './backfold.js'

export default function Page() {
  return <Backfold />
}

import { test } from 'vitest'
import { runShard } from '../run-shard.ts'

test('[SIM1] under every mixture of faults all invariants hold, part 2', async () => {
  await runShard(1)
})

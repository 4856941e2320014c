import type { Snapshotted } from '../core/ports/session-store.ts'

/** A read that found nothing. */
export const NOTHING_READ: Snapshotted = {
  session: undefined,
  head: undefined,
  tail: [],
  pins: [],
  range: [],
  at: [],
  ids: [],
  generations: [],
  candidate: undefined,
  candidateMark: undefined,
  snapshots: [],
  jobs: [],
  openJob: undefined,
  blocks: [],
  artifacts: [],
  notes: [],
  pads: [],
  rules: [],
  facts: [],
  index: [],
}

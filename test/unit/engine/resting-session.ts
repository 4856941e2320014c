import { expect } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import { type ApplyAt, type PolicyOptions } from '../../../src/core/session/policy.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import {
  BY_HAND,
  openTab,
  settle,
  type Replacements,
  type Tab,
} from '../../support/build-engine.ts'
import { turns } from '../../support/build-log.ts'
import { OUTPUT } from './gated-digester.ts'

export const IDLE_MS: number = 10_000
export const HARD: number = 2_000 * 0.95

export interface Held {
  readonly tab: Tab
  readonly session: Session
}

export async function openLog(
  applyAt: ApplyAt,
  drafts: readonly Draft[],
  replace: Replacements = {},
  options: PolicyOptions = {},
): Promise<Held> {
  const tab = openTab(replace)
  const policy = { ...BY_HAND, applyAt, idleAfterMs: IDLE_MS, ...options }
  const session = await tab.backfold.session('s', policy)
  await session.append(...drafts)
  return { tab, session }
}

/** A session with a candidate ready, and the turn over or not. */
export async function withCandidate(applyAt: ApplyAt, ...open: readonly Draft[]): Promise<Held> {
  const held = await openLog(applyAt, [...turns(5, OUTPUT), ...open])
  if (open.length > 0) await held.session.context()
  expect(await held.session.compact()).toMatchObject({ kind: 'ready' })
  expect(held.session.state.get().tokens.context).toBeLessThan(HARD)
  return held
}

/** Lets nothing be asked of the session for so long. */
export async function rest({ tab }: Held, ms: number = IDLE_MS): Promise<void> {
  tab.clock.pass(ms)
  await settle()
}

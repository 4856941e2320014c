import type { Session } from '../../../src/client/session.ts'
import type { Digester } from '../../../src/core/ports/digester.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { BY_HAND, type Tab } from '../../support/build-engine.ts'
import { turns } from '../../support/build-log.ts'

/** Large enough that a few turns with it fold. */
export const OUTPUT: string = 'a line of output\n'.repeat(60)

export interface Gate {
  /** Resolves once the gate is open. */
  pass(): Promise<void>
  /** Resolves once somebody wants to pass. */
  readonly begun: Promise<void>
  open(): void
}

/** Work that ends when the test says so, and says when it begins. */
export function createGate(): Gate {
  let open = (): void => {}
  let begin = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const pass = (): Promise<void> => {
    begin()
    return opened
  }
  return { pass, begun, open }
}

/** A session that folds by hand, with these messages or six turns. */
export async function sessionIn(tab: Tab, ...drafts: readonly Draft[]): Promise<Session> {
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(...(drafts.length > 0 ? drafts : turns(6, OUTPUT)))
  return session
}

/** A digester whose every call does this first. */
export function before(
  work: (call: 'block' | 'compose', nth: number, signal: AbortSignal) => Promise<void> | void,
): (real: Digester) => Digester {
  let calls = 0
  return (real) => ({
    ...real,
    async extract(request, signal) {
      // Once for each block, not for each extractor.
      if (request.extractor !== 'digest') return real.extract(request, signal)
      await work('block', (calls += 1), signal as AbortSignal)
      return real.extract(request, signal)
    },
    async compose(request, signal) {
      await work('compose', (calls += 1), signal as AbortSignal)
      return real.compose(request, signal)
    },
  })
}

import { expect } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import type { Digester } from '../../../src/core/ports/digester.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import type { SessionEvent } from '../../../src/protocol/events.ts'
import type { ContextResult } from '../../../src/protocol/requests.ts'
import { BY_HAND, openTab, type Replacements, type Tab } from '../../support/build-engine.ts'
import { assistant, calls, result, turns, user } from '../../support/build-log.ts'
import { OUTPUT } from './gated-digester.ts'

export const ADDRESS: string = 'The staging server answers at harbor.example on port 7781.'
export const RULE: string = 'Never write tabs into any file.'
export const AGAIN: Draft = user(
  'I already told you: the staging server answers at harbor.example on port 7781.',
)
const FORGOTTEN = /harbor|7781|tabs/

/** A digester that forgets where the server is, and the rule about tabs. */
function forgetful(real: Digester): Digester {
  return {
    ...real,
    async compose(request, signal) {
      const candidate = await real.compose(request, signal)
      const digest = candidate.digest.filter(({ text }) => !FORGOTTEN.test(text))
      // As if nothing had been found: what the vault knows is put back when the fold is applied.
      const rules = candidate.rules?.filter(({ quote }) => !FORGOTTEN.test(quote)) ?? []
      return { ...candidate, digest, rules }
    },
  }
}

/** Much to read, in the turn that is under way. */
export const MUCH: readonly Draft[] = [1, 2, 3, 4].flatMap((n) => [
  calls(`m${n}`),
  result(`m${n}`, OUTPUT),
  assistant('Read.'),
])

export interface Held {
  readonly tab: Tab
  readonly session: Session
}

const WHAT_MATTERS = [user(ADDRESS), assistant('Noted.'), user(RULE), assistant('Noted, too.')]

/** A session in its first turn after a fold that lost what matters. */
export async function folded(
  options: PolicyOptions = {},
  replace: Replacements = {},
): Promise<Held> {
  const tab = openTab({ digester: forgetful, ...replace })
  const policy = { ...BY_HAND, budget: { tokens: 8_000 }, applyAt: 'turn' } as const
  const session = await tab.backfold.session('s', { ...policy, ...options })
  await session.append(...WHAT_MATTERS, ...turns(5, OUTPUT))
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  await session.append(user('and now?'))
  expect(await session.context()).toMatchObject({ generation: 1 })
  await session.append(assistant('Now it goes on.'))
  return { tab, session }
}

/** What comes first in the next turn. */
export async function nextTurn(
  { session }: Held,
  ...drafts: readonly Draft[]
): Promise<ContextResult> {
  await session.append(...drafts)
  return session.context({ format: 'plain' })
}

export function told(tab: Tab, type: SessionEvent['type']): readonly SessionEvent[] {
  return tab.events.filter((event) => event.type === type)
}

export function evidenceOf({ session }: Held): readonly string[] {
  return session.state.get().probation?.evidence ?? []
}

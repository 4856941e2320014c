import { changeFacts } from '../core/memory/facts/change-facts.ts'
import { FACTS_QUERY, listFacts } from '../core/memory/facts/fact-entry.ts'
import { changeRules, type RuleCommand } from '../core/memory/vault/change-rules.ts'
import { listProposals, listRules, RULES_QUERY } from '../core/memory/vault/rule-entry.ts'
import { patchDigest, type DigestPatch } from '../core/memory/vault/patch-digest.ts'
import { BackfoldError } from '../core/backfold-error.ts'
import type {
  EditOutcome,
  FactChange,
  FactsQuery,
  FactsResult,
  RuleChange,
  RulesResult,
  VaultOutcome,
} from '../protocol/memory-vault.ts'
import type { Requests } from '../protocol/requests.ts'
import { editHead } from './edit-head.ts'
import type { EngineParts, OpenSession } from './open-session.ts'
import type { SessionCell } from './session-cell.ts'

type VaultMethod = 'rules' | 'facts' | 'editDigest'

/** The requests by which a person reads and corrects what is remembered. */
export type VaultHandlers = {
  readonly [M in VaultMethod]: (params: Requests[M]['params']) => Promise<Requests[M]['result']>
}

/** @see SPEC.md rules VAULT6–VAULT14, FACT5–FACT8 */
export function createVaultHandlers(
  { owner }: Pick<EngineParts, 'owner'>,
  opened: (session: string) => Promise<OpenSession>,
): VaultHandlers {
  return {
    rules: async ({ session, change }) => {
      const open = await opened(session)
      const outcome = change && (await changeRule(open, change, owner))
      return { ...(await readRules(open.cell)), ...(outcome && { outcome }) }
    },
    facts: async ({ session, change, ...wish }) => {
      const open = await opened(session)
      const outcome = change && (await changeFact(open, change, owner))
      return { ...(await readFacts(open.cell, wish)), ...(outcome && { outcome }) }
    },
    editDigest: async ({ session, n, patch }) => editDigest(await opened(session), n, patch, owner),
  }
}

async function readRules(cell: SessionCell): Promise<RulesResult> {
  const read = await cell.ports.store.read({ session: cell.id, ...RULES_QUERY })
  if (!read.session) throw gone(cell)
  return { rules: listRules(read, read.session), proposals: listProposals(read) }
}

async function readFacts(cell: SessionCell, wish: FactsQuery): Promise<FactsResult> {
  return listFacts(await cell.ports.store.read({ session: cell.id, ...FACTS_QUERY }), wish)
}

async function changeRule(
  open: OpenSession,
  { now = false, ...command }: RuleChange,
  owner: string,
): Promise<VaultOutcome> {
  const done = await writeRule(open.cell, command)
  if (done.kind === 'refused') return done
  const effect =
    now && done.rule !== undefined ? await takeEffect(open, owner, 'rules edited') : LATER
  return {
    kind: 'changed',
    ...(done.rule === undefined ? {} : { id: done.rule }),
    ...withoutWhy(effect),
    detail: `${done.detail}${effect.why}`,
  }
}

async function changeFact(
  open: OpenSession,
  { now = false, ...command }: FactChange,
  owner: string,
): Promise<VaultOutcome> {
  const { cell } = open
  const done = await cell.ports.store.commit(
    { session: cell.id, ...FACTS_QUERY, writes: ['facts'] },
    (read) => changeFacts(read, command),
  )
  if (done.kind === 'refused') return done
  const effect = now ? await takeEffect(open, owner, 'facts corrected') : LATER
  return {
    kind: 'changed',
    id: done.fact,
    ...withoutWhy(effect),
    detail: `${done.detail}${effect.why}`,
  }
}

/** Changes lines of the head, all or none, and makes the result the head. */
async function editDigest(
  open: OpenSession,
  n: number,
  patch: DigestPatch,
  owner: string,
): Promise<EditOutcome> {
  const { ports, id } = open.cell
  const count = (text: string): number => ports.tokeniser.count(text)
  const query = { session: id, ...RULES_QUERY, facts: 'all', writes: ['rules', 'facts'] } as const
  const patched = await ports.store.commit(query, (read) =>
    patchDigest(read, n, patch, count, ports.clock.now()),
  )
  if (patched.kind === 'refused') return patched
  const effect = await takeEffect(open, owner, 'digest edited')
  return { kind: 'edited', ...withoutWhy(effect), detail: `The digest is edited.${effect.why}` }
}

async function writeRule(
  cell: SessionCell,
  command: RuleCommand,
): Promise<ReturnType<typeof changeRules>['outcome']> {
  const { ports } = cell
  const count = (text: string): number => ports.tokeniser.count(text)
  return ports.store.commit(
    { session: cell.id, ...RULES_QUERY, writes: ['rules', 'notes'] },
    (read) => changeRules(read, command, count, ports.clock.now()),
  )
}

/** When a change is in the context, and where that is later than wanted, why. */
interface Effect {
  readonly takesEffect: 'now' | 'next-fold'
  readonly generation?: number
  readonly why: string
}

const LATER: Effect = {
  takesEffect: 'next-fold',
  why: ' The context follows with the next fold.',
}

/** Makes what was changed the head's, where that can be done now. */
async function takeEffect(open: OpenSession, owner: string, reason: string): Promise<Effect> {
  const made = await editHead(open.cell, owner, reason)
  if (made.kind === 'none') {
    return { ...LATER, why: ` The context follows with the next fold: ${made.reason}.` }
  }
  const applied = await open.reader.apply()
  return applied.kind === 'applied'
    ? { takesEffect: 'now', generation: applied.generation.n, why: ' The context has it now.' }
    : { ...LATER, why: ` The context follows with the next fold: ${applied.reason}.` }
}

function withoutWhy({ why: _, ...effect }: Effect): Omit<Effect, 'why'> {
  return effect
}

function gone(cell: SessionCell): BackfoldError {
  return new BackfoldError('SESSION_NOT_FOUND', `session ${cell.id} does not exist`)
}

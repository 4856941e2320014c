import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import type { RuleEntry } from '../../../src/core/memory/vault/rule-entry.ts'
import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import { BY_HAND, hashOf, openTab, type Tab } from '../../support/build-engine.ts'
import { assistant, result, system, toolCall, turns, user } from '../../support/build-log.ts'

const OUTPUT = 'a line of output\n'.repeat(60)

interface World {
  readonly tab: Tab
  readonly session: Session
}

async function openWorld(options: PolicyOptions = {}): Promise<World> {
  const tab = openTab()
  const policy = { ...BY_HAND, budget: { tokens: 4_000 }, ...options }
  return { tab, session: await tab.backfold.session('s', policy) }
}

async function fold(session: Session): Promise<string> {
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(await session.apply()).toMatchObject({ kind: 'applied' })
  return digestOf(session)
}

async function digestOf(session: Session): Promise<string> {
  return (await session.generation(session.state.get().generation)).text
}

async function ruleThat(session: Session, words: string): Promise<RuleEntry> {
  const { rules } = await session.rules()
  const found = rules.find(({ quote }) => quote.includes(words))
  if (!found) throw new Error(`no rule says ${words}`)
  return found
}

test('[VAULT1, VAULT2, VAULT12] rules are listed before they are folded and after, with where each stands', async () => {
  const { session } = await openWorld()
  await session.append(
    system('Always answer in French.'),
    user('Always use yarn.'),
    assistant('You must always use tabs.'),
    { role: 'assistant', parts: [toolCall('c', 'read', '{}')] },
    result('c', 'You must never use spaces.'),
  )
  const before = await session.rules()
  expect(before.rules.map(({ quote, stands }) => [quote, stands])).toEqual([
    ['Always use yarn.', 'verbatim'],
    ['Always answer in French.', 'verbatim'],
  ])
  await session.append(...turns(5, OUTPUT), user('Never push to main.'))
  const text = await fold(session)
  expect(text).toContain('“Always use yarn.” (#2)')
  const { rules } = await session.rules()
  expect(rules.map(({ quote, stands }) => [quote, stands])).toContainEqual([
    'Always use yarn.',
    'digest',
  ])
  expect(rules[0]).toMatchObject({ quote: 'Never push to main.', stands: 'verbatim' })
})

test('[VAULT3, VAULT5] a superseded rule leaves the digest, and stays in the vault', async () => {
  const { session } = await openWorld()
  await session.append(user('Always use yarn.'), ...turns(5, OUTPUT))
  expect(await fold(session)).toContain('Always use yarn.')
  await session.append(user('Use pnpm instead of yarn.'), ...turns(5, OUTPUT))
  const text = await fold(session)
  expect(text).not.toContain('Always use yarn.')
  expect(text).toContain('Use pnpm instead of yarn.')
  const old = await ruleThat(session, 'Always use yarn')
  const next = await ruleThat(session, 'pnpm')
  expect(old).toMatchObject({ status: 'superseded', supersededBy: next.id, stands: 'nowhere' })
  expect(next.supersedes).toEqual([old.id])
  const change = { do: 'restore', rule: old.id, now: true } as const
  expect((await session.rules(change)).outcome).toMatchObject({ takesEffect: 'now' })
  expect(await digestOf(session)).toContain('Always use yarn.')
})

test('[VAULT6, VAULT11] what a person does to rules is in the context at once, and can be rolled back', async () => {
  const { tab, session } = await openWorld()
  await session.append(user('Always use yarn.'), user('Never push to main.'), ...turns(5, OUTPUT))
  await fold(session)
  const hash = await hashOf(tab, 's')
  const { id } = await ruleThat(session, 'yarn')
  const edited = await session.rules({ do: 'edit', rule: id, text: 'Always use  bun.', now: true })
  expect(edited.outcome).toMatchObject({ kind: 'changed', id, takesEffect: 'now', generation: 2 })
  expect(await digestOf(session)).toContain('“Always use bun.” (as edited by the person)')
  expect(await digestOf(session)).not.toContain('yarn')
  expect(await ruleThat(session, 'yarn')).toMatchObject({
    quote: 'Always use yarn.',
    text: 'Always use bun.',
  })
  await session.rules({ do: 'add', text: 'Sign every commit.', now: true })
  expect(await digestOf(session)).toContain('“Sign every commit.” (added by the person)')
  const main = await ruleThat(session, 'main')
  await session.rules({ do: 'remove', rule: main.id, now: true })
  expect(await digestOf(session)).not.toContain('main')
  expect(await ruleThat(session, 'main')).toMatchObject({ status: 'removed', stands: 'nowhere' })
  const checks = (await session.generation(4)).checks
  expect(checks).toContainEqual(expect.objectContaining({ name: 'vault', outcome: 'passed' }))
  await session.rollback(1)
  expect(await hashOf(tab, 's')).toBe(hash)
  await session.append(...turns(5, OUTPUT))
  const text = await fold(session)
  expect(text).toContain('Always use bun.')
  expect(text).toContain('Sign every commit.')
  expect(text).not.toContain('push to main')
})

test('[VAULT6, VAULT12] without being asked for now, a change waits for the next fold', async () => {
  const { session } = await openWorld()
  await session.append(user('Hello.'), ...turns(5, OUTPUT))
  const { outcome } = await session.rules({ do: 'add', text: 'Sign every commit.', now: true })
  expect(outcome).toMatchObject({ takesEffect: 'next-fold' })
  expect(JSON.stringify(outcome)).toContain('nothing is folded yet')
  expect((await ruleThat(session, 'Sign')).stands).toBe('next-fold')
  expect(await fold(session)).toContain('Sign every commit.')
  await session.rules({ do: 'add', text: 'Write tests first.' })
  expect(await digestOf(session)).not.toContain('Write tests first.')
  await session.append(...turns(5, OUTPUT))
  expect(await fold(session)).toContain('Write tests first.')
})

test('[VAULT8] what was changed since the candidate was made is mended when it is applied', async () => {
  const { tab, session } = await openWorld()
  await session.append(user('Always use yarn.'), user('Never push to main.'), ...turns(5, OUTPUT))
  await session.compact()
  const { id } = await ruleThat(session, 'main')
  const { outcome } = await session.rules({ do: 'remove', rule: id, now: true })
  expect(JSON.stringify(outcome)).toContain('a fold is being prepared')
  await session.rules({ do: 'add', text: 'Sign every commit.' })
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 2 })
  const text = await digestOf(session)
  expect(text).toContain('Sign every commit.')
  expect(text).not.toContain('push to main')
  const reason =
    '1 rules in force stood nowhere in the context and 1 rules stood there otherwise than they are in force'
  expect(tab.events.filter(({ type }) => type === 'mended')).toMatchObject([
    { generation: 2, pinned: [], reason },
  ])
  expect((await session.jobs())[0]).toMatchObject({ state: 'applied', trigger: 'manual' })
})

test('[VAULT7] a pinned rule stays where there is no room for all', async () => {
  const { session } = await openWorld({ budget: { tokens: 2_000 } })
  const rules = Array.from({ length: 40 }, (_, n) =>
    user(`Never touch ${`module${n} `.repeat(20)}.`),
  )
  await session.append(user('Always use yarn.'), ...rules, ...turns(5, OUTPUT))
  expect(await fold(session)).not.toContain('Always use yarn.')
  const { id, stands } = await ruleThat(session, 'yarn')
  expect(stands).toBe('left-out')
  await session.rules({ do: 'pin', rule: id, now: true })
  expect(await digestOf(session)).toContain('Always use yarn.')
  await session.append(...rules, ...turns(5, OUTPUT))
  expect(await fold(session)).toContain('Always use yarn.')
  const most = await session.rules({
    do: 'add',
    text: 'Keep it short. '.repeat(30),
    isPinned: true,
  })
  const more = await session.rules({
    do: 'add',
    text: 'Keep it brief. '.repeat(30),
    isPinned: true,
  })
  expect([most.outcome?.kind, more.outcome?.kind]).toEqual(['changed', 'refused'])
  await session.rules({ do: 'unpin', rule: id })
  expect((await ruleThat(session, 'yarn')).isPinned).toBe(false)
})

test('[VAULT10] a branch leaves rules behind, and what they had superseded holds again', async () => {
  const { session } = await openWorld()
  await session.append(user('Always use yarn.'), ...turns(5, OUTPUT))
  await fold(session)
  const after = session.state.get().newest
  await session.append(user('Use pnpm instead of yarn.'), ...turns(5, OUTPUT))
  await fold(session)
  expect((await ruleThat(session, 'Always')).status).toBe('superseded')
  await session.branch(after)
  expect((await ruleThat(session, 'Always')).status).toBe('in-force')
  expect((await ruleThat(session, 'pnpm')).status).toBe('removed')
  await session.append(...turns(5, OUTPUT))
  const text = await fold(session)
  expect(text).toContain('Always use yarn.')
  expect(text).not.toContain('pnpm')
})

test('[VAULT13] a proposal is no rule until the person accepts it', async () => {
  const { session } = await openWorld()
  await session.append(user('Hello.'), ...turns(5, OUTPUT))
  const run = (text: string): Promise<unknown> =>
    session.runTool('memory_propose_rule', { text }, { memory: true })
  await run('Always run the linter.')
  await run('Always skip the tests.')
  const { proposals, rules } = await session.rules()
  expect(proposals.map(({ n, text }) => [n, text])).toEqual([
    [2, 'Always skip the tests.'],
    [1, 'Always run the linter.'],
  ])
  expect(rules).toEqual([])
  await session.rules({ do: 'accept', proposal: 1 })
  const after = await session.rules({ do: 'refuse', proposal: 2 })
  expect(after.proposals).toEqual([])
  expect(after.rules).toMatchObject([{ origin: 'proposal', proposal: 1, status: 'in-force' }])
  expect((await session.rules({ do: 'accept', proposal: 2 })).outcome?.kind).toBe('refused')
  const text = await fold(session)
  expect(text).toContain(
    '“Always run the linter.” (proposed by the assistant, accepted by the person)',
  )
  expect(text).not.toContain('skip the tests')
  expect((await session.memory()).map(({ status }) => status)).toEqual(['taken-over', 'undone'])
})

test('[VAULT14] what makes no sense is refused, and nothing is written', async () => {
  const { session } = await openWorld()
  await session.append(user('Always use yarn.'))
  const { id } = await ruleThat(session, 'yarn')
  const wrong = [
    { do: 'add', text: ' \n ' },
    { do: 'add', text: 'long '.repeat(200) },
    { do: 'add', text: 'Always use yarn.' },
    { do: 'add', text: 7 },
    { do: 'remove', rule: 'nobody' },
    { do: 'restore', rule: id },
    { do: 'unpin', rule: id },
    { do: 'edit', rule: id, text: null },
    { do: 'burn', rule: id },
    { do: 'accept', proposal: 4 },
  ]
  for (const change of wrong) {
    const { outcome, rules } = await session.rules(change as never)
    expect(outcome, JSON.stringify(change)).toMatchObject({ kind: 'refused' })
    expect(rules).toHaveLength(1)
  }
})

test('[VAULT11, FACT8] lines of the head are edited all or none, and become a generation of their own', async () => {
  const { session } = await openWorld()
  const command = toolCall('c', 'bash', JSON.stringify({ command: 'npm run deploy' }))
  await session.append(
    user('Always use yarn.'),
    { role: 'assistant', parts: [command] },
    result('c', 'done'),
  )
  await session.append(...turns(5, OUTPUT))
  await fold(session)
  const { digest } = await session.generation(1)
  const rule = digest.find(({ section }) => section === 'rules')?.id ?? ''
  const fact = digest.find(({ kind }) => kind === 'command')?.id ?? ''
  const refused = await session.editDigest(1, { lines: { [rule]: null, nobody: 'x' } })
  expect(refused).toEqual({ kind: 'refused', reason: 'generation 1 has no line nobody' })
  expect((await session.editDigest(0, { lines: {} })).kind).toBe('refused')
  expect(await digestOf(session)).toContain('yarn')
  const patch = { lines: { [rule]: 'Use bun.', [fact]: 'ran the deployment' }, rules: ['Be kind.'] }
  expect(await session.editDigest(1, patch)).toMatchObject({
    kind: 'edited',
    takesEffect: 'now',
    generation: 2,
  })
  const text = await digestOf(session)
  expect(text).toContain('“Use bun.” (as edited by the person)')
  expect(text).toContain('“Be kind.” (added by the person)')
  expect(text).toContain('ran the deployment (corrected by the person)')
  expect(text).not.toContain('ran `npm run deploy`')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupLines } from '../../../src/app/view/digest-groups.ts'
import { digestItems } from '../../../src/app/view/digest-items.ts'
import { factItems } from '../../../src/app/view/fact-items.ts'
import { filterItems, groupItems } from '../../../src/app/view/filter-items.ts'
import type { MemoryItem } from '../../../src/app/view/memory-item.ts'
import { padItems } from '../../../src/app/view/pad-items.ts'
import { proposalItems, proposalOf, ruleItems } from '../../../src/app/view/rule-items.ts'
import { renderDigest } from '../../../src/core/compaction/digest-text.ts'
import type { FactEntry } from '../../../src/core/memory/facts/fact-entry.ts'
import type { RuleEntry } from '../../../src/core/memory/vault/rule-entry.ts'
import type { DigestLine } from '../../../src/core/session/generation.ts'
import { SECTIONS } from '../../../src/core/session/generation.ts'
import type { PadEntry } from '../../../src/protocol/pads.ts'

function line(id: string, fields: Partial<DigestLine>): DigestLine {
  const rest = { section: 'facts' as const, text: id, sources: [1], tokens: 5, salience: 1 }
  return { id, ...rest, ...fields }
}

function item(fields: Partial<MemoryItem>): MemoryItem {
  const rest = { group: '', title: '', detail: '', sources: [], notes: [], status: null }
  return { id: 'x', ...rest, actions: [], ...fields }
}

test('[APP61] lines of one message behind the same label are one entry with the sources of all', () => {
  const call = { section: 'quotes' as const, label: 'read_file a.ts', origin: 'tool' as const }
  const groups = groupLines([
    line('a', { ...call, sources: [7] }),
    line('b', { section: 'quotes', sources: [8] }),
    line('c', { ...call, sources: [7] }),
    line('d', { ...call, sources: [9] }),
  ])
  expect(groups.map(({ lines }) => lines.map(({ id }) => id))).toEqual([['a', 'c'], ['b'], ['d']])
  expect(groups[0]).toMatchObject({ label: 'read_file a.ts', sources: [7], origin: 'from a tool' })
  expect(groups[1]).toMatchObject({ label: null, origin: null })
  const state = [3, 5].map((seq) => {
    return line(`s${seq}`, { section: 'state', label: 'port', sources: [seq] })
  })
  expect(groupLines(state)).toMatchObject([{ sources: [3, 5] }])
})

test('[APP61] there are as many entries as the digest has lines when rendered', () => {
  const lines = fc.array(
    fc.record({
      section: fc.constantFrom(...SECTIONS),
      label: fc.option(fc.constantFrom('p', 'q'), { nil: undefined }),
      seq: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(lines, (drawn) => {
      const all = drawn.map(({ section, label, seq }, at) => {
        return line(`l${at}`, { section, sources: [seq], ...(label && { label }) })
      })
      const rendered = renderDigest(all, 9).match(/^- /gm) ?? []
      expect(groupLines(all)).toHaveLength(rendered.length)
    }),
  )
})

test('[APP62] lines of a digest are listed by section, each with its sources', () => {
  const lines = [
    line('p', { section: 'state', label: 'port', text: '7781', sources: [9] }),
    line('f', { text: 'The build takes 40 s.', origin: 'user', sources: [2, 4] }),
    line('q', { section: 'quotes', text: 'as it was said' }),
    line('d', { section: 'decisions', text: 'We keep SQLite.' }),
    line('g', { section: 'goal' }),
  ]
  const items = digestItems(lines, ['decisions', 'quotes', 'facts', 'state'])
  expect(items.map(({ group }) => group)).toEqual(['Decisions', 'Quotes', 'Facts', 'State'])
  expect(items[2]).toMatchObject({ sources: [2, 4], notes: ['said by the user'], lines: ['f'] })
  expect(items[3]).toMatchObject({ title: 'port', detail: '7781', sources: [9] })
})

test('[APP62] facts are listed by kind; what does not hold comes last of its kind and says why', () => {
  const fact: FactEntry = {
    id: 'port',
    kind: 'slot',
    value: '7782',
    subject: 'port',
    sources: [8],
    status: 'current',
    former: [{ text: '7781', seq: 3 }],
    isEditable: true,
  }
  const former = {
    ...fact,
    id: 'port:3',
    value: '7781',
    sources: [3],
    status: 'superseded' as const,
    supersededBy: 'port',
    isEditable: false,
  }
  const items = factItems(
    [
      { ...fact, id: 'path:src/a.ts', kind: 'path', value: 'src/a.ts', isEditable: false },
      { ...former, value: '7780' },
      former,
      fact,
      { ...fact, id: 'gone', status: 'removed' },
      { ...fact, id: 'own', kind: 'decision', value: 'SQLite', found: 'SQLight' },
    ],
    new Set(['port']),
  )
  expect(items.map(({ id }) => id)).toEqual([
    'own',
    'port',
    'gone',
    'port:3',
    'port:3 1',
    'path:src/a.ts',
  ])
  expect(items.map(({ group }) => group)).toEqual([
    'Decisions',
    ...Array.from({ length: 4 }, () => 'State'),
    'Paths',
  ])
  const [own, port, gone, old] = items
  expect(own).toMatchObject({
    notes: ['Corrected; found was “SQLight”'],
    actions: ['edit', 'revert', 'remove'],
  })
  expect(port).toMatchObject({ title: 'port', detail: '7782', status: null, lines: ['port'] })
  expect(port).toMatchObject({ actions: ['edit', 'remove'], editable: { edit: '7782' } })
  expect(gone).toMatchObject({ status: { text: 'removed' }, actions: ['restore'] })
  expect(old).toMatchObject({ status: { text: 'superseded' }, actions: [] })
  expect(old?.notes).toEqual(['Replaced by “7782”'])
})

test('[APP63] an item is found by every word in it, whatever the case, and by its sources', () => {
  const items = [
    item({ id: 'a', title: 'read_file', detail: 'Straße nach ÖRESUND', sources: [12] }),
    item({ id: 'b', detail: 'read later', notes: ['from a tool'], sources: [3, 120] }),
    item({ id: 'c', status: { tone: 'warn', text: 'superseded' }, group: 'Quotes' }),
  ]
  const find = (typed: string): string =>
    filterItems(items, typed)
      .map(({ id }) => id)
      .join('')
  expect(find('')).toBe('abc')
  expect(find('  READ ')).toBe('ab')
  expect(find('read öresund')).toBe('a')
  expect(find('tool')).toBe('b')
  expect(find('superseded')).toBe('c')
  expect(find('quotes')).toBe('c')
  expect(find('#12')).toBe('a')
  expect(find('#3 later')).toBe('b')
  expect(find('.*')).toBe('')
})

test('[APP63] a search never finds more than there is, and groups keep every item up to the bound', () => {
  const items = fc.array(
    fc
      .record({ detail: fc.string({ unit: 'binary' }), group: fc.constantFrom('a', 'b') })
      .map((fields) => item(fields)),
  )
  fc.assert(
    fc.property(items, fc.string({ unit: 'binary' }), fc.nat(20), (all, typed, most) => {
      const found = filterItems(all, typed)
      expect(all).toEqual(expect.arrayContaining([...found]))
      const grouped = groupItems(all, most).flatMap(({ items: own }) => own)
      expect(grouped).toHaveLength(Math.min(most, all.length))
    }),
  )
})

test('[APP65] rules in force come first and can be corrected; the others say why they are not', () => {
  const rule: RuleEntry = {
    id: 'new',
    kind: 'rule',
    quote: 'pnpm instead of yarn',
    text: 'pnpm instead of yarn',
    sources: [20],
    status: 'in-force',
    isPinned: false,
    origin: 'extracted',
    stands: 'verbatim',
    supersedes: ['old'],
  }
  const edit = { edited: 'Use pnpm 10', text: 'Use pnpm 10', stands: 'digest' } as const
  const yarn = { quote: 'Use yarn', text: 'Use yarn', supersedes: [] }
  const items = ruleItems([
    { ...rule, ...yarn, id: 'gone', status: 'removed', stands: 'digest' },
    { ...rule, ...yarn, id: 'old', status: 'superseded', supersededBy: 'new', stands: 'nowhere' },
    rule,
    { ...rule, ...edit, id: 'own', isPinned: true, sources: [30], supersedes: [] },
  ])
  expect(items.map(({ id }) => id)).toEqual(['own', 'new', 'old', 'gone'])
  expect(items[0]).toMatchObject({
    title: 'Rule',
    detail: 'Use pnpm 10',
    editable: { edit: 'Use pnpm 10' },
    notes: ['said in the session', 'in the digest', 'Edited; said was “pnpm instead of yarn”'],
    status: { text: 'pinned' },
    actions: ['edit', 'revert', 'unpin', 'remove'],
    lines: ['own'],
  })
  expect(items[1]).toMatchObject({
    status: null,
    notes: ['said in the session', 'in the context word for word', 'Replaces “Use yarn”'],
    actions: ['edit', 'pin', 'remove'],
  })
  expect(items[1]?.lines).toBeUndefined()
  expect(items[2]).toMatchObject({
    status: { text: 'superseded' },
    notes: ['said in the session', 'Replaced by “pnpm instead of yarn”'],
    actions: ['restore'],
  })
  expect(items[3]?.notes).toContain('in the digest until the next fold')
  expect(items[3]?.actions).toEqual(['restore'])
})

test('[APP69] a proposal is told apart from the rules, and waits for a decision', () => {
  const [item] = proposalItems([{ n: 4, text: 'Always lint.', seq: 7, at: 1 }])
  if (!item) throw new Error('the proposal is not listed')
  expect(item).toMatchObject({ detail: 'Always lint.', actions: ['accept', 'refuse'] })
  expect(item.notes).toEqual(['proposed after #7'])
  expect(proposalOf(item)).toBe(4)
  expect(proposalOf({ ...item, id: 'r12' })).toBeNull()
})

test('[APP66] a pad shows goal, steps and how it has done; a demoted one is last', () => {
  const steps: PadEntry['steps'] = [
    { tool: 'list', does: 'read', arguments: [] },
    {
      tool: 'open',
      does: 'read',
      arguments: [
        { path: '$.id', pieces: [{ from: 'result', step: 0, path: '$[0].id' }] },
        {
          path: '$.note',
          pieces: [
            { from: 'constant', value: 'For ' },
            { from: 'parameter', name: 'order' },
          ],
        },
      ],
    },
    {
      tool: 'log in',
      does: 'change',
      arguments: [{ path: '$.key', pieces: [{ from: 'secret' }] }],
    },
    {
      tool: 'huge',
      does: 'change',
      arguments: [{ path: '$', pieces: [{ from: 'constant', value: 'x'.repeat(9_000) }] }],
    },
  ]
  const pad: PadEntry = {
    n: 1,
    name: 'Find it',
    goal: 'Find an order',
    steps,
    terms: [],
    params: [],
    preconditions: [],
    outcome: '',
    origin: 'extracted',
    isNamed: false,
    isEdited: false,
    isDemoted: false,
    uses: 3,
    successes: 2,
    failures: 1,
    failedInARow: 0,
    sources: [4],
    text: '',
  }
  const items = padItems([
    { ...pad, n: 1, uses: 9, isDemoted: true },
    { ...pad, n: 2 },
    { ...pad, n: 3, uses: 0, successes: 0, origin: 'imported', isEdited: true },
  ])
  expect(items.map(({ id }) => id)).toEqual(['2', '3', '1'])
  const rows = items[0]?.detail.split('\n') ?? []
  expect(rows.slice(0, 4)).toEqual([
    'Find an order',
    '1. list',
    '2. open $.id = result 1 $[0].id, $.note = "For " + ⟨order⟩',
    '3. log in $.key = secret',
  ])
  expect(rows[4]?.length).toBeLessThan(500)
  expect(items[0]?.notes).toEqual(['Used 3 times: 2 worked, 1 failed'])
  expect(items[1]?.notes).toEqual(['Not used again yet', 'imported', 'edited by hand'])
  expect(items[2]).toMatchObject({
    status: { text: 'demoted' },
    actions: ['rename', 'edit', 'delete'],
  })
  expect(items[0]?.editable).toEqual({ rename: 'Find it', edit: 'Find an order' })
})

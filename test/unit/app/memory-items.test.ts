import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupLines } from '../../../src/app/view/digest-groups.ts'
import { digestItems, FACT_SECTIONS, RULE_SECTIONS } from '../../../src/app/view/digest-items.ts'
import { factItems } from '../../../src/app/view/fact-items.ts'
import { filterItems, groupItems } from '../../../src/app/view/filter-items.ts'
import type { MemoryItem } from '../../../src/app/view/memory-item.ts'
import { padItems } from '../../../src/app/view/pad-items.ts'
import type { RuleView } from '../../../src/app/view/rule-items.ts'
import { ruleItems } from '../../../src/app/view/rule-items.ts'
import { renderDigest } from '../../../src/core/compaction/digest-text.ts'
import type { DigestLine } from '../../../src/core/session/generation.ts'
import { SECTIONS } from '../../../src/core/session/generation.ts'

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

test('[APP62] facts are the decisions, quotes, facts and states of the digest, each with its sources', () => {
  const lines = [
    line('p', { section: 'state', label: 'port', text: '7781', sources: [9] }),
    line('f', { text: 'The build takes 40 s.', origin: 'user', sources: [2, 4] }),
    line('r', { section: 'rules', text: 'Use pnpm.' }),
    line('q', { section: 'quotes', text: 'as it was said' }),
    line('d', { section: 'decisions', text: 'We keep SQLite.' }),
    line('g', { section: 'goal' }),
  ]
  const facts = digestItems(lines, FACT_SECTIONS)
  expect(facts.map(({ group }) => group)).toEqual(['Decisions', 'Quotes', 'Facts', 'State'])
  expect(facts[2]).toMatchObject({ sources: [2, 4], notes: ['said by the user'], lines: ['f'] })
  expect(facts[3]).toMatchObject({ title: 'port', detail: '7781', sources: [9] })
  expect(digestItems(lines, RULE_SECTIONS).map(({ detail }) => detail)).toEqual(['Use pnpm.'])
})

test('[APP62] a superseded fact comes last of its kind, is marked, and can be restored', () => {
  const fact = { kind: 'version', value: '1.2', sources: [3], superseded: false }
  const items = factItems([
    { ...fact, id: 'old', superseded: true },
    { ...fact, id: 'new', value: '1.3', sources: [8], label: 'backfold' },
    { ...fact, id: 'path', kind: 'path', value: 'src/a.ts' },
  ])
  expect(items.map(({ id }) => id)).toEqual(['new', 'old', 'path'])
  expect(items[0]).toMatchObject({ title: 'backfold', status: null, actions: ['edit', 'remove'] })
  expect(items[1]).toMatchObject({ status: { text: 'superseded' }, actions: ['restore'] })
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
  const rule: RuleView = {
    id: 'new',
    kind: 'preference',
    quote: 'pnpm instead of yarn',
    sources: [20],
    status: 'in-force',
    isPinned: false,
    origin: 'extracted',
  }
  const [gone, old, now, own] = [
    { ...rule, id: 'gone', status: 'removed' as const },
    { ...rule, id: 'old', quote: 'Use yarn', status: 'superseded' as const, supersededBy: 'new' },
    rule,
    { ...rule, id: 'own', edited: 'Use pnpm 10', isPinned: true, sources: [30] },
  ]
  const items = ruleItems([gone, old, now, own])
  expect(items.map(({ id }) => id)).toEqual(['own', 'new', 'old', 'gone'])
  expect(items[0]).toMatchObject({
    title: 'Preference',
    detail: 'Use pnpm 10',
    editable: 'Use pnpm 10',
    notes: ['said in the session', 'Edited; said was “pnpm instead of yarn”'],
    status: { text: 'pinned' },
    actions: ['edit', 'unpin', 'remove'],
  })
  expect(items[1]).toMatchObject({ status: null, actions: ['edit', 'pin', 'remove'] })
  expect(items[2]).toMatchObject({
    status: { text: 'superseded' },
    notes: ['said in the session', 'Replaced by “pnpm instead of yarn”'],
    actions: ['restore'],
  })
  expect(items[3]?.actions).toEqual(['restore'])
})

test('[APP66] a pad shows goal, steps and how it has done; a demoted one is last', () => {
  const steps = [
    { tool: 'list', arguments: [] },
    {
      tool: 'open',
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
    { tool: 'log in', arguments: [{ path: '$.key', pieces: [{ from: 'secret' }] }] },
    {
      tool: 'huge',
      arguments: [{ path: '$', pieces: [{ from: 'constant', value: 'x'.repeat(9_000) }] }],
    },
  ]
  const pad = {
    name: 'Find it',
    goal: 'Find an order',
    steps,
    successes: 2,
    failures: 1,
    sources: [4],
  }
  const items = padItems([
    { ...pad, id: 'bad', uses: 9, isDemoted: true },
    { ...pad, id: 'good', uses: 3, isDemoted: false },
    { ...pad, id: 'new', uses: 0, successes: 0, isDemoted: false },
  ])
  expect(items.map(({ id }) => id)).toEqual(['good', 'new', 'bad'])
  const rows = items[0]?.detail.split('\n') ?? []
  expect(rows.slice(0, 4)).toEqual([
    'Find an order',
    '1. list',
    '2. open $.id = result 1 $[0].id, $.note = "For " + ⟨order⟩',
    '3. log in $.key = secret',
  ])
  expect(rows[4]?.length).toBeLessThan(500)
  expect(items[0]?.notes).toEqual(['Used 3 times: 2 worked, 1 failed'])
  expect(items[1]?.notes).toEqual(['Not used again yet'])
  expect(items[2]).toMatchObject({ status: { text: 'demoted' }, actions: ['rename', 'delete'] })
})

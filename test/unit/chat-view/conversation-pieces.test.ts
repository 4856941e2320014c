import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ChatItem } from '../../../src/widget/chat/chat.ts'
import {
  announcement,
  spokenText,
} from '../../../src/widget/chat-view/conversation/announcement.ts'
import { foldOver, layOutRows } from '../../../src/widget/chat-view/conversation/lay-out-rows.ts'
import { ARABIC } from '../../../src/widget/chat-view/labels/arabic.ts'
import { ENGLISH } from '../../../src/widget/chat-view/labels/english.ts'
import { GERMAN } from '../../../src/widget/chat-view/labels/german.ts'
import { loadLabels } from '../../../src/widget/chat-view/labels/load-labels.ts'
import { fakeFold, fakeItem, fakeMessage, fakeTalk } from '../../support/fake-chat.ts'

const [one, two, three, four] = [1, 2, 3, 4].map((seq) =>
  fakeItem(fakeMessage(seq, 'user', `${seq}`), { isCovered: seq !== 3, isPinned: seq === 3 }),
)
const items: readonly ChatItem[] = [
  one,
  two,
  fakeFold(1, 2, false),
  three,
  four,
  fakeFold(2, 4),
  fakeItem(fakeMessage(5, 'user', 'five')),
].filter((item) => item !== undefined)

const keys = (open: readonly number[], from: readonly ChatItem[] = items): readonly string[] =>
  layOutRows(from, new Set(open)).rows.map(({ key }) => key)

test('[FLD1, FLD2] each fold hides what it covers, up to the fold before, until it is opened', () => {
  expect(keys([])).toEqual(['fold1', 'm3', 'fold2', 'm5'])
  expect(keys([2])).toEqual(['fold1', 'm3', 'm4', 'fold2', 'm5'])
  expect(keys([1, 2])).toEqual(items.map(({ key }) => key))
  const { isTopHidden } = layOutRows(items, new Set([2]))
  expect(isTopHidden).toBe(true)
  expect(layOutRows(items, new Set([1])).isTopHidden).toBe(false)
})

test('[FLD5] the fold over a message is the next below it', () => {
  expect(foldOver(items, 'm1')).toBe(1)
  expect(foldOver(items, 'm4')).toBe(2)
  expect(foldOver(items, 'm3')).toBeNull()
  expect(foldOver(items, 'm5')).toBeNull()
  expect(foldOver(items, 'none')).toBeNull()
})

test('[FLD1, VIEW1] with all folds open, all items are drawn, whatever they are', () => {
  const anyItem = fc
    .nat(3)
    .chain((kind) =>
      fc
        .nat(1_000)
        .map((n): ChatItem =>
          kind === 0
            ? fakeFold(n, n)
            : kind === 1
              ? { kind: 'branch', key: `b${n}`, from: n, to: n, messages: 1 }
              : fakeItem(fakeMessage(n, 'user', 'x'), { isCovered: kind === 2 }),
        ),
    )
  fc.assert(
    fc.property(fc.array(anyItem), (some) => {
      const folds = some.flatMap((item) => (item.kind === 'fold' ? [item.generation] : []))
      expect(keys(folds, some)).toEqual(some.map(({ key }) => key))
      const closed = new Set(keys([], some))
      const seen = some.filter(
        (item) => !('isCovered' in item && item.isCovered) && item.kind !== 'branch',
      )
      for (const { key } of seen) expect(closed.has(key)).toBe(true)
    }),
  )
})

test('[VIEW5] what is told of an answer: that it begins, all of it, or that it was stopped', () => {
  const quiet = { items: fakeTalk(1), answer: null, failure: null }
  const answer = { phase: 'answering', text: '', reasoning: '', calls: [] } as const
  const growing = { ...quiet, answer: { ...answer, text: 'It' } }
  const done = {
    ...quiet,
    items: [...quiet.items, fakeItem(fakeMessage(2, 'assistant', 'It is.'))],
  }
  expect(announcement(quiet, { ...quiet, answer }, ENGLISH)).toBe(ENGLISH.answerBegins)
  expect(announcement({ ...quiet, answer }, growing, ENGLISH)).toBeNull()
  expect(announcement(growing, done, ENGLISH)).toBe('The answer is finished. It is.')
  expect(announcement(growing, quiet, ENGLISH)).toBe(ENGLISH.answerStopped)
  expect(announcement(quiet, done, ENGLISH)).toBeNull()
  const failure = { title: 'No key.', advice: 'Add one.', said: 'secret', canRetry: true }
  expect(announcement(growing, { ...quiet, failure }, ENGLISH)).toBe('No key. Add one.')
  expect(announcement({ ...quiet, failure }, { ...quiet, failure }, ENGLISH)).toBeNull()
  expect(spokenText(fakeMessage(1, 'assistant', '# A **b** [c](https://d.example) `e`'))).toBe(
    'A b c e',
  )
  expect(spokenText(fakeMessage(1, 'assistant', 'x'.repeat(1_000_000))).length).toBeLessThan(5_000)
})

/** Every word by its path, with the shape of what makes it. */
function shapeOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${path} ${typeof value}`]
  return Object.entries(value).flatMap(([name, inner]) => shapeOf(inner, `${path}.${name}`))
}

test('[VIEW15] the words are complete in each language, with its plural forms and numbers', async () => {
  const isOurs = (path: string): boolean =>
    !/^\.panels\.(?:inspector|timeline|recallBox)\./.test(path)
  const english = shapeOf(ENGLISH).filter(isOurs)
  for (const labels of [GERMAN, ARABIC]) expect(shapeOf(labels).filter(isOurs)).toEqual(english)
  expect(ENGLISH.folded(1)).toBe('1 message folded')
  expect(ENGLISH.folded(1_234)).toBe('1,234 messages folded')
  expect(GERMAN.folded(1_234)).toBe('1.234 Nachrichten gefaltet')
  expect(GERMAN.foldedTokens(18_300, 1_900)).toBe('18.300 → 1.900 Token')
  const arabic = [1, 2, 3, 11, 100].map((value) => ARABIC.folded(value).replace(/\d+|[٠-٩]+/, '#'))
  expect(arabic).toEqual([
    'طُويت رسالة واحدة',
    'طُويت رسالتان',
    'طُويت # رسائل',
    'طُويت # رسالة',
    'طُويت # رسالة',
  ])
  expect(ENGLISH.time(Number.NaN)).toBe('')
  expect(ENGLISH.bytes(12_345)).toBe('12.3 kB')
  expect((await loadLabels('de-AT')).locale).toBe('de')
  expect((await loadLabels('ar')).direction).toBe('rtl')
  expect(await loadLabels('tlh')).toBe(ENGLISH)
})

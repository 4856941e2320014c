import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  extractRules,
  standingRules,
  MAX_RULES_PER_MESSAGE,
} from '../../../../src/core/memory/rules.ts'

function kindOf(text: string): string {
  const [found] = extractRules(text)
  return found?.kind ?? 'nothing'
}

test.each([
  'Always run the tests before you commit.',
  'Never touch the generated files.',
  'Please use tabs.',
  "Don't add dependencies.",
  'From now on answer in one sentence.',
  'I prefer short names.',
  'Benutze nie die alte Schnittstelle.',
  'Du darfst nicht raten.',
  'Ab jetzt bitte nur Deutsch.',
  'Évite les dépendances.',
  'À partir de maintenant, réponds en français.',
  'Il faut tout tester.',
  'Nunca cambies la API.',
  'Asegúrate de probarlo.',
  'Non usare librerie esterne.',
  'Não faça isso sem perguntar.',
  'Никогда не удаляй тесты.',
  '不要修改配置文件。',
  '必ずテストを実行してください。',
])('[RULE1] a standing instruction is quoted verbatim: %s', (sentence) => {
  expect(extractRules(sentence)).toEqual([{ kind: 'rule', quote: sentence }])
  const message = `Hello there. ${sentence} Thank you.`
  expect(extractRules(message).map(({ quote }) => quote)).toContain(sentence)
})

test('[RULE1] what asks, tells or thanks is no rule', () => {
  for (const text of ['The build is green.', 'Thanks, that works.']) {
    expect(kindOf(text), text).toBe('nothing')
  }
  expect(kindOf('Can you read the file?')).toBe('request')
})

test('[RULE1] a long rule is shortened at a word, whatever characters it is made of', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 40 }), (w) => {
      const sentence = `Always ${w.join(' ').replace(/[\s.!?…。！？；|`]+/gu, ' ')} end`
      for (const { quote } of extractRules(sentence)) {
        expect(quote.length).toBeLessThanOrEqual(501)
        expect(quote.isWellFormed()).toBe(true)
        expect(sentence.startsWith(quote.replace(/…$/, ''))).toBe(true)
      }
    }),
  )
})

test.each([
  'Use pnpm instead of npm.',
  'No, that is the old file.',
  'I meant the other table.',
  'Revert the last change.',
  "That's wrong, the port is 8080.",
  'Nein, nimm die andere Datei.',
  'Nimm Vite statt Webpack.',
  'Utilise Vite au lieu de Webpack.',
  'Non, prends l’autre.',
  '用 pnpm 而不是 npm。',
])('[RULE2] a correction is told apart from a rule: %s', (sentence) => {
  expect(extractRules(sentence)).toEqual([{ kind: 'correction', quote: sentence }])
})

test('[RULE2] rules and corrections of one message are both found, in order and once', () => {
  const text = 'Never push. No, I meant the branch dev.\n- Never push.\n1. Always ask first.'
  expect(extractRules(text)).toEqual([
    { kind: 'rule', quote: 'Never push.' },
    { kind: 'correction', quote: 'No, I meant the branch dev.' },
    { kind: 'rule', quote: 'Always ask first.' },
  ])
})

test('[RULE3] code blocks and tables are not read', () => {
  const text = [
    'Always be brief.',
    '```',
    'Never mind: you must always return.',
    '```',
    '| never | always |',
    'Never guess.',
  ].join('\n')
  expect(extractRules(text).map(({ quote }) => quote)).toEqual(['Always be brief.', 'Never guess.'])
  const data = `never${'x'.repeat(300)}`
  expect(extractRules(data)).toEqual([])
})

test('[RULE3] one message gives a bounded number, from its two ends where it is long', () => {
  const lines = Array.from({ length: 200 }, (_, index) => `Never do thing ${index}.`)
  expect(extractRules(lines.join('\n'))).toHaveLength(MAX_RULES_PER_MESSAGE)
  const filler = 'The text goes on and on.\n'.repeat(3_000)
  const long = `Always start here.\n${filler}Never in the middle.\n${filler}Always end here.`
  expect(extractRules(long).map(({ quote }) => quote)).toEqual([
    'Always start here.',
    'Always end here.',
  ])
})

test('[RULE4] of a long message the two ends are read, where people say what they want', () => {
  const pasted = 'Line of a log that never ends.\n'.repeat(200)
  const text = `Never touch the lock file.\n${pasted}\nAlways ask first.\n`
  const quotes = extractRules(`${text}`).map(({ quote }) => quote)
  expect(quotes).toContain('Never touch the lock file.')
  expect(quotes).toContain('Always ask first.')
  const middle = `${pasted}\nNever do what is hidden here.\n${pasted}`
  expect(extractRules(middle).map(({ quote }) => quote)).not.toContain(
    'Never do what is hidden here.',
  )
})

test.each([
  'Please add a test.',
  'Can you look at the logs?',
  'I need the old file back.',
  "I don't know where it is.",
  'Bitte schau in die Datei.',
  '请帮我找一家餐馆。',
])('[RULE5] %s is asked for once', (text) => {
  expect(kindOf(text)).toBe('request')
  expect(standingRules(text)).toEqual([])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  likeness,
  suspectLoss,
  tellingWords,
  type Suspicion,
} from '../../../../src/core/memory/loss-cues.ts'
import type { Draft, Part, Role } from '../../../../src/core/session/message.ts'
import { assistant, system, user } from '../../../support/build-log.ts'
import { ORDINARY_SENTENCES } from './ordinary-sentences.ts'

function suspect(role: Role, text: string): Suspicion | undefined {
  return suspectLoss({ role, parts: [{ type: 'text', text }] })
}

/** What people say when they have said it before, by language. */
const SAID_AGAIN: Readonly<Record<string, readonly string[]>> = {
  English: [
    'I already told you to use port 8081.',
    'I told you before: no semicolons.',
    'As I said, the port is 8081.',
    'Like I told you, no semicolons.',
    'I’ve already mentioned that.',
    'I have already sent you the file.',
    'How many times do I have to tell you?',
    'You forgot what I asked for.',
    'You’ve forgotten that we use tabs.',
    'Did you forget my rule about tabs?',
    'You forgot.',
    'Remember what I said about the schema?',
  ],
  German: [
    'Das habe ich dir doch schon gesagt.',
    'Das hab ich bereits erwähnt.',
    'Das hatte ich schon mal gesagt.',
    'Wie gesagt, der Port ist 8081.',
    'Wie ich schon erwähnt habe, nur Tabs.',
    'Du hast meine Regel vergessen.',
    'Hast du vergessen, dass wir Tabs nehmen?',
  ],
  French: [
    'Je te l’ai déjà dit.',
    "Je t'ai déjà dit que c'est le port 8081.",
    'Je vous ai déjà expliqué le format.',
    "Comme je l'ai dit, le port est 8081.",
    "Tu as oublié ce que j'ai demandé.",
  ],
  Spanish: [
    'Ya te lo dije: usa el puerto 8081.',
    'Como te dije, el puerto es 8081.',
    'Olvidaste lo que te pedí.',
    '¿Has olvidado mi regla?',
    'Se te olvidó que usamos tabuladores.',
  ],
  Italian: [
    'Te l’ho già detto.',
    'Come ho già detto, la porta è 8081.',
    'Hai dimenticato la mia regola.',
  ],
  Portuguese: [
    'Eu já te disse isso.',
    'Como eu já disse, a porta é 8081.',
    'Você esqueceu que usamos tabulação.',
  ],
  Russian: [
    'Я уже говорил: порт 8081.',
    'Я тебе уже говорила про порт.',
    'Как я уже сказал, порт 8081.',
    'Ты забыла, что мы договорились.',
  ],
  Chinese: [
    '我已经说过了，端口是8081。',
    '我之前告诉过你用制表符。',
    '我早就跟你说过端口是8081。',
    '你是不是忘了我说的话？',
  ],
  Japanese: [
    'さっき言ったとおり、ポートは8081です。',
    'もう言いましたよね。',
    '前に伝えたはずです。',
    '忘れたんですか。',
  ],
}

/** What a model says when it asks for what it was given, by language. */
const ASKED_FOR: Readonly<Record<string, readonly string[]>> = {
  English: [
    'Could you remind me which port you use?',
    'Would you please paste the config file again?',
    'Could you please provide it again so that I can proceed?',
    'I no longer have your earlier messages.',
    'I don’t see the original request in this conversation.',
    'I do not remember which file you meant.',
    'What was the port again?',
    'Can you repeat the question?',
    'Could you resend the file?',
    'Remind me which branch we are on.',
  ],
  German: [
    'Könnten Sie mir den Port noch einmal nennen?',
    'Kannst du mir die Datei nochmal schicken?',
    'Kannst du wiederholen, was du wolltest?',
    'Ich erinnere mich nicht an diese Regel.',
  ],
  French: [
    'Pouvez-vous me rappeler le numéro du port ?',
    'Pourriez-vous répéter la question ?',
    "Je n'ai plus accès à nos échanges.",
  ],
  Spanish: [
    '¿Podrías recordarme el puerto?',
    '¿Puedes repetir lo que pediste?',
    'Ya no tengo acceso a los mensajes.',
  ],
  Italian: ['Potresti ricordarmi la porta?'],
  Portuguese: ['Você pode me lembrar qual é a porta?', 'Pode repetir o que pediu?'],
  Russian: ['Напомните мне, какой порт?', 'Могли бы вы повторить, что нужно сделать?'],
  Chinese: ['请再告诉我端口号。', '能否再说一遍？', '麻烦您重新发给我。'],
  Japanese: ['ポート番号をもう一度教えてください。'],
}

function listed(
  byLanguage: Readonly<Record<string, readonly string[]>>,
): readonly (readonly [string, string])[] {
  return Object.entries(byLanguage).flatMap(([language, sentences]) =>
    sentences.map((sentence) => [language, sentence] as const),
  )
}

test.each(listed(SAID_AGAIN))(
  '[PROB2] a person who says that it was said before, %s: %s',
  (_, text) => {
    expect(suspect('user', text)).toMatchObject({ kind: 'said-again', quotes: [text] })
    // The sentence is found among others.
    const among = `Good morning.\n${text}\nThe build is green.`
    expect(suspect('user', among)).toMatchObject({ kind: 'said-again', quotes: [text] })
    // The model may repeat itself: that is no loss.
    expect(suspect('assistant', text)?.kind).not.toBe('said-again')
  },
)

test.each(listed(ASKED_FOR))(
  '[PROB2] a model that asks for what it was told, %s: %s',
  (_, text) => {
    expect(suspect('assistant', text)).toMatchObject({ kind: 'asked-for', quotes: [text] })
    const among = `I read the file.\n${text}\nThen I go on.`
    expect(suspect('assistant', among)).toMatchObject({ kind: 'asked-for', quotes: [text] })
    expect(suspect('user', text)?.kind).not.toBe('asked-for')
  },
)

test('[PROB2] ordinary talk about code and with customers is not suspicious', () => {
  expect(ORDINARY_SENTENCES.length).toBeGreaterThanOrEqual(40)
  for (const sentence of ORDINARY_SENTENCES) {
    expect(suspect('user', sentence)?.kind, sentence).not.toBe('said-again')
    expect(suspect('assistant', sentence), sentence).toBeUndefined()
  }
  const all = ORDINARY_SENTENCES.join('\n')
  expect(all.length).toBeLessThan(8_000)
  expect(suspect('assistant', all)).toBeUndefined()
})

test('[PROB2] a person who states rules is suspected to repeat them', () => {
  expect(suspect('user', 'Never touch the lock file. The build is green. Use npm ci.')).toEqual({
    kind: 'rule-repeated',
    quotes: ['Never touch the lock file.'],
    words: ['never', 'touch'],
  })
  const again = 'As I said, never touch the lock file.'
  expect(suspect('user', again)).toMatchObject({ kind: 'said-again', quotes: [again] })
  expect(suspect('assistant', 'Never touch the lock file.')).toBeUndefined()
})

test('[PROB2] only what people and models say themselves is looked at', () => {
  const cue = 'As I said, could you remind me which port you use?'
  const parts: readonly Part[] = [
    { type: 'reasoning', text: cue },
    { type: 'tool-call', callId: 'a', name: 'say', input: cue },
    { type: 'tool-result', callId: 'a', output: cue },
  ]
  for (const part of parts) {
    for (const role of ['user', 'assistant'] as const) {
      expect(suspectLoss({ role, parts: [part] })).toBeUndefined()
      const said: Part = { type: 'text', text: cue }
      expect(suspectLoss({ role, parts: [part, said] })?.quotes).toEqual([cue])
    }
  }
  const others: readonly Draft[] = [system(cue), { role: 'tool', parts: user(cue).parts }]
  for (const other of others) expect(suspectLoss(other)).toBeUndefined()
  expect(suspectLoss(user(''))).toBeUndefined()
  expect(suspectLoss(assistant('```\nWhat was the port again?\n```'))).toBeUndefined()
})

test('[PROB2] of a long message the beginning is read', () => {
  const filler = 'The build is green. '.repeat(395)
  expect(suspect('user', `${filler}As I said, port 8081.`)?.kind).toBe('said-again')
  expect(suspect('user', `${filler}${filler}As I said, port 8081.`)).toBeUndefined()
})

test('[PROB2] suspecting is total', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('user', 'assistant'),
      fc.string({ unit: 'binary' }),
      (role, text) => {
        const suspicion = suspect(role, text)
        if (suspicion) expect(suspicion.quotes.length).toBeGreaterThan(0)
      },
    ),
  )
})

test('[PROB4] the words to look for tell what it is about, without the words of the cue', () => {
  const wordsOf = (role: Role, text: string): readonly string[] | undefined =>
    suspect(role, text)?.words
  expect(wordsOf('user', 'I already told you: port 8081 in src/db.ts for staging.')).toEqual([
    '8081',
    'src/db.ts',
    'staging',
  ])
  expect(wordsOf('user', 'Das habe ich dir bereits gesagt: Hafen Bremerhaven.')).toEqual([
    'hafen',
    'bremerhaven',
  ])
  expect(wordsOf('assistant', 'Could you please provide the schema again?')).toEqual(['schema'])
  // Nothing is left to look for, so nothing can be held against the fold.
  expect(wordsOf('user', 'I already told you that before.')).toEqual([])
  expect(wordsOf('assistant', 'I cannot remember. Could you please remind me?')).toEqual([])
})

test('[PROB4] long words, and such with digits or signs, tell what a text is about', () => {
  expect(tellingWords('Use port 8081 in a.ts for the staging-db, not v2')).toEqual([
    '8081',
    'a.ts',
    'staging-db',
    'v2',
  ])
  expect(tellingWords('端口 is open')).toEqual(['端口'])
  expect(tellingWords('')).toEqual([])
})

test('[PROB3] rules are alike by the words that they share', () => {
  expect(likeness('Never touch the lock file.', 'please never touch the lock file')).toBe(1)
  expect(likeness('- “Never touch the lock file.” (#3)', 'Never touch the lock file!')).toBe(1)
  expect(likeness('Use tabs in every file', 'Use tabs in tests')).toBe(0.75)
  expect(likeness('Never touch the lock file', 'Answer in German')).toBe(0)
  // One word in common is not enough to be alike.
  expect(likeness('Tabs!', 'Tabs.')).toBeCloseTo(1 / 3)
  expect(likeness('', '')).toBe(0)
})

test('[PROB3] rules are compared in scripts without spaces too', () => {
  expect(likeness('“不要修改配置文件。” (#1)', '不要修改配置文件')).toBe(1)
  expect(likeness('请不要修改任何配置文件', '不要修改配置文件')).toBeGreaterThan(0.6)
  expect(likeness('不要修改配置文件', '必须运行所有测试')).toBe(0)
  expect(likeness('必ずテストを実行する', '必ずテストを実行してください')).toBeGreaterThan(0.6)
})

test('[PROB3] likeness is a share, and the same both ways', () => {
  const text = fc.oneof(fc.lorem({ maxCount: 12 }), fc.string({ unit: 'grapheme', maxLength: 60 }))
  fc.assert(
    fc.property(text, text, (one, other) => {
      const alike = likeness(one, other)
      expect(alike).toBe(likeness(other, one))
      expect(alike).toBeGreaterThanOrEqual(0)
      expect(alike).toBeLessThanOrEqual(1)
      expect(likeness(one, one)).toBeGreaterThanOrEqual(alike)
    }),
  )
})

/** What a text is made of over and over, so that cues begin at every place and end at none. */
const BEGINNINGS: readonly string[] = [
  ...['i have already ', 'i said ', 'how many times do i ', 'you forgot ', 'did you forget\t'],
  ...[
    'du hast ',
    'haben sie das ',
    'hast du meine ',
    'je te ',
    'tu as ',
    'te olvidaste de ',
    'ti ',
  ],
  ...['você já se ', 'я тебе уже ', 'вы уже ', '我已经', '你是不是', '前に', 'もう', '忘れ'],
  ...['could you please paste ', 'i don’t see ', 'what was ', 'kannst du ', 'ich habe '],
  ...['pouvez-vous ', 'je n’ai plus accès à ', 'podría ', 'ya no tengo ', 'potrebbe ', 'pode '],
  ...[
    '请再',
    'もう一度',
    'напомни, пожалуйста, ',
    'not ',
    'use ',
    'replace ',
    'n’',
    'ne  ',
    'stop ',
  ],
  ...[' ', '\t', '. ', '…', '\n', '- ', '`', '```', 'a', 'a.', '1. ', '| ', '😀', 'e\u0301', '\0'],
]
const ADVERSARIAL_LENGTH = 100_000
/** Measured are at most 4; a pattern that is tried from every place to the end needs some 200. */
const MOST_TIMES_SLOWER = 25

/** Milliseconds of the fastest of several runs: what others do on the machine only ever adds. */
function fastest(work: () => unknown): number {
  const runs = Array.from({ length: 5 }, () => {
    const start = performance.now()
    work()
    return performance.now() - start
  })
  return Math.min(...runs)
}

function countSpaces(text: string): number {
  let spaces = 0
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === 32) spaces += 1
  return spaces
}

test('[PROB2] no text makes suspecting or comparing much slower than reading it', () => {
  for (const beginning of BEGINNINGS) {
    const text = beginning.repeat(ADVERSARIAL_LENGTH / beginning.length)
    const plain = fastest(() => countSpaces(text))
    for (const role of ['user', 'assistant'] as const) {
      const ratio = fastest(() => suspect(role, text)) / plain
      expect(ratio, `${role}: ${beginning}`).toBeLessThan(MOST_TIMES_SLOWER)
    }
    expect(fastest(() => likeness(text, text)) / plain, beginning).toBeLessThan(MOST_TIMES_SLOWER)
    expect(fastest(() => tellingWords(text)) / plain, beginning).toBeLessThan(MOST_TIMES_SLOWER)
  }
})

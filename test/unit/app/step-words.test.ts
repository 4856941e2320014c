import { expect, test } from 'vitest'
import {
  commandsFor,
  costText,
  describeLadderEvent,
  describeStep,
  describeTest,
  describeTrial,
} from '../../../src/app/view/step-words.ts'
import type { SummariserState } from '../../../src/protocol/summariser-state.ts'
import type { SummariserStep } from '../../../src/protocol/summariser-status.ts'

const STEP: SummariserStep = {
  name: 'openai-compatible:llama3.2',
  kind: 'openai-compatible',
  provider: 'openai-compatible:localhost:11434',
  isLocal: true,
  contextTokens: 8_192,
  state: { status: 'open' },
  spend: { calls: 0, tokens: 0 },
  ms: 0,
  load: null,
}

test('[APP93] a step tells who answers, where its questions go and what they cost', () => {
  expect(describeStep(STEP, 0)).toEqual({
    tone: 'quiet',
    badge: 'not asked yet',
    about: 'OpenAI-compatible, localhost:11434, window of 8.2k tokens',
    place: 'Stays on this device.',
    line: null,
    advice: null,
    progress: null,
    leftAlone: null,
    cost: 'no calls yet',
  })
  const asked = { ...STEP, isLocal: false, spend: { calls: 3, tokens: 4_200 }, ms: 2_400 }
  expect(describeStep(asked, 0)).toMatchObject({
    tone: 'good',
    badge: 'in use',
    place: 'What is folded is sent there, with secrets masked.',
    cost: '3 calls, 4.2k tokens, 2.4 s',
  })
  expect(costText({ calls: 1, tokens: 9 }, 10)).toBe('1 call, 9 tokens, 10 ms')
})

test('[APP93] a step that is left alone tells why, how long, and what to do', () => {
  const why = { since: 1_000, code: 'server', reason: 'the server is down' } as const
  const cooling = { ...STEP, state: { status: 'cooling', forMs: 30_000, ...why } } as const
  expect(describeStep(cooling, 11_000)).toMatchObject({
    tone: 'bad',
    badge: 'resting',
    leftAlone: 'Left alone for 20 s: the server is down',
  })
  expect(describeStep(cooling, 11_000).advice).toMatch(/asked again by itself/)
  // Its time is over, or the clock was set back: it may be asked.
  for (const now of [31_000, 60_000, 0]) {
    expect(describeStep(cooling, now)).toMatchObject({ leftAlone: null, tone: 'quiet' })
  }
  expect(describeStep({ ...STEP, state: { status: 'closed', ...why } }, 9e9)).toMatchObject({
    badge: 'left alone',
    leftAlone: 'Left alone until you reset it: the server is down',
  })
})

test('[APP93] a model that has to be here first tells how far it is', () => {
  const load: SummariserState = { kind: 'downloading', share: 0.5, bytes: 2_000_000 }
  const webllm = { ...STEP, kind: 'webllm', provider: 'webllm', load } as const
  expect(describeStep(webllm, 0)).toMatchObject({
    about: 'WebLLM, window of 8.2k tokens',
    tone: 'busy',
    badge: 'downloading',
    line: 'Downloading 50% of 2 MB',
    progress: 0.5,
  })
})

test('[APP94] a test tells its answer, or its failure and what to do', () => {
  const spend = { calls: 1, tokens: 25 }
  expect(describeTest({ kind: 'answered', text: 'ready', ms: 340, spend })).toEqual({
    isGood: true,
    text: 'Answered in 340 ms, 25 tokens',
    detail: 'ready',
  })
  const failed = { kind: 'failed', code: 'unauthorised', reason: 'it refused the key' } as const
  expect(describeTest({ ...failed, ms: 20 })).toEqual({
    isGood: false,
    text: 'No answer after 20 ms: it refused the key',
    detail: 'The key is missing or wrong. Enter it again.',
  })
})

test('[APP95] a step down and a trial are told with reason and cost', () => {
  const down = { kind: 'down', from: 'a', to: 'built-in', reason: 'gone', at: 0 } as const
  expect(describeLadderEvent(down)).toMatch(/^\d\d:\d\d:\d\d down from a to built-in: gone$/)
  const trial = { name: 'a', lines: [], notes: [], spend: { calls: 2, tokens: 900 }, ms: 1_000 }
  expect(describeTrial({ ...trial, dropped: 0 })).toBe('0 lines. Cost: 2 calls, 900 tokens, 1 s.')
  expect(describeTrial({ ...trial, dropped: 3 })).toMatch(/^0 lines, 3 dropped by the checks\./)
})

test.each<readonly [SummariserState | null, readonly string[]]>([
  [null, []],
  [{ kind: 'needs-download', bytes: 880_000_000 }, ['load Download 880 MB and load']],
  [{ kind: 'needs-download' }, ['load Download and load']],
  [{ kind: 'downloading' }, ['pause Pause download']],
  [{ kind: 'paused' }, ['resume Resume download', 'remove Delete download']],
  [{ kind: 'available' }, ['load Load now', 'remove Delete download']],
  [{ kind: 'loading' }, []],
  [{ kind: 'ready' }, ['unload Unload', 'remove Delete download']],
  [{ kind: 'failed', code: 'unavailable', reason: '' }, ['load Try to load again']],
  [
    { kind: 'failed', code: 'offline', reason: '' },
    ['load Try to load again', 'remove Delete download'],
  ],
])('[APP96] a model that is %o is offered %o', (load, buttons) => {
  const shown = (kind: SummariserStep['kind']): readonly string[] =>
    commandsFor({ ...STEP, kind, load }).map(({ command, name }) => `${command} ${name}`)
  expect(shown('webllm')).toEqual(buttons)
  // The browser keeps its own model.
  expect(shown('browser-ai')).toEqual(buttons.filter((text) => text.startsWith('load ')))
})

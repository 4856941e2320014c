import type { ReactElement } from 'react'
import { adoptChatStyles } from '../../src/widget/chat-view/styles/chat-styles.ts'
import type { DigestLine } from '../../src/core/session/generation.ts'
import type { FakeChat } from '../support/fake-chat.ts'
import {
  createFakeChat,
  fakeFold,
  fakeGeneration,
  fakeItem,
  fakeMessage,
  fakeSessionState,
  fakeTalk,
} from '../support/fake-chat.ts'
import type { Drawn } from './draw.tsx'
import { draw } from './draw.tsx'

export const DIGEST: readonly DigestLine[] = [
  { id: 'a', section: 'goal', text: 'Build a parser.', sources: [1], tokens: 5, salience: 1 },
  { id: 'b', section: 'rules', text: 'Be short.', sources: [2, 3], tokens: 5, salience: 1 },
]

const CALL = { callId: 'c', name: 'read_file', summary: '{"path":"a.ts"}' } as const

/** A chat in which everything happens that can be drawn. */
export function fullChat(): FakeChat {
  const talk = fakeTalk(6).map((item) => ({ ...item, isCovered: true }))
  const line = { ...CALL, status: 'done', seq: 8, resultSeq: 9 } as const
  const answer =
    '# Plan\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```ts\nlet a\n```\n\n- [x] $x^2$ [a](https://a.b)'
  const chat = createFakeChat({
    session: fakeSessionState({ generation: 1, mark: 6 }),
    items: [
      ...talk,
      fakeFold(1, 6),
      fakeItem(fakeMessage(7, 'user', 'Read **it**.'), { isPinned: true }),
      { kind: 'tools', key: 't8', calls: [line], isCovered: false },
      { kind: 'branch', key: 'b10', from: 10, to: 12, messages: 3 },
      fakeItem(fakeMessage(13, 'assistant', answer), { isNewest: true }),
      { kind: 'queued', key: 'q1', text: 'Later, please.', attachments: [] },
    ],
    failure: { title: 'No key.', advice: 'Add one.', said: '<b>401</b>', canRetry: true },
  })
  chat.behind.generations = [fakeGeneration(1, 6, DIGEST)]
  const result = { type: 'tool-result', callId: 'c', output: '<i>text</i> of a.ts' } as const
  const call = {
    type: 'tool-call',
    callId: 'c',
    name: 'read_file',
    input: '{"path":"a.ts"}',
  } as const
  chat.behind.messages = [
    fakeMessage(8, 'assistant', [call]),
    fakeMessage(9, 'tool', [result]),
    ...[10, 11, 12].map((seq) => fakeMessage(seq, 'user', `left ${seq}`, { active: false })),
  ]
  return chat
}

/** Where a conversation is drawn in a test. */
export interface BoxProps {
  readonly theme?: string
  readonly width?: number
  readonly height?: number
  readonly children: ReactElement
}

export function Box({
  theme = 'light',
  width = 700,
  height = 500,
  children,
}: BoxProps): ReactElement {
  const size = { inlineSize: width, blockSize: height, display: 'grid' }
  return (
    <main data-backfold-theme={theme} style={size}>
      {children}
    </main>
  )
}

export function show(node: ReactElement, box: Omit<BoxProps, 'children'> = {}): Drawn {
  adoptChatStyles(document)
  return draw(<Box {...box}>{node}</Box>)
}

export const isAtEnd = (page: Drawn): boolean => {
  const { scrollTop, scrollHeight, clientHeight } = page.part('.bf-scroller')
  return scrollHeight - clientHeight - scrollTop < 4
}

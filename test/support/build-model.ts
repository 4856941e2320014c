import type { AbortSignalLike } from '../../src/core/ports/abort-signal-like.ts'
import type { Clock } from '../../src/core/ports/clock.ts'
import type {
  LanguageModel,
  LanguageModelInfo,
  ModelReply,
  ModelRequest,
} from '../../src/core/ports/language-model.ts'
import type { SummariserPorts } from '../../src/engine/block-for-model.ts'
import { stampDraft, appendToLog } from '../../src/core/session/append.ts'
import type { Draft, Message } from '../../src/core/session/message.ts'
import { buildSession } from './build-log.ts'

/** A token is four characters, about as in English. */
export function countQuarters(text: string): number {
  return Math.ceil(text.length / 4)
}

/** The messages of drafts, counted as {@link countQuarters} does. */
export function buildMessages(drafts: readonly Draft[]): readonly Message[] {
  const stamped = drafts.map((draft, index) =>
    stampDraft(draft, { id: `m${index + 1}`, at: 0, count: countQuarters }),
  )
  return appendToLog(buildSession(), stamped).messages
}

/** A model that answers what a test says, and keeps what it was asked. */
export interface ScriptedModel extends LanguageModel {
  readonly requests: readonly ModelRequest[]
}

type Answer = string | ModelReply

export function createScriptedModel(
  answer: (
    request: ModelRequest,
    call: number,
    signal: AbortSignalLike,
    onText: ((text: string) => void) | undefined,
  ) => Answer | Promise<Answer>,
  info: Partial<LanguageModelInfo> = {},
): ScriptedModel {
  const requests: ModelRequest[] = []
  return {
    info: {
      name: 'scripted',
      provider: 'test',
      contextTokens: 4_096,
      slots: 1,
      isLocal: true,
      isConstrained: false,
      ...info,
    },
    requests,
    async generate(request, signal, onText) {
      requests.push(request)
      const said = await answer(request, requests.length, signal, onText)
      return typeof said === 'string' ? { kind: 'answered', text: said, isWhole: true } : said
    },
    close: async () => {},
  }
}

/** Time in which no deadline ever comes, unless told otherwise. */
export function createSummariserPorts(clock?: Clock): SummariserPorts {
  let issued = 0
  return {
    clock: clock ?? {
      now: () => 0,
      delay: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('cancelled')), { once: true })
        }),
    },
    random: { id: () => `nonce-${String((issued += 7919) * 104_729).padStart(14, '5')}` },
    count: countQuarters,
  }
}

/** The numbers of the messages that a question shows. */
export function seqsIn({ prompt }: ModelRequest): readonly number[] {
  return [...prompt.matchAll(/^#(\d+) /gm)].map(([, seq]) => Number(seq))
}

/** The names of the earlier notes that a question shows. */
export function namesIn({ prompt }: ModelRequest): readonly string[] {
  return [...prompt.matchAll(/^(n\d+) \(/gm)].map(([, name = '']) => name)
}

import type { Role } from '../../../core/session/message.ts'
import type { Section } from '../../../core/session/generation.ts'
import type { ChatAnswer, ChatFailure, ToolLine } from '../../chat/chat.ts'
import type { GaugeLabels } from '../../blocks/context-gauge.tsx'
import type { TimelineLabels } from '../../blocks/generation-timeline.tsx'
import type { InspectorLabels } from '../../blocks/context-inspector.tsx'
import type { RecallBoxLabels } from '../../blocks/recall-box.tsx'

/** All that the conversation and its panels say, in one language. */
export interface ChatLabels {
  /** BCP 47 tag of the language they are in. */
  readonly locale: string
  readonly direction: 'ltr' | 'rtl'
  readonly conversation: string
  readonly loading: string
  readonly loadingOlder: string
  readonly emptyTitle: string
  readonly emptyText: string
  readonly toEnd: string
  readonly newBelow: string

  /** Who speaks. */
  readonly roles: Readonly<Record<Role, string>>
  /** Names a message for screen readers. */
  readonly messageBy: (who: string, time: string) => string
  readonly pinned: string
  readonly covered: string
  readonly leftBehind: string
  readonly stopped: string
  readonly brokeOff: string
  readonly nothingSaid: string

  readonly actions: string
  readonly copy: string
  readonly copied: string
  readonly edit: string
  readonly regenerate: string
  readonly retry: string
  readonly goodAnswer: string
  readonly badAnswer: string
  readonly pin: string
  readonly unpin: string
  readonly more: string
  readonly dismiss: string
  readonly cancel: string
  readonly save: string
  readonly remove: string
  readonly close: string

  readonly reasoning: string
  readonly phases: Readonly<Record<ChatAnswer['phase'], string>>
  readonly toolStatus: Readonly<Record<ToolLine['status'], string>>
  readonly toolArguments: string
  readonly toolResult: string
  readonly noResult: string
  readonly openTool: (name: string) => string
  readonly attachment: (name: string, size: string) => string
  readonly unnamedFile: string
  readonly queued: string
  readonly unqueue: string
  readonly failed: string
  /** Why there is no answer: what happened, and what to do about it. */
  readonly failureWords: (failure: ChatFailure) => readonly [title: string, advice: string]
  readonly said: string

  readonly codeIn: (language: string) => string
  readonly plainCode: string
  readonly copyCode: string
  readonly showAll: (lines: number) => string
  readonly showLess: string
  readonly showRest: (characters: number) => string
  readonly table: string
  readonly imageFrom: (host: string) => string
  readonly image: string
  readonly loadImage: string
  readonly imageFailed: string
  readonly task: (isDone: boolean) => string

  readonly folded: (messages: number) => string
  readonly foldedTokens: (before: number, after: number) => string
  readonly showFold: string
  readonly hideFold: string
  readonly digest: string
  readonly showOriginals: string
  readonly hideOriginals: string
  readonly sections: Readonly<Record<Section, string>>
  readonly source: (seq: number) => string
  readonly openSource: (seq: number) => string
  readonly editLine: string
  readonly removeLine: string
  readonly lineText: string
  readonly rollBack: string
  readonly rollBackAsk: (messages: number) => string
  readonly rolledBack: string
  readonly notRolledBack: (reason: string) => string
  readonly notSaved: string
  readonly notRead: string
  readonly branchOf: (messages: number) => string
  readonly show: string
  readonly hide: string

  /** Told to screen readers. */
  readonly answerBegins: string
  readonly answerFinished: (text: string) => string
  readonly answerStopped: string

  readonly count: (value: number) => string
  readonly bytes: (bytes: number) => string
  readonly time: (at: number) => string
  readonly fullTime: (at: number) => string
  readonly error: (message: string) => string

  /** Words of the panels. */
  readonly panels: PanelLabels
}

export interface PanelLabels {
  readonly context: string
  readonly generations: string
  readonly recall: string
  readonly gauge: GaugeLabels
  readonly inspector: Partial<InspectorLabels>
  readonly timeline: Partial<TimelineLabels>
  readonly recallBox: Partial<RecallBoxLabels>
}

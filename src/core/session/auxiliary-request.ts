/** How a request asks, beside its messages. */
export interface RequestManner {
  readonly isStream: boolean
  readonly model?: string
  readonly maxAnswerTokens?: number
}

/** Characters of a message that are read for what it asks for, at each end. */
const READ_ENDS = 600

/** Answers as short as this are no turns of a conversation, unless all of them are. */
const SHORT_ANSWER_TOKENS = 128

const TASK =
  /\b(?:titles?|headline|topic|subject line|tags?|keywords|follow[- ]?up questions?|emoji|summar(?:y|i[sz]e|i[sz]ing)|titel|titre|t[ií]tulo|titolo|zusammenfassung|r[ée]sum[ée]|resumen)\b|标题|主题|总结|概括|タイトル|要約|제목|요약|заголовок/i
const ABOUT =
  /\b(?:conversation|chat|dialog(?:ue)?|discussion|messages? above|history|above|this (?:thread|session)|gespr[äa]ch|unterhaltung|conversaci[óo]n|conversazione|conversa)\b|对话|会话|聊天|这句话|会話|チャット|대화|диалог|бесед/i
const OWN_TASK = /^\s*#{1,4}\s*task\b/im

/**
 * Whether a request may not be a turn of its conversation: apps ask for titles, tags, follow-up questions and
 * summaries of their own with the history of the chat. A guess; what is guessed wrongly is only recorded one turn
 * later.
 *
 * @param newest - Text of the newest message if a person or app says it, else empty.
 * @param usual - How the conversation's turns ask, once one is known.
 * @see SPEC.md rule HIST7
 */
export function mayBeAuxiliary(
  newest: string,
  manner: RequestManner,
  usual: RequestManner | undefined,
): boolean {
  const ends =
    newest.length <= 2 * READ_ENDS
      ? newest
      : `${newest.slice(0, READ_ENDS)}\n${newest.slice(-READ_ENDS)}`
  if (OWN_TASK.test(ends) || (TASK.test(ends) && ABOUT.test(ends))) return true
  const isShort = (manner.maxAnswerTokens ?? Infinity) <= SHORT_ANSWER_TOKENS
  if (!usual) return false
  if (isShort && (usual.maxAnswerTokens ?? Infinity) > SHORT_ANSWER_TOKENS) return true
  return usual.isStream && !manner.isStream
}

import { isRecallTool } from '../recall-tool-names.ts'
import { createSeam, dataOf, fields, list, parse, type Splicer, withData } from './splicer.ts'

type Fields = Readonly<Record<string, unknown>>

/** Joins streams of Gemini, whose events stand each for itself. */
export function createGeminiSplicer(): Splicer {
  const seam = createSeam()
  let responseId: unknown
  let isFirst = true
  let isWhole = false

  const partsOf = (candidate: unknown): readonly Fields[] =>
    list(fields(fields(candidate)['content'])['parts']).map(fields)
  const sew = (part: Fields): Fields => {
    const { text, thought } = part
    return typeof text !== 'string' || thought === true ? part : { ...part, text: seam.told(text) }
  }
  const withParts = (
    data: Fields,
    take: (parts: readonly Fields[]) => readonly Fields[],
  ): Fields => ({
    ...data,
    ...(responseId !== undefined && { responseId }),
    candidates: list(data['candidates']).map((candidate) => ({
      ...fields(candidate),
      content: { ...fields(fields(candidate)['content']), parts: take(partsOf(candidate)) },
    })),
  })

  return {
    look(event) {
      const data = parse(dataOf(event))
      if (!data) return 'open'
      responseId ??= data['responseId']
      const candidates = list(data['candidates'])
      if (candidates.length > 1) return 'host'
      const { finishReason, index } = fields(candidates[0])
      if (typeof index === 'number' && index > 0) return 'host'
      isWhole ||= finishReason != null
      const called = partsOf(candidates[0]).filter((part) => 'functionCall' in part)
      if (called.length === 0) return 'open'
      const isOurs = called.every((part) => isRecallTool(fields(part['functionCall'])['name']))
      return isOurs ? 'ours' : 'host'
    },
    write(event) {
      const data = parse(dataOf(event))
      if (!data) return event
      const sewn = withParts(data, (parts) => parts.map(sew))
      return isFirst ? event : withData(event, sewn)
    },
    withoutCalls(event) {
      const data = parse(dataOf(event)) ?? {}
      const parts = partsOf(list(data['candidates'])[0])
      const said = parts.filter((part) => !('functionCall' in part) && part['text'] !== '')
      if (said.length === 0) return ''
      const { usageMetadata: _, ...rest } = withParts(data, () => said.map(sew))
      const open = list(rest['candidates']).map((candidate) => {
        const { finishReason: _reason, ...own } = fields(candidate)
        return own
      })
      return withData(event, { ...rest, candidates: open })
    },
    next() {
      isFirst = false
      isWhole = false
      seam.next()
    },
    isWhole: () => isWhole,
  }
}

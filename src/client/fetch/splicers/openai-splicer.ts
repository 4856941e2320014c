import { isRecallTool } from '../recall-tool-names.ts'
import {
  createSeam,
  dataOf,
  fields,
  list,
  parse,
  type Share,
  type Splicer,
  withData,
} from './splicer.ts'

/** Joins streams of chat completions: one id, and one end. */
export function createOpenAiSplicer(): Splicer {
  const seam = createSeam()
  let id: unknown
  let isFirst = true
  let isWhole = false
  let names = new Map<unknown, boolean>()

  const shareOf = (call: unknown): Share => {
    const { index, function: called } = fields(call)
    const { name } = fields(called)
    if (typeof name === 'string' && name !== '') names.set(index, isRecallTool(name))
    return names.get(index) === true ? 'ours' : 'host'
  }
  const rewrite = (event: string, isWithCalls: boolean): string => {
    const chunk = parse(dataOf(event))
    if (!chunk) return event
    const choices = list(chunk['choices']).map((choice) => {
      const { role: _role, tool_calls: calls, ...delta } = fields(fields(choice)['delta'])
      const { content } = delta
      return {
        ...fields(choice),
        delta: {
          ...delta,
          ...(typeof content === 'string' && { content: seam.told(content) }),
          ...(isWithCalls && calls !== undefined && { tool_calls: calls }),
        },
        ...(!isWithCalls && { finish_reason: null }),
      }
    })
    return withData(event, { ...chunk, ...(id !== undefined && { id }), choices })
  }
  const noteText = (event: string): void => {
    const [choice] = list(parse(dataOf(event))?.['choices'])
    const { content } = fields(fields(choice)['delta'])
    if (typeof content === 'string') seam.told(content)
  }

  return {
    look(event) {
      const data = dataOf(event)
      if (data.trim() === '[DONE]') isWhole = true
      const chunk = parse(data)
      id ??= chunk?.['id']
      const choices = list(chunk?.['choices']).map(fields)
      if (choices.some(({ index }) => typeof index === 'number' && index > 0)) return 'host'
      const delta = fields(choices[0]?.['delta'])
      if (delta['function_call'] != null) return 'host'
      const shares = list(delta['tool_calls']).map(shareOf)
      if (shares.includes('host')) return 'host'
      return shares.length > 0 ? 'ours' : 'open'
    },
    write(event) {
      if (!isFirst) return rewrite(event, true)
      noteText(event)
      return event
    },
    withoutCalls(event) {
      const data = dataOf(event)
      const [choice] = list(parse(data)?.['choices']).map(fields)
      const { content } = fields(choice?.['delta'])
      return typeof content === 'string' && content !== '' ? rewrite(event, false) : ''
    },
    next() {
      isFirst = false
      isWhole = false
      names = new Map()
      seam.next()
    },
    isWhole: () => isWhole,
  }
}

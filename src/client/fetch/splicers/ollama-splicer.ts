import { isRecallTool } from '../recall-tool-names.ts'
import { createSeam, fields, list, parse, type Splicer } from './splicer.ts'

/** Joins streams of Ollama: a line of JSON for each event, and one that is done. */
export function createOllamaSplicer(): Splicer {
  const seam = createSeam()
  let isFirst = true
  let isWhole = false

  const rewrite = (line: string, isWithCalls: boolean): string => {
    const data = parse(line)
    if (!data) return line
    const { tool_calls: calls, ...message } = fields(data['message'])
    const { content } = message
    const text = typeof content === 'string' ? seam.told(content) : content
    if (isFirst && isWithCalls) return line
    const kept = isWithCalls && calls !== undefined ? { tool_calls: calls } : {}
    return `${JSON.stringify({ ...data, message: { ...message, content: text, ...kept } })}\n`
  }

  return {
    look(line) {
      const data = parse(line)
      isWhole ||= data?.['done'] === true
      const calls = list(fields(data?.['message'])['tool_calls'])
      if (calls.length === 0) return 'open'
      const isOurs = calls.every((call) => isRecallTool(fields(fields(call)['function'])['name']))
      return isOurs ? 'ours' : 'host'
    },
    write: (line) => rewrite(line, true),
    withoutCalls(line) {
      const data = parse(line)
      const { content, thinking } = fields(data?.['message'])
      const isSaid = [content, thinking].some((text) => typeof text === 'string' && text !== '')
      return isSaid && data?.['done'] !== true ? rewrite(line, false) : ''
    },
    next() {
      isFirst = false
      isWhole = false
      seam.next()
    },
    isWhole: () => isWhole,
  }
}

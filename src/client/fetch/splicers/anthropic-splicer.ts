import { isRecallTool } from '../recall-tool-names.ts'
import { dataOf, fields, parse, type Splicer, withData } from './splicer.ts'

/** Joins streams of the Messages API: one start, one end, and blocks numbered through. */
export function createAnthropicSplicer(): Splicer {
  /** Numbers of this answer's blocks, as the host is given them. */
  let numbers = new Map<unknown, number>()
  let calls = new Set<unknown>()
  let given = 0
  let isFirst = true
  let isWhole = false

  const renumber = (event: string, data: Readonly<Record<string, unknown>>): string => {
    const { index } = data
    const number = numbers.get(index) ?? given
    if (!numbers.has(index)) {
      numbers.set(index, number)
      given += 1
    }
    return index === number ? event : withData(event, { ...data, index: number })
  }

  return {
    look(event) {
      const data = parse(dataOf(event)) ?? {}
      if (data['type'] === 'message_stop') isWhole = true
      if (data['type'] !== 'content_block_start') return 'open'
      const { type, name } = fields(data['content_block'])
      if (type !== 'tool_use') return 'open'
      if (!isRecallTool(name)) return 'host'
      calls.add(data['index'])
      return 'ours'
    },
    write(event) {
      const data = parse(dataOf(event))
      if (!data) return event
      if (data['type'] === 'message_start' && !isFirst) return ''
      return 'index' in data ? renumber(event, data) : event
    },
    withoutCalls(event) {
      const data = parse(dataOf(event))
      return data && 'index' in data && !calls.has(data['index']) ? renumber(event, data) : ''
    },
    next() {
      isFirst = false
      isWhole = false
      numbers = new Map()
      calls = new Set()
    },
    isWhole: () => isWhole,
  }
}

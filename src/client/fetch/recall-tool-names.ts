import type { RecallToolName } from '../../core/memory/tool-specs.ts'

/** Kept apart from what describes the tools, which a page need not load. */
const NAMES: Readonly<Record<RecallToolName, true>> = {
  recall_search: true,
  recall_messages: true,
  recall_payload: true,
  recall_digest_line: true,
  recall_pad: true,
}

export function isRecallTool(name: unknown): boolean {
  return typeof name === 'string' && Object.hasOwn(NAMES, name)
}

/** Whether a text has any of the names, anywhere: cheaper than reading it. */
export function namesRecallTool(text: string): boolean {
  return Object.keys(NAMES).some((name) => text.includes(name))
}

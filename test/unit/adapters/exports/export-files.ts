import type { ImportReport } from '../../../../src/core/transfer/import-report.ts'
import type { Message } from '../../../../src/core/session/message.ts'
import type { MemoryRows } from '../../../../src/store/memory-store.ts'
import { createOrigin, openTab, type Origin, type Tab } from '../../../support/build-engine.ts'

/** A file as somebody drops it. */
export function fileOf(content: unknown, name = 'file'): File {
  const isText = typeof content === 'string' || content instanceof Uint8Array
  return new File([isText ? (content as BlobPart) : JSON.stringify(content)], name)
}

/** What came of a file in an empty store. */
export interface Imported {
  readonly report: ImportReport
  readonly rows: MemoryRows
  readonly tab: Tab
}

export async function importInto(origin: Origin, file: Blob): Promise<Imported> {
  const tab = openTab({ origin })
  const report = await tab.backfold.importFile(file)
  return { report, rows: origin.rows, tab }
}

export async function imported(content: unknown, name?: string): Promise<Imported> {
  return importInto(createOrigin(), fileOf(content, name))
}

/** The log of the only session. */
export function logOf({ report, rows }: Imported): readonly Message[] {
  const [session] = report.sessions
  if (session === undefined) throw new Error(JSON.stringify(report.refused))
  return rows.messages.get(session.id) ?? []
}

/** One node of a ChatGPT conversation. */
export interface NodeOf {
  readonly id: string
  readonly parent: string | null
  readonly role?: string
  readonly text?: string
  readonly message?: Readonly<Record<string, unknown>> | null
}

/** A conversation as ChatGPT's data export has it. */
export function chatGpt(
  nodes: readonly NodeOf[],
  current: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const mapping = nodes.map(({ id, parent, role = 'user', text = '', message }) => {
    const said = {
      id,
      author: { role, name: null, metadata: {} },
      create_time: 1_700_000_000.5,
      content: { content_type: 'text', parts: [text] },
      status: 'finished_successfully',
      weight: 1,
      metadata: {},
      recipient: 'all',
    }
    const children = nodes.filter((node) => node.parent === id).map((node) => node.id)
    const whole = message === null ? null : { ...said, ...message }
    return [id, { id, message: whole, parent, children }]
  })
  return {
    title: 'A talk',
    create_time: 1_700_000_000,
    update_time: 1_700_000_100,
    mapping: Object.fromEntries(mapping),
    current_node: current,
    conversation_id: 'c-1',
    ...more,
  }
}

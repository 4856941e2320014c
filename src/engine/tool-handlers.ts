import { toolSpecs } from '../core/memory/tool-specs.ts'
import type { Requests } from '../protocol/requests.ts'
import type { EngineParts, OpenSession } from './open-session.ts'
import { runPadCommand } from './session-pads.ts'
import { createToolRunner, type ToolRunner } from './tool-runner.ts'
import { undoAction } from './undo-action.ts'

type ToolMethod = 'tools' | 'runTool' | 'answerTools' | 'memory' | 'undo' | 'pads'

/** The requests about the tools that a model is offered, and about what it did with them. */
export type ToolHandlers = {
  readonly [M in ToolMethod]: (params: Requests[M]['params']) => Promise<Requests[M]['result']>
}

export function createToolHandlers(
  { ports, owner }: Pick<EngineParts, 'ports' | 'owner'>,
  opened: (session: string) => Promise<OpenSession>,
  closing: AbortSignal,
): ToolHandlers {
  const runnerOf = async (session: string): Promise<ToolRunner> =>
    createToolRunner(await opened(session), owner, closing)
  return {
    tools: async ({ format = 'openai', memory = false }) =>
      ports.codec.writeTools(toolSpecs(memory), format),
    runTool: async ({ session, name, input, ...options }) =>
      (await runnerOf(session)).run(name, input, options),
    answerTools: async ({ session, message, ...options }) =>
      (await runnerOf(session)).answer(message, options),
    memory: async ({ session }) => {
      const { cell } = await opened(session)
      return (await cell.ports.store.read({ session, notes: 'all' })).notes
    },
    pads: async ({ session, command = { kind: 'list' } }) =>
      runPadCommand((await opened(session)).cell, command),
    undo: async ({ session, action }) => undoAction(await opened(session), action, 'person'),
  }
}

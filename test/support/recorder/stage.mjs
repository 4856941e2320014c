import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { assertClean } from './scrub.mjs'
import { TOOLS } from './tools.mjs'

/** A call of a tool, as a dialogue writes it. */
export const read = (path, from) => ({
  name: 'read_file',
  args: from === undefined ? { path } : { path, from },
})
export const list = (path) => ({ name: 'list_files', args: { path } })
export const search = (pattern, path) => ({
  name: 'search',
  args: path === undefined ? { pattern } : { pattern, path },
})
export const run = (command) => ({ name: 'run', args: { command } })
export const edit = (path, old, replacement) => ({
  name: 'edit_file',
  args: { path, old, new: replacement },
})
export const write = (path, content) => ({ name: 'write_file', args: { path, content } })

/**
 * What a dialogue is played on: it takes what people and assistant say, carries the calls out, and
 * writes it all down as chat-completions messages.
 *
 * @param {ReturnType<import('./workspace.mjs').createWorkspace>} workspace
 * @param {(text: string) => string} scrub
 */
export function createStage(workspace, scrub) {
  const messages = []
  let tokens = 0
  let calls = 0

  const put = (message) => {
    const text = JSON.stringify(message)
    assertClean(
      text.replaceAll('\\n', '\n').replaceAll('\\"', '"'),
      `message ${messages.length + 1}`,
    )
    messages.push(message)
    tokens += countTokens(wordsOf(message), { disallowedSpecial: new Set() })
  }

  const carryOut = async ({ id, name, args }) => {
    const output = scrub(await TOOLS[name](workspace, args))
    put({ role: 'tool', tool_call_id: id, content: output })
    return output
  }

  return {
    messages,
    /** Tokens so far, of what is said, called and answered. */
    tokens: () => tokens,
    /** The present text of a file, without a trace in the recording. */
    source: (path) => workspace.read(path),
    exists: (path) => workspace.exists(path),
    /** The path if it is there, else that of the only file of this name: files may have moved. */
    locate: (path) => {
      if (workspace.exists(path)) return path
      const name = `/${path.split('/').at(-1)}`
      const found = workspace.files().filter((file) => file.endsWith(name))
      if (found.length !== 1) throw new Error(`the dialogue needs ${path}`)
      return found[0]
    },
    /** All files of the project below a folder, largest first. */
    files: (folder, ending = '') =>
      workspace
        .files()
        .filter((path) => path.startsWith(`${folder}/`) && path.endsWith(ending))
        .map((path) => ({ path, size: workspace.read(path).length }))
        .sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1))
        .map(({ path }) => path),
    system: (content) => put({ role: 'system', content }),
    user: (content) => put({ role: 'user', content }),
    reply: (content) => put({ role: 'assistant', content }),
    /**
     * Lets the assistant call tools, all at once, and resolves to what they print.
     *
     * @param {string | null} content - What it says with the calls.
     */
    work: async (content, ...wanted) => {
      const numbered = wanted.map((call) => ({
        ...call,
        id: `call_${String(++calls).padStart(4, '0')}`,
      }))
      const tool_calls = numbered.map(({ id, name, args }) => ({
        id,
        type: 'function',
        function: { name, arguments: JSON.stringify(args) },
      }))
      put({ role: 'assistant', content, tool_calls })
      const outputs = []
      for (const call of numbered) outputs.push(await carryOut(call))
      return outputs
    },
  }
}

function wordsOf({ content, tool_calls: calls = [] }) {
  const called = calls.map(({ function: { name, arguments: args } }) => `${name} ${args}`)
  return [content ?? '', ...called].join('\n')
}

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The session store that `OpenAIResponsesCompactionSession` decorates: one file, rewritten whole and
 * put in place by a rename, so that each call is one atomic write of the storage.
 *
 * @see https://openai.github.io/openai-agents-js/guides/sessions/#bring-your-own-storage
 * @param {import('../peer.mjs').Environment} env
 * @returns {import('@openai/agents').Session}
 */
export function createFileSession(env) {
  const path = join(env.directory, 'session.json')
  const read = () => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [])
  const replace = (items) => {
    writeFileSync(`${path}.new`, JSON.stringify(items))
    renameSync(`${path}.new`, path)
  }
  return {
    async getSessionId() {
      return 'session'
    },
    async getItems(limit) {
      const items = read()
      if (limit === undefined) return items
      return limit > 0 ? items.slice(-limit) : []
    },
    async addItems(items) {
      await env.write('session.addItems', () => replace([...read(), ...items]))
    },
    async popItem() {
      return env.write('session.popItem', () => {
        const items = read()
        const last = items.pop()
        replace(items)
        return last
      })
    },
    async clearSession() {
      await env.write('session.clearSession', () => replace([]))
    },
  }
}

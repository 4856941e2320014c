import { InMemorySessionService } from '@google/adk'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The library's session service, with its events in a file, one line each, so that they outlive the
 * process. Its `DatabaseSessionService` would bring a native database driver along.
 */
export class FileSessionService extends InMemorySessionService {
  #env
  #path

  /** @param {import('../peer.mjs').Environment} env */
  constructor(env) {
    super()
    this.#env = env
    this.#path = join(env.directory, 'events.jsonl')
  }

  /** Opens the one session of an environment, with the events that an earlier process has written. */
  static async open(env, place) {
    const service = new FileSessionService(env)
    const session = await service.createSession(place)
    for (const event of service.#read()) await service.#keep({ session, event })
    return service
  }

  async appendEvent(request) {
    if (request.event.partial) return super.appendEvent(request)
    return this.#env.write('session.appendEvent', () => {
      appendFileSync(this.#path, `${JSON.stringify(request.event)}\n`)
      return super.appendEvent(request)
    })
  }

  #keep(request) {
    return super.appendEvent(request)
  }

  #read() {
    if (!existsSync(this.#path)) return []
    return readFileSync(this.#path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  }
}

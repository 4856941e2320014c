import type { Method, Params } from '../../../src/protocol/requests.ts'

/** A request that an engine has not answered yet. */
export interface Ask<M extends Method = Method> {
  readonly method: M
  readonly params: Params<M>
  /** Whoever carries it out: the thread of an engine. */
  readonly actor: object
  /** Index of the newest view when it was sent. */
  readonly sentAt: number
  /** Number of databases deleted so far when it was sent. */
  readonly era: number
}

/** What was asked of each engine and is not answered. */
export class Asks {
  private readonly open = new Map<object, Set<Ask>>()

  add(ask: Ask): void {
    const own = this.open.get(ask.actor) ?? new Set()
    this.open.set(ask.actor, own)
    own.add(ask)
  }

  remove(ask: Ask): void {
    this.open.get(ask.actor)?.delete(ask)
  }

  of<M extends Method>(actor: object, method: M): readonly Ask<M>[] {
    const own: readonly Ask[] = [...(this.open.get(actor) ?? [])]
    return own.filter((ask): ask is Ask<M> => ask.method === method)
  }

  has(actor: object, method: Method): boolean {
    return this.of(actor, method).length > 0
  }
}

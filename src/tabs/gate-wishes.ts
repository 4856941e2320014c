import type { GateNotice } from './gate-notices.ts'

/** Wishes that are remembered; what is forgotten is said again by whoever has it. */
const MAX_WISHES = 100

/** How long a wish counts that is not said again, in milliseconds: its tab may be gone. */
const WISH_MS = 3_000

interface Wish {
  readonly provider: string
  readonly heardAt: number
  /** A call of this tab was stopped for it. */
  readonly isServed: boolean
}

/** What turns of other tabs want, as far as this tab was told. */
export class GateWishes {
  private readonly wishes = new Map<string, Wish>()

  /** True if nothing was done for this wish yet. */
  hear({ kind, provider, wish }: GateNotice, now: number): boolean {
    if (kind === 'settled') this.wishes.delete(wish)
    if (kind !== 'wanted') return false
    const isServed = this.wishes.get(wish)?.isServed ?? false
    this.wishes.delete(wish)
    const [oldest] = this.wishes.keys()
    if (this.wishes.size >= MAX_WISHES && oldest !== undefined) this.wishes.delete(oldest)
    this.wishes.set(wish, { provider, heardAt: now, isServed })
    return !isServed
  }

  serve(wish: string): void {
    const known = this.wishes.get(wish)
    if (known) this.wishes.set(wish, { ...known, isServed: true })
  }

  /** Whether a turn still waits that nothing was done for: a job that gets a place now takes it from it. */
  isOpen(provider: string, now: number): boolean {
    return [...this.wishes.values()].some((wish) => {
      const isFresh = wish.heardAt <= now && now - wish.heardAt < WISH_MS
      return wish.provider === provider && !wish.isServed && isFresh
    })
  }
}

import { isBackfoldError } from '../../src/core/backfold-error.ts'
import type { FillOutcome } from '../wire/bridge-wire.ts'
import type { HandOff } from '../wire/panel-wire.ts'
import type { SiteTurn } from '../sites/site.ts'
import type { ChatsWorld } from './chats.ts'
import { createMark, type HandOffMark } from './hand-off-mark.ts'
import type { Frame } from './frame.ts'

/** Puts hand-offs into composers, and links the conversation that comes of one to the one it was made of. */
export interface HandOvers {
  fill(handOff: HandOff): Promise<FillOutcome>
  /** A frame said where it is: somebody may wait for it. */
  here(frame: Frame): void
  /** A conversation is new in the archive: what is known of it so far. */
  begun(tab: number, session: string, turns: readonly SiteTurn[]): Promise<void>
}

export interface HandOverDeps {
  readonly world: Pick<ChatsWorld, 'call' | 'now' | 'after'>
  /** The top frame of a tab; undefined while there is none. */
  readonly topFrame: (tab: number) => Frame | undefined
}

/** Longest wait for a tab's page, and for its composer, in milliseconds. */
const WAIT_MS = 60_000
const FILL_MS = 20_000
/** Time in which a new conversation of the tab counts as the one that was handed over, in milliseconds. */
const LINK_MS = 1_800_000
/** Longest text that is handed over, in characters. */
const MOST_TEXT = 4_000_000

interface HandOffLink {
  readonly from: string
  readonly mark: HandOffMark
  readonly until: number
}

const GONE: FillOutcome = { kind: 'failed', reason: 'the page of that tab is not there' }

/** @see SPEC.md rules CHATS10, CHATS11 */
export function createHandOvers({ world, topFrame }: HandOverDeps): HandOvers {
  const waiting = new Map<number, Set<(frame: Frame) => void>>()
  const links = new Map<number, HandOffLink>()

  const nextFrame = (tab: number, until: number): Promise<Frame | undefined> =>
    new Promise((resolve) => {
      const own = waiting.get(tab) ?? new Set()
      waiting.set(tab, own)
      const end = (frame?: Frame): void => {
        stop()
        own.delete(end)
        if (own.size === 0 && waiting.get(tab) === own) waiting.delete(tab)
        resolve(frame)
      }
      const stop = world.after(Math.max(0, until - world.now()), () => end())
      own.add(end)
    })

  const fillIn = async (
    frame: Frame,
    { text, replaces }: HandOff,
  ): Promise<FillOutcome | 'left'> => {
    try {
      return await frame.peer.rpc.ask('fill', { text, replaces }, FILL_MS)
    } catch (failure) {
      // The page went elsewhere meanwhile: the next one of the tab is meant.
      if (isBackfoldError(failure) && failure.code === 'WORKER_LOST') return 'left'
      return { kind: 'failed', reason: 'the page did not answer' }
    }
  }

  return {
    async fill(handOff) {
      const { tab, from, text } = handOff
      if (text.length > MOST_TEXT) return { kind: 'failed', reason: 'the text is too long' }
      const until = world.now() + WAIT_MS
      let frame = topFrame(tab)
      for (;;) {
        frame ??= await nextFrame(tab, until)
        if (!frame) return GONE
        const outcome = await fillIn(frame, handOff)
        if (outcome !== 'left') {
          if (outcome.kind === 'filled') {
            const mark = createMark(outcome.as === 'file' ? '' : text)
            links.set(tab, { from, mark, until: world.now() + LINK_MS })
          }
          return outcome
        }
        const next = topFrame(tab)
        frame = next === frame ? undefined : next
      }
    },
    here(frame) {
      if (frame.place?.isTop !== true) return
      for (const go of [...(waiting.get(frame.peer.tab) ?? [])]) go(frame)
    },
    async begun(tab, session, turns) {
      const link = links.get(tab)
      if (!link) return
      const isOver = link.until < world.now()
      // Somebody may open an old chat before the new one is sent.
      if (!isOver && (link.from === session || !link.mark.isIn(turns))) return
      links.delete(tab)
      if (isOver) return
      const { call } = world
      await call('describe', { session, patch: { host: { from: link.from } } })
      // What it was made of may have been deleted since.
      await call('describe', { session: link.from, patch: { host: { to: session } } }).catch(
        () => {},
      )
    },
  }
}

import type { Session } from '../../src/client/session.ts'
import type { FillOutcome } from '../wire/bridge-wire.ts'
import { siteSettingsOf } from '../settings/read-settings.ts'
import { isGranted, type Target } from './panel-core.ts'
import type { PanelWorld } from './world.ts'

/** A hand-off as it was prepared. */
export interface Prepared {
  readonly text: string
  /** Whether a fold was made for it. */
  readonly isFolded: boolean
}

/** Below so many tokens a fold is not worth its loss of wording. */
const LEAST_TO_FOLD = 3_000

/**
 * Prepares the text by which a conversation is continued elsewhere: of the context, folded first where nothing is
 * folded yet and that pays.
 *
 * @see SPEC.md rule PANEL11
 */
export async function prepareHandOff(
  session: Pick<Session, 'state' | 'compact' | 'apply' | 'markdown'>,
): Promise<Prepared> {
  const { generation, candidate, tokens } = session.state.get()
  let isFolded = false
  if (candidate !== null) isFolded = (await session.apply()).kind === 'applied'
  else if (generation === 0 && tokens.context >= LEAST_TO_FOLD) {
    const outcome = await session.compact()
    // Whatever else comes of it, the context is whole and can be handed off as it is.
    isFolded =
      outcome.kind === 'applied' ||
      (outcome.kind === 'ready' && (await session.apply()).kind === 'applied')
  }
  return { text: await session.markdown({ of: 'context' }), isFolded }
}

/** What came of a hand-off, for people. */
export type HandOffEnd =
  | FillOutcome
  /** The person did not allow the other site. */
  | { readonly kind: 'not-allowed'; readonly origin: string }

/** Where a hand-off goes: the tab that is shown, or a new chat. */
export type Goal =
  | { readonly kind: 'here'; readonly tab: number; readonly replaces: boolean }
  | { readonly kind: 'there'; readonly tab: number; readonly replaces: boolean }
  | { readonly kind: 'new'; readonly target: Target }

/**
 * Fills a hand-off into a composer; never sends it. What can't be filled in goes to the clipboard.
 *
 * @see SPEC.md rule PANEL12
 */
export async function carryOver(
  world: Pick<PanelWorld, 'enable' | 'open' | 'ask' | 'copy' | 'granted' | 'settings'>,
  from: string,
  text: string,
  goal: Goal,
): Promise<{ readonly end: HandOffEnd; readonly tab: number | null; readonly isCopied: boolean }> {
  let tab: number | null = null
  let end: HandOffEnd
  try {
    if (goal.kind === 'new') {
      const { origin, url } = goal.target
      // First of all: browsers ask only while a click is handled.
      if (!isEnabled(world, origin) && !(await world.enable(origin))) {
        const isCopied = await world.copy(text)
        return { end: { kind: 'not-allowed', origin }, tab, isCopied }
      }
      tab = await world.open(url)
    } else tab = goal.tab
    const replaces = goal.kind !== 'new' && goal.replaces
    end = await world.ask('handOff', { from, text, tab, replaces }, HAND_OFF_MS)
  } catch (thrown) {
    end = { kind: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) }
  }
  const isCopied = end.kind === 'failed' && (await world.copy(text))
  return { end, tab, isCopied }
}

/** Longest wait in milliseconds: a new page has 60 s to be there, and filling takes its time. */
const HAND_OFF_MS = 90_000

function isEnabled(
  { granted, settings }: Pick<PanelWorld, 'granted' | 'settings'>,
  origin: string,
): boolean {
  const [patterns, known] = [granted.get(), settings.get()]
  if (patterns === null || known === null) return false
  return isGranted(patterns, origin) && siteSettingsOf(known, origin).isOn
}

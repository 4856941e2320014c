import { oneLine } from '../../compaction/digest-text.ts'
import { textOf, type Message, type Seq } from '../../session/message.ts'
import { shorten } from '../sentences.ts'
import { chooseSteps, isMemoryTool } from './choose-steps.ts'
import { findStretches, type MadeCall, type Stretch } from './find-stretches.ts'
import { contradicts, givesUp } from './goal-cues.ts'
import { PAD_BOUNDS, type PadContent, type PadRun } from './pad.ts'
import { padTerms } from './pad-terms.ts'
import { preconditionsOf } from './preconditions.ts'
import { blankSecrets } from './secrets.ts'
import { requestText, traceArguments } from './trace-arguments.ts'

/** Most tools named of one stretch. */
const MAX_TOOLS = 60
/** Fewer words than these tell no goal: "go on" is none. */
const LEAST_TERMS = 2

/**
 * What the stretches of tool calls in a part of the log came to, each with the pad that can be made of it.
 *
 * Total, deterministic and linear. Everything is taken from real calls and from what the user and the assistant said;
 * what tools return is only compared with, never followed.
 *
 * @param messages - Of the active path, ascending, from a request on.
 * @see SPEC.md rules PAD1–PAD5
 */
export function extractPads(messages: readonly Message[]): readonly PadRun[] {
  return findStretches(messages).flatMap((stretch): PadRun[] => {
    const content = contentOf(stretch)
    const recalled = recalledPads(stretch.calls)
    if (!content && recalled.length === 0) return []
    const tools = new Set(stretch.calls.map(({ call }) => call.name))
    return [
      {
        request: stretch.request.seq,
        outcome: isReached(stretch) ? 'reached' : 'failed',
        recalled,
        tools: [...tools].slice(0, MAX_TOOLS),
        ...(content ? { content } : {}),
        sources: sourcesOf(stretch),
      },
    ]
  })
}

/** No error at the end, nobody gave up, and the user does not say that it is not as wanted. */
function isReached({ calls, closing, next }: Stretch): boolean {
  const last = calls.findLast(({ call }) => !isMemoryTool(call.name))
  return last?.isFailed !== true && !givesUp(closing) && !contradicts(next)
}

function contentOf(stretch: Stretch): PadContent | undefined {
  const calls = chooseSteps(stretch)
  const isLegal =
    calls.length >= PAD_BOUNDS.leastSteps &&
    calls.length <= PAD_BOUNDS.steps &&
    calls.every(({ call }) => call.name !== '' && call.name.length <= PAD_BOUNDS.toolLength)
  if (!isLegal) return undefined
  const text = requestText(stretch.request)
  const { steps, params } = traceArguments(stretch.request, calls)
  const goal = shorten(oneLine(blankSecrets(text)), PAD_BOUNDS.goalLength).toWellFormed()
  const terms = padTerms(
    goal,
    params.flatMap(({ examples }) => examples),
  )
  if (terms.length < LEAST_TERMS) return undefined
  const said = textOf({ parts: stretch.closing.parts.filter(({ type }) => type === 'text') })
  const outcome = shorten(oneLine(blankSecrets(said.slice(0, 4_000))), PAD_BOUNDS.outcomeLength)
  const content: PadContent = {
    goal,
    terms,
    params,
    steps,
    preconditions: preconditionsOf(steps),
    outcome: outcome.toWellFormed(),
  }
  return JSON.stringify(content).length > PAD_BOUNDS.size ? undefined : content
}

/** Pads that the model was shown whole, by the numbers that stand in front of them. */
function recalledPads(calls: readonly MadeCall[]): readonly number[] {
  const numbers = calls.flatMap(({ call, output }) => {
    const shown = call.name === 'recall_pad' ? SHOWN.exec(output.slice(0, 1_000))?.[1] : undefined
    return shown === undefined ? [] : [Number(shown)]
  })
  return [...new Set(numbers)].slice(0, MAX_TOOLS)
}

/** How a pad begins as {@link writePad} writes it. */
const SHOWN = /^Pad (\d{1,9}): /m

function sourcesOf({ request, calls, closing }: Stretch): readonly Seq[] {
  const seqs = calls.flatMap(({ seq, resultSeq }) => [seq, resultSeq])
  const sources = [...new Set([request.seq, ...seqs, closing.seq])].toSorted((a, b) => a - b)
  // The first and the last say what it was about.
  if (sources.length <= PAD_BOUNDS.sources) return sources
  return [...sources.slice(0, PAD_BOUNDS.sources - 1), closing.seq]
}

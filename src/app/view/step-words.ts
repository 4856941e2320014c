import type { LadderEvent } from '../../core/gate/ladder.ts'
import type { SummariserState } from '../../protocol/summariser-state.ts'
import type {
  ModelCommand,
  ModelTest,
  SummariserStep,
  SummaryTrial,
} from '../../protocol/summariser-status.ts'
import { adviceFor, summariserLine } from './summariser-line.ts'
import { clockTime, duration, fileSize, shortTokens } from './token-format.ts'

/** One step of the ladder in words. */
export interface StepWords {
  readonly tone: 'quiet' | 'busy' | 'good' | 'bad'
  /** Its state in one word or two, for a badge. */
  readonly badge: string
  /** Kind, provider and window. */
  readonly about: string
  /** Whether what it is asked leaves the device. */
  readonly place: string
  /** How far a model on this device is; null where there is nothing to load. */
  readonly line: string | null
  readonly advice: string | null
  /** 0 to 1 while something is loaded and it is known how far, else null. */
  readonly progress: number | null
  /** Why it is not asked now; null while it may be. */
  readonly leftAlone: string | null
  readonly cost: string
}

const KIND_NAMES: Readonly<Record<SummariserStep['kind'], string>> = {
  'built-in': 'Built in',
  'openai-compatible': 'OpenAI-compatible',
  anthropic: 'Anthropic',
  gemini: 'Gemini',
  webllm: 'WebLLM',
  'browser-ai': 'Browser’s own AI',
  host: 'Of this page',
}

export function kindName(kind: SummariserStep['kind']): string {
  return KIND_NAMES[kind] ?? kind
}

/**
 * Tells a step as people see it.
 *
 * @param now - Unix time in milliseconds.
 * @see SPEC.md rule APP93
 */
export function describeStep(step: SummariserStep, now: number): StepWords {
  const { kind, provider, isLocal, contextTokens, load } = step
  const loading = load === null ? null : summariserLine(load)
  const left = leftAlone(step.state, now)
  const calm = loading?.tone ?? (step.spend.calls > 0 ? 'good' : 'quiet')
  return {
    tone: left === null ? calm : 'bad',
    badge: badgeOf(step, left),
    about: `${whoAnswers(kind, provider)}, window of ${shortTokens(contextTokens)} tokens`,
    place: isLocal ? 'Stays on this device.' : 'What is folded is sent there, with secrets masked.',
    line: loading?.text ?? null,
    advice: left?.advice ?? loading?.advice ?? null,
    progress: loading?.progress ?? null,
    leftAlone: left?.text ?? null,
    cost: costText(step.spend, step.ms),
  }
}

/** Kind and provider, without saying the kind twice. */
function whoAnswers(kind: SummariserStep['kind'], provider: string): string {
  if (provider === kind) return kindName(kind)
  const where = provider.startsWith(`${kind}:`) ? provider.slice(kind.length + 1) : provider
  return `${kindName(kind)}, ${where}`
}

function badgeOf({ state, load, spend }: SummariserStep, left: LeftAlone | null): string {
  if (left !== null) return state.status === 'closed' ? 'left alone' : 'resting'
  if (load?.kind === 'failed') return 'failed'
  if (load?.kind === 'needs-download') return 'not downloaded'
  if (load !== null && load.kind !== 'unknown') return load.kind
  return spend.calls > 0 ? 'in use' : 'not asked yet'
}

interface LeftAlone {
  readonly text: string
  readonly advice: string
}

function leftAlone(state: SummariserStep['state'], now: number): LeftAlone | null {
  if (state.status === 'open') return null
  const advice = adviceFor(state.code)
  if (state.status === 'closed')
    return { text: `Left alone until you reset it: ${state.reason}`, advice }
  const rest = state.since + state.forMs - now
  // Both clocks are this device's, which may have been set meanwhile.
  if (!(rest > 0) || rest > state.forMs) return null
  return { text: `Left alone for ${duration(rest)}: ${state.reason}`, advice }
}

/** What calls came to, for a glance. */
export function costText(
  { calls, tokens }: { readonly calls: number; readonly tokens: number },
  ms: number,
): string {
  if (calls === 0) return 'no calls yet'
  return `${calls} ${calls === 1 ? 'call' : 'calls'}, ${shortTokens(tokens)} tokens, ${duration(ms)}`
}

/** What came of asking a step its test question. */
export interface TestWords {
  readonly isGood: boolean
  readonly text: string
  /** What it answered, or what to do. */
  readonly detail: string
}

/** @see SPEC.md rule APP94 */
export function describeTest(test: ModelTest): TestWords {
  if (test.kind === 'failed')
    return {
      isGood: false,
      text: `No answer after ${duration(test.ms)}: ${test.reason}`,
      detail: adviceFor(test.code),
    }
  return {
    isGood: true,
    text: `Answered in ${duration(test.ms)}, ${shortTokens(test.spend.tokens)} tokens`,
    detail: test.text,
  }
}

/** What one summariser made of a stretch, in a line. */
export function describeTrial({ lines, dropped, spend, ms }: SummaryTrial): string {
  const kept = `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}`
  const left = dropped === 0 ? '' : `, ${dropped} dropped by the checks`
  return `${kept}${left}. Cost: ${costText(spend, ms)}.`
}

/** One step down or up, with its time and reason. @see SPEC.md rule APP95 */
export function describeLadderEvent({ kind, from, to, reason, at }: LadderEvent): string {
  return `${clockTime(at)} ${kind} from ${from} to ${to}: ${reason}`
}

/** A button for a model on this device. */
export interface CommandButton {
  readonly command: ModelCommand
  readonly name: string
}

/**
 * What can be asked of a model on this device as it stands; the name of a download says how much it is.
 *
 * @see SPEC.md rule APP96
 */
export function commandsFor({ kind, load }: SummariserStep): readonly CommandButton[] {
  if (load === null) return []
  const all = commandsOf(load)
  // The browser keeps its own model: it is only told to get it.
  return kind === 'webllm' ? all : all.filter(({ command }) => command === 'load')
}

const REMOVE = { command: 'remove', name: 'Delete download' } as const

function commandsOf(load: SummariserState): readonly CommandButton[] {
  switch (load.kind) {
    case 'needs-download': {
      const size = load.bytes !== undefined && load.bytes > 0 ? ` ${fileSize(load.bytes)}` : ''
      return [{ command: 'load', name: `Download${size} and load` }]
    }
    case 'downloading':
      return [{ command: 'pause', name: 'Pause download' }]
    case 'paused':
      return [{ command: 'resume', name: 'Resume download' }, REMOVE]
    case 'unknown':
    case 'available':
      return [{ command: 'load', name: 'Load now' }, REMOVE]
    case 'loading':
      return []
    case 'ready':
      return [{ command: 'unload', name: 'Unload' }, REMOVE]
    case 'failed': {
      const again = { command: 'load', name: 'Try to load again' } as const
      // Where it can't be used at all, nothing was ever downloaded.
      return load.code === 'unavailable' ? [again] : [again, REMOVE]
    }
  }
}

import { checkLocalOptions } from '../core/models/check-local-options.ts'
import { LOCAL_MODELS } from '../core/models/local-model.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { LanguageModel } from '../core/ports/language-model.ts'
import { BackfoldError } from '../core/backfold-error.ts'
import type { PageChoice, PlainChoice } from '../protocol/summariser-desk.ts'
import { openRemoteModel } from './remote/open-remote-model.ts'
import type { LadderModel } from './summariser-service.ts'
import { createWebLlmModel, type WebLlmDeps } from './webllm/webllm-model.ts'
import { steerWebLlm, toSummariserState } from './webllm/steer-webllm.ts'
import { withMasking } from './with-masking.ts'

export interface OpenDeps {
  readonly clock: Clock
  /** From 0 to below 1, to spread retries. */
  readonly random: () => number
  /** The model that the page has in this place. */
  pageModel(choice: PageChoice): LanguageModel | undefined
  /** Missing where there are no workers: then there is no WebLLM. */
  readonly spawnWebLlm?: WebLlmDeps['spawn']
}

/**
 * Opens what a host chose. Secrets are masked before anything leaves the device. Clients of vendors and engines of
 * local models are loaded by the first question, and only those that are asked.
 *
 * @throws BackfoldError `INVALID_INPUT` for options out of bounds, `MODEL_UNAVAILABLE` for what can't be here.
 */
export async function openLadderModel(
  choice: Exclude<PlainChoice, { readonly kind: 'built-in' }>,
  deps: OpenDeps,
): Promise<LadderModel> {
  switch (choice.kind) {
    case 'page': {
      const model = deps.pageModel(choice)
      if (!model) throw new BackfoldError('MODEL_UNAVAILABLE', 'the page has no such model')
      return masked(choice.shown, model, deps.clock, choice.judge)
    }
    case 'webllm':
      return openWebLlm(choice, deps)
    case 'openai-compatible':
    case 'anthropic':
    case 'gemini': {
      const { judge = false, ...options } = choice
      return masked(choice.kind, openRemoteModel(options, deps), deps.clock, judge)
    }
    default:
      throw new BackfoldError(
        'INVALID_INPUT',
        `there is no summariser of the kind ${String((choice as { kind: unknown }).kind).slice(0, 40)}`,
      )
  }
}

function masked(
  kind: LadderModel['kind'],
  open: LanguageModel,
  clock: Clock,
  judges: boolean,
): LadderModel {
  const model = withMasking(open, clock)
  return { kind, model, judges, sent: () => model.sent() }
}

function openWebLlm(
  { kind, judge = false, ...options }: Extract<PlainChoice, { readonly kind: 'webllm' }>,
  { spawnWebLlm, clock }: OpenDeps,
): LadderModel {
  if (!spawnWebLlm) {
    throw new BackfoldError('MODEL_UNAVAILABLE', 'WebLLM needs a browser with workers and WebGPU')
  }
  const wrong = checkLocalOptions(options, LOCAL_MODELS)
  if (wrong !== undefined) throw new BackfoldError('INVALID_INPUT', wrong)
  const model = createWebLlmModel(options, { spawn: spawnWebLlm, clock })
  return {
    kind,
    model,
    judges: judge,
    load: () => toSummariserState(model.status()),
    watch: (listener) => model.subscribe(() => listener()),
    command: (command) => steerWebLlm(model, command),
  }
}

import type { LanguageModel } from '../core/ports/language-model.ts'
import type { SummariserChoice } from '../protocol/summariser-options.ts'
import type {
  ModelCommand,
  ModelTest,
  SentRequest,
  SummarisersStatus,
  SummaryTrial,
} from '../protocol/summariser-status.ts'
import type { StartOptions } from '../protocol/store-api.ts'
import type { Call } from './create-backfold.ts'
import type { BrowserAi } from '../models/browser-ai/browser-ai-model.ts'
import type { SummariserState } from '../protocol/summariser-state.ts'
import { oneByOne } from '../protocol/one-by-one.ts'
import { listOf, toPlainChoices } from './page-summarisers.ts'
import { tellDevice } from './tell-device.ts'
import type { PageSync } from './backfold-sync.ts'
import { watchReading } from './watched-reading.ts'
import type { Observable } from './session.ts'

/** The ladder of summarisers: chosen, watched, tried and steered. */
export interface Summarisers {
  readonly status: Observable<SummarisersStatus>
  /**
   * Replaces the ladder: the best first, the next where one fails. The built-in summariser stands behind all of
   * them whatever is named; with none, or with `{ kind: 'built-in' }` first, it is the only one.
   *
   * @throws BackfoldError `INVALID_INPUT` for options out of bounds; the former ladder stays then.
   */
  choose(choices: SummariserChoice | readonly SummariserChoice[]): Promise<void>
  /** Lets steps be asked again that were left alone after failures. */
  reset(): Promise<void>
  /** Asks one step, by its place from 0, a question that costs next to nothing. */
  test(step: number): Promise<ModelTest>
  /**
   * What one step makes of a stretch of a session, without the others. Nothing is stored.
   *
   * @param range - At most 200 messages; the newest 20 if missing.
   */
  try(
    session: string,
    step: number,
    range?: { readonly from: number; readonly to: number },
  ): Promise<SummaryTrial>
  /** Loads, pauses, resumes, unloads or removes a model on this device. Loading is consent to download it. */
  command(step: number, command: ModelCommand): Promise<void>
  /** What left the device since the ladder was chosen, as it was sent: secrets masked. */
  sent(): Promise<readonly SentRequest[]>
}

/** The same, for whoever hears that something has changed. */
export interface OpenSummarisers extends Summarisers {
  changed(): void
}

/** What of the page's models, and of sync, a connection to a worker needs. */
export interface PageModels extends PageSync {
  /** Opens an encrypted database again for a worker that is started anew. */
  unlock?: CryptoKey | undefined
  /** Grows only. */
  readonly models: LanguageModel[]
  /** Makes the worker that runs now reach them; does nothing where it does already. */
  expose?: () => Promise<unknown>
  /** What a worker that is started again has to know: the ladder as it was chosen last, and the device. */
  told?: StartOptions['page']
}

/** Where the engine runs in the same thread it has whatever models there are. */
export function noPage(): PageModels {
  return { models: [] }
}

export function createSummarisers(
  call: Call,
  page: PageModels,
  notify: (listener: () => void) => void,
): OpenSummarisers {
  const reading = watchReading(() => call('summarisers', {}), notify, NOTHING)
  const inTurn = oneByOne()
  /** The model of a step, if the page has it. */
  const pageModel = (step: number): LanguageModel | undefined => {
    const choice = page.told?.chosen[step]
    return choice?.kind === 'page' ? page.models[choice.place] : undefined
  }
  return {
    changed: reading.changed,
    status: withPageStates(reading.observable, pageModel),
    choose: (choices) =>
      inTurn(async () => {
        const plain = await toPlainChoices(listOf(choices), page.models)
        if (page.models.length > 0) await page.expose?.()
        await call('chooseSummarisers', { choices: plain })
        page.told = { device: {}, ...page.told, chosen: plain }
        tellDevice(call, page)
      }),
    reset: () => call('resetSummarisers', {}),
    test: (step) => call('testSummariser', { step }),
    try: (session, step, range) => call('trySummariser', { session, step, ...range }),
    async command(step, command) {
      const model = pageModel(step)
      // Before anything is awaited: browsers ask that a click is being handled.
      if (command === 'load' && model && isBrowserAi(model)) await model.enable()
      await call('commandSummariser', { step, command })
    },
    sent: () => call('sentToModels', {}),
  }
}

const NOTHING: SummarisersStatus = { steps: [], events: [], waits: [] }

/** Makes a call of a turn once a slot of the provider is free for it. */
export async function takeTurn<T>(
  call: Call,
  turn: string,
  provider: string,
  work: () => Promise<T>,
): Promise<T> {
  // A chat never fails for want of a slot: where the gate can't be asked, it goes on without one.
  await call('beginTurn', { provider, turn }).catch(() => {})
  try {
    return await work()
  } finally {
    // A worker that died in between holds no slot any more.
    void call('endTurn', { turn }).catch(() => {})
  }
}

function isBrowserAi(model: LanguageModel): model is BrowserAi {
  return 'enable' in model
}

/** What the workers know of the ladder, with what only the page knows of its own models. */
function withPageStates(
  told: Observable<SummarisersStatus>,
  pageModel: (step: number) => LanguageModel | undefined,
): Observable<SummarisersStatus> {
  let last: { readonly told: SummarisersStatus; readonly loads: string } | undefined
  let joined: SummarisersStatus = told.get()
  const stateOf = (step: number): SummariserState | undefined => {
    const model = pageModel(step)
    return model && isBrowserAi(model) ? model.state.get() : undefined
  }
  return {
    get() {
      const now = told.get()
      const loads = JSON.stringify(now.steps.map((_, step) => stateOf(step)))
      if (now === last?.told && loads === last.loads) return joined
      last = { told: now, loads }
      joined = {
        ...now,
        steps: now.steps.map((own, step) => ({ ...own, load: stateOf(step) ?? own.load })),
      }
      return joined
    },
    subscribe(listener) {
      const models = new Map<LanguageModel, () => void>()
      const follow = (): void => {
        for (const step of told.get().steps.keys()) {
          const model = pageModel(step)
          if (!model || !isBrowserAi(model) || models.has(model)) continue
          models.set(model, model.state.subscribe(listener))
          void model.check()
        }
      }
      const stop = told.subscribe(() => {
        follow()
        listener()
      })
      follow()
      return () => {
        stop()
        for (const leave of models.values()) leave()
      }
    },
  }
}

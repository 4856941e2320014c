import type { Clock } from '../core/ports/clock.ts'
import type { DeviceState } from '../core/ports/device-conditions.ts'
import type { Random } from '../core/ports/random.ts'
import { oneByOne } from '../protocol/one-by-one.ts'
import type { PlainChoice, SummariserDesk } from '../protocol/summariser-desk.ts'
import type { ModelGate } from './model-gate.ts'
import { createSummariserService, type LadderModel } from './summariser-service.ts'

export interface LocalDeskDeps {
  readonly clock: Clock
  readonly random: Random
  readonly count: (text: string) => number
  readonly gate: ModelGate
  /** Opens what a choice names. */
  open(choice: Exclude<PlainChoice, { readonly kind: 'built-in' }>): Promise<LadderModel>
  tellDevice?(state: DeviceState): void
}

const { signal: NEVER } = new AbortController()

/** The summarisers of this thread. */
export function createLocalDesk(deps: LocalDeskDeps): SummariserDesk {
  const { gate } = deps
  const service = createSummariserService(deps)
  const turns = new Map<string, () => void>()
  const inTurn = oneByOne()
  return {
    isPresent: service.isPresent,
    blockTokens: service.blockTokens,
    summarise: service.summarise,
    choose: (choices) =>
      inTurn(async () => {
        const models: LadderModel[] = []
        // One after the other: should one be refused, those before it are closed again.
        try {
          for (const choice of choices) {
            if (choice.kind === 'built-in') break
            models.push(await deps.open(choice))
          }
        } catch (failure) {
          await Promise.allSettled(models.map(({ model }) => model.close()))
          throw failure
        }
        await service.choose(models)
      }),
    status: async () => service.status(),
    watch: service.watch,
    reset: async () => service.reset(),
    test: (step) => service.test(step, NEVER),
    try: service.try,
    command: service.command,
    sent: async () => service.sent(),
    beginTurn: (provider, turn) =>
      new Promise((resolve) => {
        void gate.turn(
          provider,
          () =>
            new Promise<void>((end) => {
              turns.set(turn, end)
              resolve()
            }),
        )
      }),
    async endTurn(turn) {
      turns.get(turn)?.()
      turns.delete(turn)
    },
    async tellDevice(state) {
      deps.tellDevice?.(state)
    },
    async close() {
      for (const end of turns.values()) end()
      turns.clear()
      await service.close()
      gate.close()
    },
  }
}

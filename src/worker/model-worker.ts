import { expose } from 'comlink'
import type { DeviceState } from '../core/ports/device-conditions.ts'
import type { LanguageModel, LanguageModelInfo } from '../core/ports/language-model.ts'
import type { SummarisedBlock, SummariseRequest } from '../core/ports/summariser.ts'
import { createGate } from '../models/gate.ts'
import { createLocalDesk } from '../models/local-desk.ts'
import { openLadderModel } from '../models/open-ladder-model.ts'
import { createEstimatingTokeniser } from '../models/estimating-tokeniser.ts'
import { toReply, type Reply } from '../protocol/reply.ts'
import type { PageChoice, PlainChoice, SummariserDesk } from '../protocol/summariser-desk.ts'
import type {
  ModelCommand,
  ModelTest,
  SentRequest,
  SummarisersStatus,
  SummaryTrial,
} from '../protocol/summariser-status.ts'
import { watchDevice } from '../tabs/device-conditions.ts'
import { createGateNotices } from '../tabs/gate-notices.ts'
import { createGatePlaces } from '../tabs/gate-places.ts'
import { holdLifeline } from '../tabs/lifeline.ts'
import { systemClock } from '../tabs/system-clock.ts'
import { connectPageModels } from './page-models.ts'
import { spawnWebLlm } from './spawn-webllm.ts'
import { trustOwnWorkers } from './trust-own-workers.ts'

/** What the store worker asks of the worker that holds the models. A signal can't cross: calls have numbers. */
export interface ModelWorkerApi {
  /** Resolves when the lifeline is held. */
  start(lifeline: string, ports: ModelWorkerPorts): Promise<Reply<void>>
  blockTokens(): Promise<Reply<number>>
  choose(choices: readonly PlainChoice[]): Promise<Reply<void>>
  status(): Promise<Reply<SummarisersStatus>>
  reset(): Promise<Reply<void>>
  test(step: number): Promise<Reply<ModelTest>>
  summarise(call: number, request: SummariseRequest): Promise<Reply<SummarisedBlock>>
  try(call: number, step: number, request: SummariseRequest): Promise<Reply<SummaryTrial>>
  abort(call: number): void
  command(step: number, command: ModelCommand): Promise<Reply<void>>
  sent(): Promise<Reply<readonly SentRequest[]>>
  beginTurn(provider: string, turn: string): Promise<Reply<void>>
  endTurn(turn: string): Promise<Reply<void>>
  tellDevice(state: DeviceState): Promise<Reply<void>>
  close(): Promise<Reply<void>>
}

export interface ModelWorkerPorts {
  /** Way to the models that only the page has. */
  readonly page: MessagePort
  /** Told whenever the status has changed. */
  readonly changes: MessagePort
}

const random = { id: () => crypto.randomUUID() }
const device = watchDevice(globalThis)
const locks: LockManager | undefined = navigator.locks
const gate = createGate({
  clock: systemClock,
  conditions: device,
  ...(locks
    ? {
        places: createGatePlaces({
          locks,
          notices: createGateNotices(),
          clock: systemClock,
          random,
        }),
      }
    : {}),
})
let fromPage: ((info: LanguageModelInfo, place: number) => LanguageModel) | undefined

const pageModel = ({ info, place }: PageChoice): LanguageModel => {
  if (!fromPage) throw new Error('the page was not connected')
  return fromPage(info, place)
}

const desk: SummariserDesk = createLocalDesk({
  clock: systemClock,
  random,
  count: createEstimatingTokeniser().count,
  gate,
  open: (choice) =>
    openLadderModel(choice, {
      clock: systemClock,
      pageModel,
      random: Math.random,
      spawnWebLlm,
    }),
  tellDevice: device.tell,
})

const running = new Map<number, AbortController>()

const abortable = <T>(call: number, work: (signal: AbortSignal) => Promise<T>): Promise<Reply<T>> =>
  toReply(async () => {
    const controller = new AbortController()
    running.set(call, controller)
    try {
      return await work(controller.signal)
    } finally {
      running.delete(call)
    }
  })

const api: ModelWorkerApi = {
  start: (lifeline, { page, changes }) =>
    toReply(async () => {
      fromPage = connectPageModels(page, systemClock)
      desk.watch(() => changes.postMessage(null))
      if (locks) await holdLifeline(locks, lifeline)
    }),
  blockTokens: () => toReply(async () => desk.blockTokens()),
  choose: (choices) => toReply(() => desk.choose(choices)),
  status: () => toReply(() => desk.status()),
  reset: () => toReply(() => desk.reset()),
  test: (step) => toReply(() => desk.test(step)),
  summarise: (call, request) => abortable(call, (signal) => desk.summarise(request, signal)),
  try: (call, step, request) => abortable(call, (signal) => desk.try(step, request, signal)),
  abort: (call) => running.get(call)?.abort(),
  command: (step, command) => toReply(() => desk.command(step, command)),
  sent: () => toReply(() => desk.sent()),
  beginTurn: (provider, turn) => toReply(() => desk.beginTurn(provider, turn)),
  endTurn: (turn) => toReply(() => desk.endTurn(turn)),
  tellDevice: (state) => toReply(() => desk.tellDevice(state)),
  close: () => toReply(() => desk.close()),
}

trustOwnWorkers()
expose(api)

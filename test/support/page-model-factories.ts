import { exposeModels } from '../../src/client/expose-models.ts'
import type { LanguageModel } from '../../src/core/ports/language-model.ts'
import { createBrowserAi } from '../../src/models/browser-ai/browser-ai-model.ts'
import { hostModel } from '../../src/models/host-model.ts'
import { systemClock } from '../../src/tabs/system-clock.ts'
import { pageModels } from '../../src/worker/page-models.ts'
import { summariserThat } from './build-models.ts'
import { FAKE_VERSIONS, fakeBrowserAi, type FakeVersion } from './fake-browser-ai.ts'

/** What a model under test shall do with every question. */
export interface ModelScript {
  /** What it answers with; a short text by default. */
  readonly answer?: string
  /** Whether it never answers. */
  readonly hangs?: boolean
  /** What it fails with, if it does. */
  readonly throws?: Error
}

/** A model under test, and what ends everything around it. */
export interface OpenModel {
  readonly model: LanguageModel
  /** Questions that reached the provider. */
  asked(): number
  end(): void
}

/** A way to make a model, for suites that hold for all of them. */
export interface ModelFactory {
  readonly name: string
  /** Whether text is told as it grows. */
  readonly isStreamed: boolean
  open(script?: ModelScript): OpenModel
}

const SHORT = 'It is about a mark that was raised twice.'

function openBrowserAi(
  version: FakeVersion,
  { answer = SHORT, hangs = false, throws }: ModelScript = {},
): OpenModel {
  const fake = fakeBrowserAi(version, {
    answer: () => {
      if (throws) throw throws
      return answer
    },
    hangs: new Set(hangs ? ['prompt'] : []),
  })
  const model = createBrowserAi({ kind: 'browser-ai' }, { scope: fake.scope })
  return { model, asked: () => fake.asked.length, end: () => {} }
}

function openHost({ answer = SHORT, hangs = false, throws }: ModelScript = {}): OpenModel {
  let asked = 0
  const model = hostModel(
    summariserThat(() => {
      asked += 1
      if (throws) throw throws
      return hangs ? new Promise(() => {}) : answer
    }),
  )
  return { model, asked: () => asked, end: () => {} }
}

/** The same model as a worker sees it, over a real port. */
function acrossPort({ model, asked }: OpenModel): OpenModel {
  const { port1, port2 } = new MessageChannel()
  const stop = exposeModels([model], port1)
  const [seen] = pageModels([model.info], port2, systemClock)
  if (!seen) throw new Error('there is no model')
  const end = (): void => {
    stop()
    port2.close()
  }
  return { model: seen, asked, end }
}

/** Every model that lives on the page: directly, and asked from a worker. */
export const PAGE_MODEL_FACTORIES: readonly ModelFactory[] = [
  ...FAKE_VERSIONS.map((version) => ({
    name: `browser-ai ${version}`,
    isStreamed: true,
    open: (script?: ModelScript) => openBrowserAi(version, script),
  })),
  { name: 'host summariser', isStreamed: false, open: openHost },
  {
    name: 'browser-ai across a port',
    isStreamed: true,
    open: (script) => acrossPort(openBrowserAi('2026', script)),
  },
  {
    name: 'host summariser across a port',
    isStreamed: false,
    open: (s) => acrossPort(openHost(s)),
  },
]

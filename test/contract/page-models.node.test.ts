import { exposeModels } from '../../src/client/expose-models.ts'
import type { LanguageModel } from '../../src/core/ports/language-model.ts'
import { createGate } from '../../src/models/gate.ts'
import { hostModel } from '../../src/models/host-model.ts'
import { systemClock } from '../../src/tabs/system-clock.ts'
import { pageModels } from '../../src/worker/page-models.ts'
import { createBrowserAi } from '../../src/models/browser-ai/browser-ai-model.ts'
import { FAKE_VERSIONS, fakeBrowserAi, type FakeVersion } from '../support/fake-browser-ai.ts'
import { createFakeWebLlm } from '../support/fake-web-llm.ts'
import { describeLanguageModel, type ModelStage } from './language-model-contract.ts'

type Script = { readonly kind: 'answer' | 'hold' | 'fail'; readonly text: string }

/** A host's summariser that does what a test says, and sees how many ask at the same time. */
function openHost(): Omit<ModelStage, 'close'> & { readonly model: LanguageModel } {
  const scripts: Script[] = []
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  let [calls, running, most] = [0, 0, 0]
  const model = hostModel({
    name: 'mine',
    slots: 2,
    async summarise(_, signal) {
      calls += 1
      running += 1
      most = Math.max(most, running)
      for (const { count, resolve } of waiting) if (calls >= count) resolve()
      const script = scripts.shift() ?? { kind: 'answer', text: '' }
      if (script.kind === 'hold') {
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        )
      }
      running -= 1
      if (script.kind === 'fail') throw new Error('it broke')
      return script.text
    },
  })
  return {
    model,
    answer: (text) => void scripts.push({ kind: 'answer', text }),
    hold: (text) => void scripts.push({ kind: 'hold', text }),
    fail: () => void scripts.push({ kind: 'fail', text: '' }),
    asked: (count) =>
      new Promise((resolve) => {
        if (calls >= count) resolve()
        else waiting.push({ count, resolve })
      }),
    peak: () => most,
  }
}

describeLanguageModel('a host’s summariser behind the gate', async () => {
  const host = openHost()
  const gate = createGate({ clock: systemClock })
  return { ...host, model: gate.wrap(host.model), close: async () => gate.close() }
})

describeLanguageModel('a host’s summariser behind the gate, asked from a worker', async () => {
  const host = openHost()
  const gate = createGate({ clock: systemClock })
  const { port1, port2 } = new MessageChannel()
  const stop = exposeModels([host.model], port1)
  const [far] = pageModels([host.model.info], port2, systemClock)
  if (!far) throw new Error('no model came over')
  return {
    ...host,
    model: gate.wrap(far),
    close: async () => {
      gate.close()
      stop()
      port2.close()
    },
  }
})

/** Resolves when the count has reached so many: whoever counts is asked between events. */
async function reached(count: () => number, wanted: number): Promise<void> {
  while (count() < wanted) await new Promise((resolve) => setImmediate(resolve))
}

function openBrowser(version: FakeVersion): ModelStage {
  const scripts: Script[] = []
  const hangs = new Set<'availability' | 'create' | 'prompt'>()
  const fake = fakeBrowserAi(version, {
    hangs,
    answer() {
      const script = scripts.shift()
      if (script?.kind === 'fail') throw new Error('it broke')
      return script?.text ?? ''
    },
  })
  const model = createBrowserAi({ kind: 'browser-ai' }, { scope: fake.scope })
  const gate = createGate({ clock: systemClock })
  const push = (kind: Script['kind'], text: string): void => {
    // One call at a time is what its window allows.
    if (kind === 'hold') hangs.add('prompt')
    else {
      hangs.delete('prompt')
      scripts.push({ kind, text })
    }
  }
  return {
    model: gate.wrap(model),
    answer: (text) => push('answer', text),
    hold: (text) => push('hold', text),
    fail: () => push('fail', ''),
    asked: (count) => reached(() => fake.asked.length, count),
    peak: () => undefined,
    close: async () => gate.close(),
  }
}

for (const version of FAKE_VERSIONS) {
  describeLanguageModel(`the browser’s AI of ${version} behind the gate`, async () =>
    openBrowser(version),
  )
}

describeLanguageModel('a local model over a stand-in for its engine', async () => {
  const { model, plan, record } = createFakeWebLlm()
  return {
    model,
    answer: (text) => void plan.calls.push({ kind: 'answer', pieces: text.split(/(?<= )/) }),
    hold: () => void plan.calls.push({ kind: 'endless' }),
    fail: () =>
      void plan.calls.push({
        kind: 'fail',
        failure: { name: 'ContextWindowSizeExceededError', message: 'too long' },
      }),
    asked: (count) => reached(() => record.questions.length, count),
    peak: () => record.mostRunning,
    close: async () => {},
  }
})

import { afterEach, describe, expect, test } from 'vitest'
import type { LanguageModel, ModelRequest } from '../../src/core/ports/language-model.ts'

/** A model whose answers a test decides. */
export interface ModelStage {
  readonly model: LanguageModel
  /** The next call is answered with this text. */
  answer(text: string): void
  /** The next call tells this text, if its model tells any, and then hangs until it is given up. */
  hold(text: string): void
  /** The next call fails, in whatever way the model's kind fails most. */
  fail(): void
  /** Resolves when so many calls in all have reached whoever answers. */
  asked(count: number): Promise<void>
  /** Most calls that whoever answers had at the same time; undefined where that can't be seen. */
  peak(): number | undefined
  close(): Promise<void>
}

const REQUEST: ModelRequest = {
  system: 'You fold sessions.',
  prompt: 'What was said so far?',
  maxTokens: 100,
}

/** What every language model has to do, whoever answers. */
export function describeLanguageModel(name: string, open: () => Promise<ModelStage>): void {
  describe(`${name}`, () => {
    let stage: ModelStage | null = null
    const start = async (): Promise<ModelStage> => (stage = await open())

    afterEach(async () => {
      await stage?.model.close()
      await stage?.close()
      stage = null
    })

    test('[REM14] it says what it is, in plain data', async () => {
      const { model } = await start()
      expect(structuredClone(model.info)).toEqual(model.info)
      expect(model.info.name).not.toBe('')
      expect(model.info.provider).not.toBe('')
      expect(model.info.contextTokens).toBeGreaterThan(0)
      expect(model.info.slots).toBeGreaterThanOrEqual(1)
    })

    test('[REM14] it answers with text and tells it as it grows', async () => {
      const { model, answer } = await start()
      const text = 'Zwölf Größen 🙂 und 漢字, told in several words.'
      answer(text)
      const told: string[] = []
      const reply = await model.generate(REQUEST, never(), (sofar) => void told.push(sofar))
      expect(reply).toMatchObject({ kind: 'answered', text, isWhole: true })
      for (const [index, sofar] of told.entries()) {
        expect(sofar.startsWith(told[index - 1] ?? '')).toBe(true)
        expect(text.startsWith(sofar)).toBe(true)
      }
    })

    test('[REM14] calls one after another do not know of each other', async () => {
      const { model, answer } = await start()
      for (const text of ['first', 'second', 'third']) {
        answer(text)
        expect(await model.generate(REQUEST, never())).toMatchObject({ kind: 'answered', text })
      }
    })

    test('[REM14] it never rejects: a failure has a code and a reason', async () => {
      const { model, fail, answer } = await start()
      fail()
      const reply = await model.generate(REQUEST, never())
      expect(reply.kind).toBe('failed')
      if (reply.kind === 'failed') expect(reply.reason).not.toBe('')
      answer('again')
      expect(await model.generate(REQUEST, never())).toMatchObject({ text: 'again' })
    })

    test('[REM14] a listener that throws does not break the answer', async () => {
      const { model, answer } = await start()
      answer('all of it')
      const reply = await model.generate(REQUEST, never(), () => {
        throw new Error('listener')
      })
      expect(reply).toMatchObject({ kind: 'answered', text: 'all of it' })
    })

    test('[REM15] a call whose signal is aborted already asks nobody', async () => {
      const { model, answer } = await start()
      const reply = await model.generate(REQUEST, AbortSignal.abort(), () => expect.unreachable())
      expect(reply).toMatchObject({ kind: 'failed', code: 'aborted' })
      answer('next')
      expect(await model.generate(REQUEST, never())).toMatchObject({ text: 'next' })
    })

    test('[REM15] an abort in the middle ends the call at once, and nothing more is told', async () => {
      const { model, hold, asked, answer } = await start()
      const controller = new AbortController()
      hold('so far ')
      let isOver = false
      const call = model.generate(REQUEST, controller.signal, () => {
        if (isOver) expect.unreachable()
      })
      await asked(1)
      controller.abort()
      expect(await call).toMatchObject({ kind: 'failed', code: 'aborted' })
      isOver = true
      answer('next')
      expect(await model.generate(REQUEST, never())).toMatchObject({ text: 'next' })
    })

    test('[REM15] an abort after the answer changes nothing', async () => {
      const { model, answer } = await start()
      const controller = new AbortController()
      answer('whole')
      const reply = await model.generate(REQUEST, controller.signal)
      controller.abort()
      expect(reply).toMatchObject({ kind: 'answered', text: 'whole' })
    })

    test('[REM15, REM16] it takes no more calls than slots, and one that waits can be given up', async () => {
      const { model, hold, asked, peak } = await start()
      const { slots } = model.info
      const held = Array.from({ length: slots }, () => new AbortController())
      const calls = held.map(({ signal }) => {
        hold('busy ')
        return model.generate(REQUEST, signal)
      })
      await asked(slots)
      const waiting = new AbortController()
      const late = model.generate(REQUEST, waiting.signal)
      waiting.abort()
      expect(await late).toMatchObject({ code: 'aborted' })
      for (const controller of held) controller.abort()
      for (const reply of await Promise.all(calls)) expect(reply).toMatchObject({ code: 'aborted' })
      expect(peak() ?? slots).toBe(slots)
    })

    test('[REM16] many calls at once are all answered, some later', async () => {
      const { model, answer, peak } = await start()
      const texts = Array.from({ length: model.info.slots + 3 }, (_, index) => `answer ${index}`)
      for (const text of texts) answer(text)
      const replies = await Promise.all(texts.map(() => model.generate(REQUEST, never())))
      const got = replies.map((reply) => (reply.kind === 'answered' ? reply.text : reply.code))
      expect(got.toSorted()).toEqual(texts)
      expect(peak() ?? 0).toBeLessThanOrEqual(model.info.slots)
    })

    test('[REM16] closing ends calls under way, and later ones get no answer', async () => {
      const { model, hold, asked } = await start()
      hold('so far ')
      const call = model.generate(REQUEST, never())
      await asked(1)
      await model.close()
      expect(await call).toMatchObject({ kind: 'failed', code: 'aborted' })
      expect(await model.generate(REQUEST, never())).toMatchObject({ kind: 'failed' })
      await model.close()
    })
  })
}

function never(): AbortSignal {
  return new AbortController().signal
}

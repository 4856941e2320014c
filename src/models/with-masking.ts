import type { Clock } from '../core/ports/clock.ts'
import type { LanguageModel, ModelReply } from '../core/ports/language-model.ts'
import type { SecretMasks } from '../core/secrets/mask-secrets.ts'
import { maskSecrets, unmask, withoutOpenPlaceholder } from '../core/secrets/mask-secrets.ts'

/** What left the device in one call: texts in their masked form. */
export interface SentRequest {
  /** Unix time in milliseconds. */
  readonly at: number
  readonly model: string
  readonly system: string
  readonly prompt: string
}

/** A model that is never told a secret. */
export interface MaskingModel extends LanguageModel {
  /** The newest requests that left the device, oldest first: 50 at most, and 2,000,000 characters. */
  sent(): readonly SentRequest[]
}

const MAX_SENT = 50
const MAX_SENT_CHARACTERS = 2_000_000

/**
 * Masks secrets in what is sent to a model that is not on this device, and puts them back into its answer.
 * A local model is asked as it is, and nothing is kept.
 *
 * Placeholders belong to one call: an answer can't bring back what that call did not hold. The schema is
 * sent as it is, so it must not quote the session.
 *
 * @see SPEC.md rules MASK9–MASK11
 */
export function withMasking(model: LanguageModel, clock: Pick<Clock, 'now'>): MaskingModel {
  let sent: SentRequest[] = []
  const record = (system: string, prompt: string): void => {
    sent.push({ at: clock.now(), model: model.info.name, system, prompt })
    sent = newest(sent)
  }
  return {
    get info() {
      return model.info
    },
    async generate(request, signal, onText) {
      if (model.info.isLocal) return await model.generate(request, signal, onText)
      const system = maskSecrets(request.system)
      const prompt = maskSecrets(request.prompt, system.masks)
      const masks = prompt.masks
      if (!signal.aborted) record(system.text, prompt.text)
      const isJson = (text: string): boolean => request.schema !== undefined || looksLikeJson(text)
      const tell = onText && ((text: string) => onText(tellable(text, masks, isJson(text))))
      const reply = await model.generate(
        { ...request, system: system.text, prompt: prompt.text },
        signal,
        tell,
      )
      return unmaskReply(reply, masks, isJson)
    },
    close: () => model.close(),
    sent: () => [...sent],
  }
}

function unmaskReply(
  reply: ModelReply,
  masks: SecretMasks,
  isJson: (text: string) => boolean,
): ModelReply {
  if (reply.kind === 'failed') return reply
  return { ...reply, text: unmask(reply.text, masks, isJson(reply.text)) }
}

function tellable(text: string, masks: SecretMasks, isJson: boolean): string {
  return unmask(withoutOpenPlaceholder(text), masks, isJson)
}

/** Told by the start alone, so that it is the same while a text grows. */
function looksLikeJson(text: string): boolean {
  return /^\s{0,100}(?:```(?:json)?\s{0,10})?[[{]["\s{[\]}]/.test(text.slice(0, 200))
}

function newest(sent: SentRequest[]): SentRequest[] {
  let characters = 0
  let from = sent.length
  while (from > 0 && sent.length - from < MAX_SENT) {
    const next = sent[from - 1]
    characters += (next?.system.length ?? 0) + (next?.prompt.length ?? 0)
    if (characters > MAX_SENT_CHARACTERS && from < sent.length) break
    from -= 1
  }
  return sent.slice(from)
}

import type { KeptKeys, KeyedChoice } from '../run/kept-keys.ts'
import type { Provider } from './app-settings.ts'

/** The keys of providers: in memory, and encrypted where a person asked to keep them. */
export interface ProviderKeys {
  /** The key of a provider's server; empty if none was entered or unlocked. */
  get(provider: Provider): string
  set(provider: Provider, key: string): void
  /** Whether one is kept encrypted for this provider. */
  isKept(provider: Provider): boolean
  keep(provider: Provider, passphrase: string): Promise<void>
  /** Null if it is unlocked, else what is wrong. */
  unlock(provider: Provider, passphrase: string): Promise<string | null>
  forget(provider: Provider): void
}

/** Keys go with the server they are for, and never to another. @see SPEC.md rule KEEP18 */
export function createProviderKeys(kept: KeptKeys): ProviderKeys {
  const keys = new Map<string, string>()
  const find = (provider: Provider): string | undefined => {
    const { kind, baseUrl, model } = choiceOf(provider, '')
    return kept
      .list()
      .find(
        ({ choice }) =>
          choice.kind === kind &&
          (choice.baseUrl ?? '') === (baseUrl ?? '') &&
          choice.model === model,
      )?.id
  }
  return {
    get: (provider) => keys.get(serverOf(provider)) ?? '',
    set(provider, key) {
      if (key === '') keys.delete(serverOf(provider))
      else keys.set(serverOf(provider), key)
    },
    isKept: (provider) => find(provider) !== undefined,
    keep: (provider, passphrase) =>
      kept.keep(choiceOf(provider, keys.get(serverOf(provider)) ?? ''), passphrase),
    async unlock(provider, passphrase) {
      const opened = await kept.unlock(find(provider) ?? '', passphrase)
      if (opened.kind === 'wrong-passphrase') {
        return 'That is not the passphrase, or what was kept is damaged.'
      }
      if (opened.kind === 'unreadable') return `What was kept can’t be read: ${opened.reason}.`
      keys.set(serverOf(provider), opened.choice.apiKey ?? '')
      return null
    },
    forget(provider) {
      const id = find(provider)
      if (id !== undefined) kept.forget(id)
    },
  }
}

/** Where a key is sent: protocol and origin. */
function serverOf({ protocol, baseUrl }: Provider): string {
  const typed = baseUrl.trim()
  return `${protocol} ${URL.canParse(typed) ? new URL(typed).origin : typed}`
}

/** As summarisers' keys are kept, so that one list has them all. */
function choiceOf({ protocol, baseUrl, model }: Provider, apiKey: string): KeyedChoice {
  const kind = protocol === 'anthropic' || protocol === 'gemini' ? protocol : 'openai-compatible'
  return { kind, model, baseUrl: baseUrl.trim(), apiKey }
}

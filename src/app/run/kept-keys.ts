import type { SummariserOptions } from '../../protocol/summariser-options.ts'
import type { OpenedKey, SealedKey } from '../../models/key-vault.ts'
import { openKey, sealKey } from '../../models/key-vault.ts'

/** A summariser over the network, of which a key may be kept. */
export type KeyedChoice = Extract<
  SummariserOptions,
  { readonly kind: 'openai-compatible' | 'anthropic' | 'gemini' }
>

/** A summariser that is kept on this device, its key encrypted. */
export interface KeptKey {
  readonly id: string
  readonly choice: Omit<KeyedChoice, 'apiKey'>
  readonly sealed: SealedKey
}

/** Where kept keys are, such as `localStorage`. Any call may throw. */
export interface TextStorage {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
}

/** The keys that a person asked to keep. */
export interface KeptKeys {
  list(): readonly KeptKey[]
  /** Keeps a step with its key encrypted; one of the same kind, address and model is replaced. */
  keep(choice: KeyedChoice, passphrase: string): Promise<void>
  /** The step with its key, if the passphrase is right. */
  unlock(
    id: string,
    passphrase: string,
  ): Promise<
    | { readonly kind: 'opened'; readonly choice: KeyedChoice }
    | Exclude<OpenedKey, { readonly kind: 'opened' }>
  >
  forget(id: string): void
}

const STORAGE_NAME = 'backfold-kept-keys'
const MOST_KEPT = 20
const MOST_STORED = 400_000

/**
 * Keeps encrypted keys as text. What is stored is read field by field: it may be of another release, or damaged.
 *
 * @see SPEC.md rule APP99
 */
export function createKeptKeys(storage: TextStorage): KeptKeys {
  const list = (): readonly KeptKey[] => {
    try {
      return readKept(storage.getItem(STORAGE_NAME))
    } catch {
      return []
    }
  }
  const write = (kept: readonly KeptKey[]): void =>
    storage.setItem(STORAGE_NAME, JSON.stringify(kept.slice(0, MOST_KEPT)))
  return {
    list,
    async keep({ apiKey = '', ...choice }, passphrase) {
      const sealed = await sealKey(apiKey, passphrase)
      const id = idOf(choice)
      write([{ id, choice, sealed }, ...list().filter((one) => one.id !== id)])
    },
    async unlock(id, passphrase) {
      const kept = list().find((one) => one.id === id)
      if (kept === undefined) return { kind: 'unreadable', reason: 'it is not stored any more' }
      const opened = await openKey(kept.sealed, passphrase)
      if (opened.kind !== 'opened') return opened
      return { kind: 'opened', choice: { ...kept.choice, apiKey: opened.key } as KeyedChoice }
    },
    forget: (id) => write(list().filter((one) => one.id !== id)),
  }
}

function idOf({ kind, baseUrl = '', model }: Omit<KeyedChoice, 'apiKey'>): string {
  return `${kind} ${baseUrl} ${model}`
}

/** Entries that make sense; others are left out. */
function readKept(text: string | null): readonly KeptKey[] {
  if (text === null || text.length > MOST_STORED) return []
  const stored: unknown = JSON.parse(text)
  if (!Array.isArray(stored)) return []
  return stored.slice(0, MOST_KEPT).flatMap((one: unknown) => {
    const { choice, sealed } = fieldsOf(one)
    const { kind, baseUrl, model, contextTokens } = fieldsOf(choice)
    if (kind !== 'openai-compatible' && kind !== 'anthropic' && kind !== 'gemini') return []
    if (typeof model !== 'string' || (kind === 'openai-compatible' && typeof baseUrl !== 'string'))
      return []
    const read = {
      kind,
      model,
      ...(typeof baseUrl === 'string' && { baseUrl }),
      ...(typeof contextTokens === 'number' && { contextTokens }),
    } as KeptKey['choice']
    // What opens it checks it.
    return [{ id: idOf(read), choice: read, sealed: sealed as SealedKey }]
  })
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

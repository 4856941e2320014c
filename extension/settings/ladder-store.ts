import { openKey, sealKey, type OpenedKey, type SealedKey } from '../../src/models/key-vault.ts'
import type { SummariserOptions } from '../../src/protocol/summariser-options.ts'
import { browserWorld, type SettingsWorld, type StorageArea } from './settings-store.ts'

/** A step of the ladder of summarisers, without its key. */
export type KeptChoice = Exclude<SummariserOptions, { readonly kind: 'built-in' }>

/** A step as a page shows it. */
export interface LadderStep {
  readonly id: string
  readonly choice: KeptChoice
  /**
   * `none`: it has no key. `held`: until the browser is closed. `sealed`: kept, and locked. `open`: kept, and unlocked
   * until the browser is closed.
   */
  readonly key: 'none' | 'held' | 'sealed' | 'open'
}

/** The ladder of summarisers as a person built it. Its keys are in memory, or encrypted; never in the clear on disk. */
export interface LadderStore {
  read(): Promise<readonly LadderStep[]>
  /**
   * Puts a step at the end; resolves to its id.
   *
   * @param passphrase - Keeps the choice's key encrypted; without one it is held until the browser is closed.
   */
  add(choice: SummariserOptions, passphrase?: string): Promise<string | null>
  remove(id: string): Promise<void>
  /** Moves a step up (-1) or down (1). */
  move(id: string, by: -1 | 1): Promise<void>
  /** Opens a kept key until the browser is closed. */
  unlock(id: string, passphrase: string): Promise<OpenedKey['kind']>
  /** What is to be asked, with the keys that are at hand; steps whose key is locked are left out. */
  resolve(): Promise<readonly SummariserOptions[]>
  onChange(listener: () => void): () => void
}

const LADDER = 'ladder'
const KEYS = 'ladder-keys'
const MOST_STEPS = 20
const MOST_LENGTH = 20_000
const KINDS: readonly string[] = [
  'webllm',
  'openai-compatible',
  'anthropic',
  'gemini',
  'browser-ai',
]

interface StoredStep {
  readonly id: string
  readonly choice: KeptChoice
  readonly sealed?: SealedKey
}

/** Everything that a ladder's store needs of the browser. */
export interface LadderWorld extends SettingsWorld {
  /** In memory, and for no content script. */
  readonly session: StorageArea
  readonly onKeysChanged: (listener: () => void) => () => void
  readonly newId: () => string
}

/** @see SPEC.md rules GRANT10, GRANT11 */
export function createLadderStore(world: LadderWorld = browserLadderWorld()): LadderStore {
  const readSteps = async (): Promise<readonly StoredStep[]> =>
    readStored((await world.area.get(LADDER))[LADDER])
  const readKeys = async (): Promise<Readonly<Record<string, string>>> =>
    readTexts((await world.session.get(KEYS))[KEYS])
  const change = (to: (steps: readonly StoredStep[]) => readonly StoredStep[]): Promise<void> =>
    world.alone(async () => world.area.set({ [LADDER]: to(await readSteps()) }))
  const setKey = (id: string, key: string | null): Promise<void> =>
    world.alone(async () => {
      const { [id]: _former, ...others } = await readKeys()
      await world.session.set({ [KEYS]: key === null ? others : { ...others, [id]: key } })
    })
  return {
    async read() {
      const [steps, keys] = await Promise.all([readSteps(), readKeys()])
      return steps.map(({ id, choice, sealed }) => {
        const isHeld = Object.hasOwn(keys, id)
        const key = sealed ? (isHeld ? 'open' : 'sealed') : isHeld ? 'held' : 'none'
        return { id, choice, key }
      })
    },
    async add(choice, passphrase) {
      const [step] = readStored([{ id: world.newId(), choice }])
      if (!step) return null
      const key = 'apiKey' in choice ? (choice.apiKey ?? '') : ''
      const isKept = key !== '' && passphrase !== undefined && passphrase !== ''
      const sealed = isKept ? await sealKey(key, passphrase) : undefined
      // Before the step: whoever hears of it finds its key.
      if (key !== '') await setKey(step.id, key)
      await change((steps) => [...steps, { ...step, ...(sealed && { sealed }) }])
      return step.id
    },
    async remove(id) {
      await change((steps) => steps.filter((step) => step.id !== id))
      await setKey(id, null)
    },
    move: (id, by) =>
      change((steps) => {
        const at = steps.findIndex((step) => step.id === id)
        const [one, other] = [steps[at], steps[at + by]]
        return one && other ? steps.with(at, other).with(at + by, one) : steps
      }),
    async unlock(id, passphrase) {
      const sealed = (await readSteps()).find((step) => step.id === id)?.sealed
      const opened = await openKey(sealed, passphrase)
      if (opened.kind === 'opened') await setKey(id, opened.key)
      return opened.kind
    },
    async resolve() {
      const [steps, keys] = await Promise.all([readSteps(), readKeys()])
      return steps.flatMap(({ id, choice, sealed }): readonly SummariserOptions[] => {
        const apiKey = Object.hasOwn(keys, id) ? keys[id] : undefined
        if (sealed && apiKey === undefined) return []
        return [apiKey === undefined ? choice : ({ ...choice, apiKey } as SummariserOptions)]
      })
    },
    onChange(listener) {
      const stops = [world.onChanged(LADDER, listener), world.onKeysChanged(listener)]
      return () => stops.forEach((stop) => stop())
    },
  }
}

/** Steps that make sense. Their options are checked by what they are given to; keys and headers are never among them. */
function readStored(stored: unknown): readonly StoredStep[] {
  if (!Array.isArray(stored)) return []
  return stored.slice(0, MOST_STEPS).flatMap((one: unknown): readonly StoredStep[] => {
    const { id, choice, sealed } = fieldsOf(one)
    const { apiKey: _key, headers: _headers, ...rest } = fieldsOf(choice)
    if (typeof id !== 'string' || id === '' || !KINDS.includes(String(rest['kind']))) return []
    if (JSON.stringify(rest).length > MOST_LENGTH) return []
    const step = { id, choice: rest as unknown as KeptChoice }
    return [sealed === undefined ? step : { ...step, sealed: sealed as SealedKey }]
  })
}

function readTexts(stored: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldsOf(stored)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function browserLadderWorld(): LadderWorld {
  return {
    ...browserWorld(),
    session: chrome.storage.session,
    onKeysChanged(listener) {
      const heard = (changes: Readonly<Record<string, unknown>>): void => {
        if (Object.hasOwn(changes, KEYS)) listener()
      }
      chrome.storage.session.onChanged.addListener(heard)
      return () => chrome.storage.session.onChanged.removeListener(heard)
    },
    newId: () => crypto.randomUUID(),
  }
}

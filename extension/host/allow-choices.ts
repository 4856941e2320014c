import { LOCAL_MODELS, type LocalModel } from '../../src/core/models/local-model.ts'
import type { SummariserOptions, WebLlmOptions } from '../../src/protocol/summariser-options.ts'

/** A model library in the package. */
export interface PackagedLibrary {
  readonly name: string
  /** In hexadecimal. */
  readonly sha256: string
}

/** Where the list of packaged libraries is, from the root of the extension. */
export const LIBRARY_INDEX = 'models/index.json'

/**
 * What of a ladder may be asked: a local model runs only with a library that is in the package, as no code may come
 * from elsewhere. Weights are data, and are downloaded.
 *
 * @param addressOf - Address of a packaged library.
 * @see SPEC.md rule PACK6
 */
export function allowChoices(
  ladder: readonly SummariserOptions[],
  packaged: readonly PackagedLibrary[],
  addressOf: (name: string) => string,
): readonly SummariserOptions[] {
  return ladder.flatMap((choice): readonly SummariserOptions[] => {
    if (choice.kind !== 'webllm') return [choice]
    const allowed = withPackaged(choice, packaged, addressOf)
    return allowed ? [allowed] : []
  })
}

function withPackaged(
  choice: WebLlmOptions,
  packaged: readonly PackagedLibrary[],
  addressOf: (name: string) => string,
): WebLlmOptions | null {
  const hashes = new Map(packaged.map(({ name, sha256 }) => [name, sha256]))
  const own = choice.models ?? []
  const taken = new Set(own.map(({ id }) => id))
  const models = [...own, ...LOCAL_MODELS.filter(({ id }) => !taken.has(id))].flatMap((model) => {
    const name = nameOf(model.library)
    const sha256 = hashes.get(name)
    return sha256 === undefined ? [] : [packagedModel(model, name, sha256, addressOf)]
  })
  const [first] = models
  const isThere = models.some(({ id }) => id === choice.model)
  if (!first || (choice.model !== undefined && !isThere)) return null
  // Named among its own ones, none but these are chosen from.
  return { ...choice, models, model: choice.model ?? first.id }
}

function packagedModel(
  model: LocalModel,
  name: string,
  sha256: string,
  addressOf: (name: string) => string,
): LocalModel {
  return {
    ...model,
    library: addressOf(name),
    integrity: { ...model.integrity, [name]: `sha256-${base64OfHex(sha256)}` },
  }
}

function nameOf(library: string): string {
  return library.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? ''
}

function base64OfHex(hex: string): string {
  const pairs = hex.match(/../g) ?? []
  return btoa(String.fromCharCode(...pairs.map((pair) => Number.parseInt(pair, 16))))
}

/** The list in the package; empty where there is none. */
export async function readPackagedLibraries(address: string): Promise<readonly PackagedLibrary[]> {
  try {
    const list: unknown = await (await fetch(address)).json()
    return Array.isArray(list) ? list.filter(isLibrary) : []
  } catch {
    return []
  }
}

function isLibrary(value: unknown): value is PackagedLibrary {
  const { name, sha256 } = (value ?? {}) as Partial<PackagedLibrary>
  return typeof name === 'string' && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
}

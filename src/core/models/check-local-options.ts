import type { LocalModel } from './local-model.ts'

/** What a host may say of local models. */
export interface LocalOptions {
  readonly model?: string
  readonly models?: readonly LocalModel[]
  readonly idleMs?: number
}

const LEAST_IDLE_MS = 1_000
const LEAST_CONTEXT = 512

/** A hash in the form of subresource integrity. */
const HASH = /^sha(?:256|384|512)-[A-Za-z0-9+/]{43,86}={0,2}$/

/**
 * What is wrong with the options, in words; undefined if nothing is.
 *
 * @param known - Models that need not be described.
 */
export function checkLocalOptions(
  { model, models = [], idleMs }: LocalOptions,
  known: readonly LocalModel[],
): string | undefined {
  if (idleMs !== undefined && !(Number.isFinite(idleMs) && idleMs >= LEAST_IDLE_MS)) {
    return `idleMs has to be ${LEAST_IDLE_MS} or more, not ${idleMs}`
  }
  const ids = new Set<string>()
  for (const each of models) {
    const wrong = checkModel(each)
    if (wrong !== undefined) return `model ${each.id}: ${wrong}`
    if (ids.has(each.id)) return `two models are called ${each.id}`
    ids.add(each.id)
  }
  for (const { id } of known) ids.add(id)
  return model === undefined || ids.has(model)
    ? undefined
    : `there is no model ${model}; there are ${[...ids].join(', ')}`
}

function checkModel(model: LocalModel): string | undefined {
  if (!model.id) return 'it has no id'
  if (!isWebAddress(model.weights)) return 'weights has to be an address (https:)'
  if (!isLibraryAddress(model.library)) return 'library has to be an address (https:)'
  if (!(Number.isFinite(model.memoryMb) && model.memoryMb > 0)) return 'memoryMb has to be above 0'
  if (!(Number.isFinite(model.downloadBytes) && model.downloadBytes >= 0)) {
    return 'downloadBytes has to be 0 or more'
  }
  if (!(Number.isInteger(model.contextTokens) && model.contextTokens >= LEAST_CONTEXT)) {
    return `contextTokens has to be a whole number from ${LEAST_CONTEXT}`
  }
  const bad = Object.entries(model.integrity ?? {}).find(([, hash]) => !HASH.test(hash))
  return bad && `the hash of ${bad[0]} is not of the form sha256-…`
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s/]/.test(text)
}

/** An extension has its libraries in its own package: stores let it run no others. */
function isLibraryAddress(text: string): boolean {
  return isWebAddress(text) || /^(?:chrome|moz)-extension:\/\/[^\s/]/.test(text)
}

/**
 * The models to choose from: a host's first, then the known ones that it has not replaced by its own. A host that
 * names one of its own means to serve them itself: then there are no others.
 */
export function allModels(
  { model, models: own = [] }: LocalOptions,
  known: readonly LocalModel[],
): readonly LocalModel[] {
  if (own.some(({ id }) => id === model)) return own
  const taken = new Set(own.map(({ id }) => id))
  return [...own, ...known.filter(({ id }) => !taken.has(id))]
}

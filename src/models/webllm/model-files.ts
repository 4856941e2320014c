import type { LocalModel } from '../../core/models/local-model.ts'

/** The members of a `Cache` that are used here. */
export interface FileCache {
  match(address: string): Promise<Response | undefined>
  keys(): Promise<readonly { readonly url: string }[]>
  delete(address: string): Promise<boolean>
}

/** The members of `CacheStorage` that are used here. */
export interface FileCaches {
  open(name: string): Promise<FileCache>
}

/** Caches of web-llm: what a model is made of, under the addresses that it came from. */
const WEIGHTS_CACHE = 'webllm/model'
const CONFIG_CACHE = 'webllm/config'
const LIBRARY_CACHE = 'webllm/wasm'

/** Folder of a model's files as web-llm forms it: its address, or the main branch of a repository. */
export function folderOf({ weights }: LocalModel): string {
  const folder = weights.endsWith('/') ? weights : `${weights}/`
  return new URL(/.\/resolve\/.+\//.test(folder) ? folder : `${folder}resolve/main/`).href
}

/**
 * Whether a model can be loaded without the network: settings, library, tokenizer and every file of weights
 * are there. Tells without loading web-llm, which is large. A library of this very machine is never stored.
 */
export async function isStored(caches: FileCaches, model: LocalModel): Promise<boolean> {
  const folder = folderOf(model)
  const weights = await caches.open(WEIGHTS_CACHE)
  const list = await weights.match(`${folder}tensor-cache.json`)
  if (!list) return false
  const config = await (await caches.open(CONFIG_CACHE)).match(`${folder}mlc-chat-config.json`)
  const library = await (await caches.open(LIBRARY_CACHE)).match(model.library)
  if (!config || !(library ?? model.library.includes('localhost'))) return false
  const stored = new Set((await weights.keys()).map(({ url }) => url))
  const hasTokenizer = ['tokenizer.json', 'tokenizer.model'].some((name) =>
    stored.has(folder + name),
  )
  const files = filesOf(await readJson(list))
  return (
    hasTokenizer && files.length > 0 && files.every((name) => stored.has(addressOf(name, folder)))
  )
}

/** Deletes what is stored of a model, whole or not. */
export async function removeStored(caches: FileCaches, model: LocalModel): Promise<void> {
  const folder = folderOf(model)
  for (const name of [WEIGHTS_CACHE, CONFIG_CACHE]) {
    const cache = await caches.open(name)
    for (const { url } of await cache.keys()) if (url.startsWith(folder)) await cache.delete(url)
  }
  await (await caches.open(LIBRARY_CACHE)).delete(model.library)
}

/** What is stored may be damaged: then it has no files. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}

function filesOf(list: unknown): readonly string[] {
  const { records } = Object(list) as { readonly records?: unknown }
  if (!Array.isArray(records)) return []
  return records.flatMap((record: unknown) => {
    const { dataPath } = Object(record) as { readonly dataPath?: unknown }
    return typeof dataPath === 'string' ? [dataPath] : []
  })
}

function addressOf(name: string, folder: string): string {
  try {
    return new URL(name, folder).href
  } catch {
    return ''
  }
}

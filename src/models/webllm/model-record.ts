import type { AppConfig, ModelRecord } from '@mlc-ai/web-llm'
import type { LocalModel } from '../../core/models/local-model.ts'
import { folderOf } from './model-files.ts'

/** A model as web-llm wants it described. */
export function toModelRecord(model: LocalModel): ModelRecord {
  const { integrity } = model
  return {
    model: folderOf(model),
    model_id: model.id,
    model_lib: model.library,
    vram_required_MB: model.memoryMb,
    // Memory is taken for the whole window at once. Of the two kinds of window only one may be set.
    overrides: { context_window_size: model.contextTokens, sliding_window_size: -1 },
    required_features: model.needsF16 ? ['shader-f16'] : [],
    ...(integrity && { integrity: toIntegrity(integrity, model.library) }),
  }
}

/** The Cache API: the quickest of the package's stores, and not the one that our own data is in. */
export function toAppConfig(model: LocalModel): AppConfig {
  return { model_list: [toModelRecord(model)], cacheBackend: 'cache' }
}

/** The files that web-llm checks each time it loads them; all others are checked when they are downloaded. */
function toIntegrity(
  integrity: Readonly<Record<string, string>>,
  library: string,
): NonNullable<ModelRecord['integrity']> {
  const config = integrity['mlc-chat-config.json']
  const libraryHash = integrity[library.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? '']
  const tokenizers = Object.entries(integrity).filter(([name]) => name.startsWith('tokenizer.'))
  return {
    ...(config !== undefined && { config }),
    ...(libraryHash !== undefined && { model_lib: libraryHash }),
    ...(tokenizers.length > 0 && { tokenizer: Object.fromEntries(tokenizers) }),
    onFailure: 'error',
  }
}

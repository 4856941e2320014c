/**
 * A model of random numbers for a real model library: what is needed to run the whole path of the local model for
 * real without a download of hundreds of megabytes. It says nothing that makes sense, in tokens that exist.
 */

/** What a model library says of the weights that it wants. */
export interface LibraryMetadata {
  readonly params: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly dtype: string
  }[]
  readonly prefill_chunk_size?: number
}

/** The text stands in the library as it is; where it ends, its braces tell. */
export function readLibraryMetadata(library: Uint8Array): LibraryMetadata {
  const text = new TextDecoder('latin1').decode(library)
  const start = text.indexOf('{"model_type"')
  if (start < 0) throw new Error('the library says nothing of its weights')
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1
    if (text[at] === '}') depth -= 1
    if (depth === 0) return JSON.parse(text.slice(start, at + 1)) as LibraryMetadata
  }
  throw new Error('what the library says of its weights has no end')
}

/** Ids 0 to 255 are bytes; these come after them. */
const SPECIAL_TOKENS = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
const VALID_TOKENS = 256 + SPECIAL_TOKENS.length

/** Files of the model by name. Deterministic. */
export function buildRandomModel(metadata: LibraryMetadata): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  const records: object[] = []
  let vocabulary = 0
  for (const param of metadata.params) {
    if (/embed/.test(param.name)) vocabulary = Math.max(vocabulary, param.shape[0] ?? 0)
    const { bytes, format } = fillParam(param)
    const dataPath = `params_shard_${records.length}.bin`
    const size = { nbytes: bytes.byteLength, byteOffset: 0 }
    files.set(dataPath, bytes)
    records.push({
      dataPath,
      format: 'raw-shard',
      nbytes: bytes.byteLength,
      records: [{ name: param.name, shape: param.shape, dtype: param.dtype, format, ...size }],
    })
  }
  const list = toJson({ metadata: { ParamSize: metadata.params.length }, records })
  // Older versions of web-llm ask for the other name.
  files.set('tensor-cache.json', list)
  files.set('ndarray-cache.json', list)
  files.set('tokenizer.json', toJson(buildTokenizer()))
  const prefill = metadata.prefill_chunk_size ?? 1_024
  files.set('mlc-chat-config.json', toJson(buildConfig(vocabulary, prefill)))
  return files
}

type Role = 'embedding' | 'to-residual' | 'from-residual'

/**
 * Residual dimension 0 marks tokens that exist: large in their embeddings, negative in all others, written by no
 * layer and read by none. So the head, which is the embedding again, never chooses a token without a text.
 */
function roleOf(name: string): Role {
  if (/embed|lm_head|wte/.test(name)) return 'embedding'
  return /o_proj|down_proj|out_proj/.test(name) ? 'to-residual' : 'from-residual'
}

/** Of all weights but the mark: a small model of large numbers is only noise. */
const SCALE = 0.02

/** Numbers with 4 bits are `(nibble - 7) * scale`, 32 with one scale. */
const ZEROS = 0x7777_7777
const GROUP_WORDS = 4

function fillParam({ name, shape, dtype }: LibraryMetadata['params'][number]): {
  readonly bytes: Uint8Array
  readonly format: string
} {
  const rows = shape[0] ?? 1
  const columns = shape.slice(1).reduce((product, size) => product * size, 1)
  if (dtype === 'uint32') return { bytes: fillNibbles(roleOf(name), rows, columns), format: 'raw' }
  const value = valuesOf(name)
  if (dtype === 'float32') {
    const bytes = fillHalves(rows, columns, (row, column) => toBf16(value(row, column)))
    return { bytes, format: 'f32-to-bf16' }
  }
  if (dtype === 'float16') {
    return {
      bytes: fillHalves(rows, columns, (row, column) => toF16(value(row, column))),
      format: 'raw',
    }
  }
  throw new Error(`weights of the type ${dtype} are not known`)
}

function fillNibbles(role: Role, rows: number, columns: number): Uint8Array {
  const words = new Uint32Array(rows * columns)
  for (let at = 0; at < words.length; at += NOISE.length) {
    words.set(NOISE.subarray(0, Math.min(NOISE.length, words.length - at)), at)
  }
  if (role === 'to-residual') words.fill(ZEROS, 0, columns)
  for (let row = 0; row < rows; row += 1) {
    const first = row * columns
    if (role === 'from-residual') words[first] = ((words[first] ?? 0) & ~0xf) | 7
    if (role !== 'embedding') continue
    const exists = row < VALID_TOKENS
    words.fill(ZEROS, first, first + (exists ? GROUP_WORDS : columns))
    words[first] = (ZEROS & ~0xf) | (exists ? 15 : 0)
  }
  return new Uint8Array(words.buffer)
}

/** Of numbers that are stored as they are: scales, norms, biases, and weights of unpacked models. */
function valuesOf(name: string): (row: number, column: number) => number {
  const role = roleOf(name)
  if (name.endsWith('q_scale')) {
    return (_, column) => (role === 'embedding' && column === 0 ? 1 : SCALE)
  }
  if (/norm/.test(name)) return () => 1
  if (/bias/.test(name)) return () => 0
  return (row, column) => {
    const noise = (((NOISE[(row * 31 + column) & NOISE_MASK] ?? 0) & 0xf) - 7) * SCALE
    if (role === 'embedding') {
      if (column === 0) return row < VALID_TOKENS ? 8 : -7
      return row < VALID_TOKENS ? noise : 0
    }
    return role === 'to-residual' ? (row === 0 ? 0 : noise) : column === 0 ? 0 : noise
  }
}

/** Words of eight nibbles, none of them 15: their mean is zero. */
const NOISE = makeNoise(1 << 16)
const NOISE_MASK = NOISE.length - 1

function makeNoise(length: number): Uint32Array {
  const words = new Uint32Array(length)
  let state = 42
  for (let at = 0; at < length; at += 1) {
    let word = 0
    for (let nibble = 0; nibble < 8; nibble += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      const drawn = state >>> 28
      word = (word << 4) | (drawn === 15 ? 7 : drawn)
    }
    words[at] = word
  }
  return words
}

function fillHalves(
  rows: number,
  columns: number,
  half: (row: number, column: number) => number,
): Uint8Array {
  const halves = new Uint16Array(rows * columns)
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, at += 1) halves[at] = half(row, column)
  }
  return new Uint8Array(halves.buffer)
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

function toBf16(value: number): number {
  float[0] = value
  return (bits[0] ?? 0) >>> 16
}

/** For numbers that are neither tiny nor huge, which all of these are. */
function toF16(value: number): number {
  if (value === 0) return 0
  float[0] = value
  const word = bits[0] ?? 0
  const exponent = ((word >>> 23) & 0xff) - 127 + 15
  return ((word >>> 16) & 0x8000) | (exponent << 10) | ((word >>> 13) & 0x3ff)
}

/** One token per byte, as GPT-2 writes bytes down, and the control tokens of the template. */
function buildTokenizer(): object {
  const vocabulary: Record<string, number> = {}
  const letters = byteLetters()
  letters.forEach((letter, byte) => (vocabulary[letter] = byte))
  SPECIAL_TOKENS.forEach((token, at) => (vocabulary[token] = 256 + at))
  const byteLevel = {
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content, at) => ({
      id: 256 + at,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: vocabulary,
      merges: [],
    },
  }
}

/** Bytes that are no visible sign stand as letters above 255, in order. */
function byteLetters(): readonly string[] {
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => {
    const isVisible = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
    return String.fromCodePoint(isVisible ? byte : next++)
  })
}

function buildConfig(vocabulary: number, prefillChunk: number): object {
  return {
    version: '0.1.0',
    vocab_size: vocabulary,
    context_window_size: 4_096,
    sliding_window_size: -1,
    attention_sink_size: -1,
    prefill_chunk_size: prefillChunk,
    tokenizer_files: ['tokenizer.json'],
    tokenizer_info: {
      token_postproc_method: 'byte_level',
      prepend_space_in_encode: false,
      strip_space_in_decode: false,
    },
    temperature: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    repetition_penalty: 1,
    top_p: 1,
    conv_template: {
      name: 'chatml',
      system_template: '<|im_start|>system\n{system_message}<|im_end|>\n',
      system_message: '',
      system_prefix_token_ids: null,
      add_role_after_system_message: true,
      roles: { user: '<|im_start|>user', assistant: '<|im_start|>assistant' },
      role_templates: {
        user: '{user_message}',
        assistant: '{assistant_message}',
        tool: '{tool_message}',
      },
      messages: [],
      seps: ['<|im_end|>\n'],
      role_content_sep: '\n',
      role_empty_sep: '\n',
      stop_str: ['<|endoftext|>', '<|im_end|>'],
      stop_token_ids: [256, 258],
      function_string: '',
      use_function_calling: false,
    },
  }
}

function toJson(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

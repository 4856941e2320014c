/** Marks what JSON has no form for, as the one field of an object. Objects that have such a field are marked, too. */
const MARK = '\u0000'

/** Kinds of binary data that rows have, by name. */
const BINARY = {
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const
type BinaryName = keyof typeof BINARY

const HEAD_BYTES = 8

/**
 * A row as bytes: JSON, with everything binary behind it as it is. What structured clone keeps of plain data and JSON
 * does not (undefined, numbers that are none, dates, maps, sets) comes back, too.
 *
 * @throws TypeError for what is no data, such as an object that holds itself.
 */
export function packRow(row: object): Uint8Array {
  const blocks: Uint8Array[] = []
  const json = toJson(row, blocks)
  const text = new TextEncoder().encode(json)
  const size = blocks.reduce((sum, block) => sum + 4 + block.length, 0)
  const bytes = new Uint8Array(HEAD_BYTES + text.length + size)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, text.length, true)
  view.setUint32(4, blocks.length, true)
  bytes.set(text, HEAD_BYTES)
  let at = HEAD_BYTES + text.length
  for (const block of blocks) {
    view.setUint32(at, block.length, true)
    bytes.set(block, at + 4)
    at += 4 + block.length
  }
  return bytes
}

/** The platform's own goes deeper than ours, and says so if an object holds itself. */
function toJson(row: object, blocks: Uint8Array[]): string {
  try {
    return JSON.stringify(mark(row, blocks))
  } catch (failure) {
    if (!(failure instanceof RangeError)) throw failure
    blocks.length = 0
    return JSON.stringify(row)
  }
}

/** The row that was packed. */
export function unpackRow(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(0, true)
  const blocks: Uint8Array[] = []
  let at = HEAD_BYTES + length
  for (let left = view.getUint32(4, true); left > 0; left -= 1) {
    const size = view.getUint32(at, true)
    blocks.push(bytes.slice(at + 4, at + 4 + size))
    at += 4 + size
  }
  const json = new TextDecoder().decode(bytes.subarray(HEAD_BYTES, HEAD_BYTES + length))
  const value: unknown = JSON.parse(json)
  return json.includes('"\\u0000"') ? unmark(value, blocks) : value
}

/** The value with marks; the value itself where it needs none, as almost all do. */
function mark(value: unknown, blocks: Uint8Array[]): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') {
    if (Number.isFinite(value) && !Object.is(value, -0)) return value
    return marked('number', Object.is(value, -0) ? '-0' : String(value))
  }
  if (value === undefined) return marked('undefined')
  if (typeof value === 'bigint') return marked('bigint', String(value))
  if (typeof value !== 'object') throw new TypeError(`a row can't hold a ${typeof value}`)
  const inner = (item: unknown): unknown => mark(item, blocks)
  if (Array.isArray(value)) {
    const copy = Array.from(value, inner)
    return copy.every((item, index) => item === value[index]) ? value : copy
  }
  if (ArrayBuffer.isView(value)) return markBinary(value, blocks)
  if (value instanceof ArrayBuffer) {
    blocks.push(new Uint8Array(value))
    return marked('ArrayBuffer')
  }
  if (value instanceof Date) return marked('date', inner(value.getTime()))
  if (value instanceof Map) return marked('map', inner([...value]))
  if (value instanceof Set) return marked('set', inner([...value]))
  return markObject(value, inner)
}

function markObject(value: object, inner: (item: unknown) => unknown): unknown {
  let isSame = !('toJSON' in value)
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => {
    const own = inner(item)
    if (own !== item) isSame = false
    return [name, own]
  })
  const plain = isSame ? value : Object.fromEntries(entries)
  return Object.hasOwn(value, MARK) ? marked('object', plain) : plain
}

function markBinary(value: ArrayBufferView, blocks: Uint8Array[]): unknown {
  const { name } = value.constructor
  if (!isBinary(name)) throw new TypeError(`a row can't hold a ${name}`)
  blocks.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  return marked(name)
}

function isBinary(name: string): name is BinaryName {
  return Object.hasOwn(BINARY, name)
}

function marked(kind: string, value?: unknown): unknown {
  return { [MARK]: value === undefined ? [kind] : [kind, value] }
}

/** Blocks come in the order in which they were marked. */
function unmark(value: unknown, blocks: Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => unmark(item, blocks))
  const marks: unknown = Object.hasOwn(value, MARK) ? Reflect.get(value, MARK) : undefined
  if (!Array.isArray(marks)) return unmarkFields(value, blocks)
  const [kind, inner] = marks as readonly unknown[]
  switch (kind) {
    case 'undefined':
      return undefined
    case 'number':
      return Number(inner)
    case 'bigint':
      return BigInt(String(inner))
    case 'date':
      return new Date(Number(unmark(inner, blocks)))
    case 'map':
      return new Map(unmark(inner, blocks) as readonly [unknown, unknown][])
    case 'set':
      return new Set(unmark(inner, blocks) as readonly unknown[])
    case 'object':
      return unmarkFields(inner as object, blocks)
    default:
      return unmarkBinary(String(kind), blocks.shift())
  }
}

function unmarkFields(value: object, blocks: Uint8Array[]): unknown {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, unmark(item, blocks)]),
  )
}

function unmarkBinary(name: string, block: Uint8Array | undefined): unknown {
  // Copied when they were read, so that they begin where wider numbers may begin.
  const buffer = block?.buffer ?? new ArrayBuffer(0)
  return isBinary(name) ? new BINARY[name](buffer as ArrayBuffer) : buffer
}

import { groupDigits } from '../group-digits.ts'
import { row, type Shape } from './shape.ts'

/** Base64 characters that are decoded to look for a picture's size. */
const MAX_DECODED = 88_000

/** Media type of base64 data by its first characters, which stand for the file's first bytes. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['JVBERi', 'application/pdf'],
  ['H4sI', 'application/gzip'],
  ['UEsD', 'application/zip'],
  ['PHN2Zy', 'image/svg+xml'],
]

/** A `data:` URL's type and data, or those of bare base64 data. */
export interface Media {
  readonly mediaType: string
  readonly data: string
  readonly isBase64: boolean
}

/** Reads a `data:` URL or bare base64; undefined for anything else. */
export function readMedia(text: string): Media | undefined {
  const head = /^data:([\w.+/-]{0,100})((?:;[\w.=+-]{1,80}){0,6}),/.exec(text.slice(0, 700))
  if (head) {
    const isBase64 = head[2]?.endsWith(';base64') === true
    return { mediaType: head[1] || 'text/plain', data: text.slice(head[0].length), isBase64 }
  }
  if (!isBase64Data(text)) return undefined
  const data = text.trimStart()
  const found = SIGNATURES.find(([start]) => data.startsWith(start))
  return { mediaType: found?.[1] ?? 'application/octet-stream', data, isBase64: true }
}

/** Media type, size in bytes, and the size of a picture where its header says it. */
export function mediaShape({ mediaType, data, isBase64 }: Media): Shape {
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0
  const bytes = isBase64 ? Math.floor(((data.length - padding) * 3) / 4) : data.length
  const size = isBase64 ? pictureSize(decodeBase64(data.slice(0, MAX_DECODED))) : undefined
  const pixels = size ? `, ${size.width} × ${size.height} pixels` : ''
  const rows = isBase64 ? [] : [row(data.slice(0, 400), 50)]
  return { summary: `${mediaType}, ${groupDigits(bytes)} bytes${pixels}`, rows }
}

/** Long runs of base64 with everything in them that random bytes have. */
function isBase64Data(text: string): boolean {
  if (text.length < 400) return false
  const head = text.slice(0, 2_000).trim()
  if (!/^[A-Za-z0-9+/_\r\n-]+={0,2}$/.test(head)) return false
  if (!/[a-z]/.test(head) || !/[A-Z]/.test(head) || !/\d/.test(head)) return false
  // Words and identifiers on lines of their own are not data: data fills its lines.
  const lines = head.split(/\r?\n/)
  return lines.slice(0, -1).every((line) => line.length >= 60) && (lines[0]?.length ?? 0) >= 60
}

interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Width and height from the header of a PNG, GIF, JPEG or WebP. */
function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length >= 24 && view.getUint32(0) === 0x89504e47) {
    return { width: view.getUint32(16), height: view.getUint32(20) }
  }
  if (bytes.length >= 10 && view.getUint32(0) === 0x47494638) {
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
  }
  if (bytes.length >= 4 && view.getUint16(0) === 0xffd8) return jpegSize(view)
  if (bytes.length >= 30 && view.getUint32(0) === 0x52494646) return webpSize(view)
  return undefined
}

/** The frame header of a JPEG stands behind segments of any length. */
function jpegSize(view: DataView): PictureSize | undefined {
  let at = 2
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += 2 + Math.max(2, view.getUint16(at + 2))
  }
  return undefined
}

function webpSize(view: DataView): PictureSize | undefined {
  const format = view.getUint32(12)
  if (format === 0x56503858) {
    const width = view.getUint16(24, true) + view.getUint8(26) * 65_536 + 1
    return { width, height: view.getUint16(27, true) + view.getUint8(29) * 65_536 + 1 }
  }
  if (format === 0x56503820) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  }
  if (format !== 0x5650384c) return undefined
  const bits = view.getUint32(21, true)
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Decodes base64, what is no character of it left out. The core has no platform to ask for it. */
function decodeBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4))
  let length = 0
  let bits = 0
  let held = 0
  for (let index = 0; index < text.length; index += 1) {
    const value = valueOf(text.charCodeAt(index))
    if (value < 0) continue
    bits = ((bits << 6) | value) & 0xffffff
    held += 6
    if (held < 8) continue
    held -= 8
    bytes[length] = (bits >> held) & 0xff
    length += 1
  }
  return bytes.subarray(0, length)
}

const VALUES: Int8Array = new Int8Array(128).fill(-1)
for (let index = 0; index < ALPHABET.length; index += 1) VALUES[ALPHABET.charCodeAt(index)] = index
VALUES[45] = 62
VALUES[95] = 63

function valueOf(unit: number): number {
  return unit < 128 ? (VALUES[unit] ?? -1) : -1
}

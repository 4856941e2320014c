import { toBase64 } from '../../../adapters/bytes.ts'
import { formatDataUrl, parseDataUrl } from '../../../adapters/data-url.ts'
import type { Part } from '../../../core/session/message.ts'
import type { Attachment } from '../chat.ts'
import type { FailureCode } from '../failure-code.ts'

/** A file, before it is read. */
export interface OfferedFile {
  readonly name: string
  /** As the browser tells it; often empty for code. */
  readonly mediaType: string
  readonly bytes: number
}

export type AttachmentChoice =
  | { readonly kind: 'image' | 'text'; readonly mediaType: string }
  /** Why it can't go along, as a sentence. */
  | { readonly kind: 'refused'; readonly code: FailureCode; readonly reason: string }

/** Most files that go with one message. */
const MAX_ATTACHMENTS = 10
const MAX_IMAGE_BYTES = 5_000_000
const MAX_TEXT_BYTES = 256_000
const MAX_ALL_BYTES = 15_000_000

/** Images that all vendors take. */
const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** Texts whose type does not say so. */
const TEXT_TYPE =
  /^text\/|^application\/(?:json|xml|javascript|typescript|x-sh|yaml|x-yaml|toml|sql|.*\+(?:json|xml))$|^image\/svg\+xml$/

/** Names of texts that browsers know no type of, or one of something else. */
const TEXT_NAME =
  /\.(?:txt|md|markdown|csv|tsv|json|jsonl|ndjson|ya?ml|toml|ini|cfg|conf|env|log|xml|html?|css|scss|less|m?[jt]sx?|c[jt]s|vue|svelte|py|rb|php|pl|lua|r|jl|java|kt|kts|scala|groovy|gradle|go|rs|swift|c|cc|cpp|cxx|h|hh|hpp|cs|fs|vb|sh|bash|zsh|fish|ps1|bat|cmd|sql|graphql|proto|tex|rst|adoc|diff|patch|dockerfile|makefile|svg)$/i

/**
 * Whether a file can go with a message, and as what.
 *
 * @param before - Bytes of each that goes along already.
 * @param takesImages - Whether the model does.
 * @see SPEC.md rule CHAT10
 */
export function chooseAttachment(
  { name, mediaType, bytes }: OfferedFile,
  before: readonly number[],
  takesImages: boolean,
): AttachmentChoice {
  const type = mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
  const called = name === '' ? 'The file' : name.slice(0, 80)
  const refuse = (code: FailureCode, reason: string): AttachmentChoice => ({
    kind: 'refused',
    code,
    reason,
  })
  if (before.length >= MAX_ATTACHMENTS)
    return refuse(
      'too-many-files',
      `${called}: at most ${MAX_ATTACHMENTS} files go with a message.`,
    )
  if (bytes === 0) return refuse('file-empty', `${called} is empty.`)
  const all = before.reduce((sum, one) => sum + one, bytes)
  if (all > MAX_ALL_BYTES)
    return refuse('files-too-large', `${called}: the files are larger than 15 MB together.`)
  if (IMAGES.has(type)) {
    if (!takesImages) return refuse('no-images', `${called}: this model takes no images.`)
    return bytes > MAX_IMAGE_BYTES
      ? refuse('image-too-large', `${called} is larger than 5 MB, the most for an image.`)
      : { kind: 'image', mediaType: type }
  }
  if (!TEXT_TYPE.test(type) && !TEXT_NAME.test(name))
    return refuse(
      'file-of-no-kind',
      `${called} is neither a text nor a PNG, JPEG, GIF or WebP image.`,
    )
  return bytes > MAX_TEXT_BYTES
    ? refuse('text-too-large', `${called} is larger than 256 kB, the most for a text.`)
    : { kind: 'text', mediaType: 'text/plain' }
}

/**
 * A file that was read; null for a text that is none.
 *
 * @see SPEC.md rule CHAT10
 */
export function makeAttachment(
  key: string,
  { name, bytes }: OfferedFile,
  { kind, mediaType }: Extract<AttachmentChoice, { readonly mediaType: string }>,
  content: Uint8Array,
): Attachment | null {
  if (kind === 'text' && decode(content) === null) return null
  return { key, name, mediaType, bytes, url: formatDataUrl(mediaType, toBase64(content)) }
}

/** What precedes the content of a file in a message. */
const FILE_HEAD = /^\[File: ([^\]\n]{0,200})\]\n/

/** The parts of a message: what was written, then what goes along. @see SPEC.md rule CHAT10 */
export function messageParts(text: string, attachments: readonly Attachment[]): readonly Part[] {
  const parts: readonly Part[] = attachments.map(({ name, mediaType, url }): Part => {
    if (mediaType.startsWith('image/')) return { type: 'image', url, mediaType }
    const title = name.replace(/[\]\n]/g, ' ').slice(0, 200)
    return { type: 'text', text: `[File: ${title}]\n${contentOf(url)}` }
  })
  return text === '' && parts.length > 0 ? parts : [{ type: 'text', text }, ...parts]
}

/** What a message was written as, so that it can be edited. @see SPEC.md rule CHAT10 */
export function writtenAs(
  parts: readonly Part[],
  seq: number,
): { readonly text: string; readonly attachments: readonly Attachment[] } {
  const texts: string[] = []
  const attachments: Attachment[] = []
  for (const [at, part] of parts.entries()) {
    const key = `${seq}-${at}`
    if (part.type === 'image' && part.url.startsWith('data:')) {
      const mediaType = part.mediaType ?? 'image/png'
      const bytes = Math.floor((part.url.length * 3) / 4)
      attachments.push({ key, name: '', mediaType, bytes, url: part.url })
    }
    if (part.type !== 'text') continue
    const name = FILE_HEAD.exec(part.text)
    if (name === null) {
      texts.push(part.text)
      continue
    }
    const content = new TextEncoder().encode(part.text.slice(name[0].length))
    const mediaType = 'text/plain'
    const url = formatDataUrl(mediaType, toBase64(content))
    attachments.push({ key, name: name[1] ?? '', mediaType, bytes: content.length, url })
  }
  return { text: texts.join('\n\n'), attachments }
}

function contentOf(url: string): string {
  const data = parseDataUrl(url)?.base64
  if (data === undefined) return ''
  try {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
    return new TextDecoder().decode(bytes)
  } catch {
    return ''
  }
}

/** Null for bytes that are no text. */
function decode(content: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

import type { Part } from '../../core/session/message.ts'
import {
  isJsonObject,
  isText,
  listOf,
  stringOf,
  textOrNone,
  type JsonObject,
} from '../copy-json.ts'

/** What a message of ChatGPT's export says. */
export interface ReadContent {
  /** Empty where it says nothing. */
  readonly parts: readonly Part[]
  /** Of a call's code. */
  readonly language?: string
  /** Whether the parts hold all texts of the content to the letter. */
  readonly isWhole: boolean
  /** The content without these texts. */
  readonly kept: JsonObject
}

/** Reads the content of a message, whatever its type; of an unknown one all texts that it has. Total. */
export function readChatGptContent(message: JsonObject): ReadContent {
  const content = isJsonObject(message['content']) ? message['content'] : {}
  const metadata = isJsonObject(message['metadata']) ? message['metadata'] : {}
  const { type, parts, isWhole } = readTyped(content)
  const said = [...parts, ...readAttachments(metadata, parts), ...readSources(metadata)]
  const language = textOrNone(content['language'])
  const { parts: written, text, ...kept } = content
  void written
  void text
  return {
    parts: said,
    isWhole,
    kept,
    ...(type === 'code' && language !== undefined && language !== 'unknown' ? { language } : {}),
  }
}

interface Typed {
  readonly type: string
  readonly parts: readonly Part[]
  readonly isWhole: boolean
}

function readTyped(content: JsonObject): Typed {
  const type = stringOf(content['content_type'])
  const whole = (parts: readonly Part[]): Typed => ({ type, parts, isWhole: true })
  const inPart = (parts: readonly Part[]): Typed => ({ type, parts, isWhole: false })
  switch (type) {
    case 'text':
    case 'multimodal_text': {
      const items = listOf(content['parts'])
      const parts = items.flatMap(readItem)
      return items.every((item) => typeof item === 'string') ? whole(parts) : inPart(parts)
    }
    case 'code':
    case 'execution_output':
      return whole(texts(content['text']))
    case 'thoughts':
      return inPart(listOf(content['thoughts']).flatMap(readThought))
    case 'reasoning_recap':
      return inPart(thought(stringOf(content['content'])))
    case 'user_editable_context':
      return inPart(texts(content['user_profile'], content['user_instructions']))
    case 'model_editable_context':
      return inPart(texts(content['model_set_context']))
    case 'tether_quote':
      return inPart(
        texts([content['title'], content['url'], content['text']].filter(isText).join('\n')),
      )
    case 'tether_browsing_display':
      return inPart(texts(content['summary'], content['result']))
    case 'system_error':
      return inPart(texts([content['name'], content['text']].filter(isText).join(': ')))
    default:
      return inPart(readUnknown(content))
  }
}

function texts(...values: readonly unknown[]): readonly Part[] {
  return values.flatMap((value): readonly Part[] =>
    isText(value) ? [{ type: 'text', text: value }] : [],
  )
}

function thought(text: string): readonly Part[] {
  return text === '' ? [] : [{ type: 'reasoning', text }]
}

function readThought(value: unknown): readonly Part[] {
  if (!isJsonObject(value)) return thought(stringOf(value))
  return thought([value['summary'], value['content']].filter(isText).join('\n'))
}

/** A text, an image, something spoken, or what is not known yet. */
function readItem(item: unknown): readonly Part[] {
  if (typeof item === 'string') return texts(item)
  if (!isJsonObject(item)) return []
  const pointer = textOrNone(item['asset_pointer'])
  switch (item['content_type']) {
    case 'image_asset_pointer':
      return pointer === undefined ? [] : [...nameAsset('Image', pointer), ...readPrompt(item)]
    case 'audio_transcription':
      return texts(item['text'])
    case 'audio_asset_pointer':
      return pointer === undefined ? [] : nameAsset('Audio', pointer)
    case 'real_time_user_audio_video_asset_pointer':
      return readItem(item['audio_asset_pointer'])
    default:
      return readUnknown(item)
  }
}

/**
 * An image or file by its name: only the app itself can open what is behind it, and a provider would refuse a request
 * with an address that it can't read.
 */
function nameAsset(kind: 'Image' | 'Audio' | 'File', name: string): readonly Part[] {
  return texts(`[${kind}: ${name}]`)
}

/** What an image was painted from says what is on it. */
function readPrompt(item: JsonObject): readonly Part[] {
  const metadata = isJsonObject(item['metadata']) ? item['metadata'] : {}
  const dalle = isJsonObject(metadata['dalle']) ? metadata['dalle'] : {}
  return texts(dalle['prompt'])
}

/** Fields that hold texts for people, in whatever type of content. */
const TEXT_FIELDS = ['title', 'name', 'summary', 'text', 'content', 'result', 'output'] as const

function readUnknown(content: JsonObject): readonly Part[] {
  const named = texts(...TEXT_FIELDS.map((field) => content[field]))
  const listed = listOf(content['parts']).flatMap((part) => texts(part))
  return [...named, ...listed]
}

function readAttachments(metadata: JsonObject, parts: readonly Part[]): readonly Part[] {
  const shown = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return listOf(metadata['attachments']).flatMap((given): readonly Part[] => {
    if (!isJsonObject(given)) return []
    const id = stringOf(given['id'])
    const name = textOrNone(given['name'])
    if (id === '' && name === undefined) return []
    if (id !== '' && shown.some((text) => text.startsWith('[Image: ') && text.endsWith(`${id}]`)))
      return []
    const mediaType = textOrNone(given['mime_type']) ?? textOrNone(given['mimeType'])
    return nameAsset('File', [name ?? id, mediaType].filter(isText).join(', '))
  })
}

/** Most sources that are listed behind an answer. */
const MAX_SOURCES = 50

/** What an answer cites: in its text stand only marks of the app. */
function readSources(metadata: JsonObject): readonly Part[] {
  const found = new Map<string, string>()
  const note = (value: unknown): void => {
    if (!isJsonObject(value) || found.size >= MAX_SOURCES) return
    const url = textOrNone(value['url'])
    if (url !== undefined && !found.has(url)) found.set(url, stringOf(value['title']))
  }
  for (const citation of listOf(metadata['citations'])) {
    if (isJsonObject(citation)) note(citation['metadata'])
  }
  for (const reference of listOf(metadata['content_references'])) {
    note(reference)
    if (isJsonObject(reference)) {
      for (const item of listOf(reference['items'])) note(item)
      for (const item of listOf(reference['sources'])) note(item)
    }
  }
  if (found.size === 0) return []
  const lines = [...found].map(([url, title]) => (title === '' ? `- ${url}` : `- ${title}: ${url}`))
  return [{ type: 'text', text: ['Sources:', ...lines].join('\n') }]
}

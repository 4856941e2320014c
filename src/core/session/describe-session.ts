import { BackfoldError } from '../backfold-error.ts'
import { NO_DETAILS, type DetailsPatch, type SessionDetails } from './session-details.ts'
import { reviseSession, type SessionRow } from './session-row.ts'

const MAX_TITLE = 500
const MAX_TAGS = 50
const MAX_TAG = 100
/** Characters of the host's texts and their names together. */
const MAX_HOST = 256_000

/** A session's details; those of one that nobody described. */
export function detailsOf({ details }: Pick<SessionRow, 'details'>): SessionDetails {
  return details ?? NO_DETAILS
}

/**
 * The session with other details: the same row where nothing changes. Neither its context nor its jobs know of them.
 *
 * @throws BackfoldError `INVALID_INPUT` for what is no patch, or is out of bounds.
 * @see SPEC.md rules DET1–DET4
 */
export function describeSession(session: SessionRow, patch: DetailsPatch): SessionRow {
  const before = detailsOf(session)
  const details = patchDetails(before, patch)
  return sameDetails(before, details) ? session : reviseSession(session, { details })
}

function patchDetails(before: SessionDetails, patch: unknown): SessionDetails {
  if (!isRecord(patch)) throw invalid('describe() takes title, tags, archived and host')
  const { title = before.title, tags = before.tags, archived = before.archived, host = {} } = patch
  if (typeof title !== 'string' || title.length > MAX_TITLE) {
    throw invalid(`a title is a text of at most ${MAX_TITLE} characters`)
  }
  if (typeof archived !== 'boolean') throw invalid('archived is true or false')
  return { title, tags: checkTags(tags), archived, host: patchHost(before.host, host) }
}

function checkTags(tags: unknown): readonly string[] {
  if (!Array.isArray(tags)) throw invalid('tags are a list of texts')
  const own = [...new Set<unknown>(tags)]
  if (own.length > MAX_TAGS) throw invalid(`a session has at most ${MAX_TAGS} tags`)
  return own.map((tag) => {
    if (typeof tag === 'string' && tag !== '' && tag.length <= MAX_TAG) return tag
    throw invalid(`a tag is a text of 1 to ${MAX_TAG} characters`)
  })
}

function patchHost(before: SessionDetails['host'], patch: unknown): SessionDetails['host'] {
  if (!isRecord(patch)) throw invalid('host takes texts by name')
  // A map, so that no name means anything else.
  const texts = new Map(Object.entries(before))
  for (const [name, text] of Object.entries(patch)) {
    if (text === null) texts.delete(name)
    else if (typeof text === 'string') texts.set(name, text)
    else if (text !== undefined) throw invalid('host takes texts by name, and null to remove one')
  }
  let size = 0
  for (const [name, text] of texts) size += name.length + text.length
  if (size > MAX_HOST) {
    throw invalid(`a host keeps at most ${MAX_HOST} characters with a session, not ${size}`)
  }
  return Object.fromEntries(texts)
}

function sameDetails(a: SessionDetails, b: SessionDetails): boolean {
  const names = Object.keys(a.host)
  return (
    a.title === b.title &&
    a.archived === b.archived &&
    a.tags.length === b.tags.length &&
    a.tags.every((tag, index) => tag === b.tags[index]) &&
    names.length === Object.keys(b.host).length &&
    names.every((name) => Object.hasOwn(b.host, name) && a.host[name] === b.host[name])
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(reason: string): BackfoldError {
  return new BackfoldError('INVALID_INPUT', reason)
}

import { textOf } from '../../session/message.ts'
import { commandPrograms } from './command-programs.ts'
import type { MadeCall, Stretch } from './find-stretches.ts'
import { readLeaves } from './leaves.ts'
import { tellingWordSet } from './telling-words.ts'

/** Programs that only look. */
const LOOKING: ReadonlySet<string> = new Set(
  'ls cat head tail less more grep rg ag find fd pwd wc stat tree which file echo printf cd sed awk du df env date whoami type nl cut sort uniq'.split(
    ' ',
  ),
)
const LOOKING_GIT: ReadonlySet<string> = new Set(
  'git status,git log,git diff,git show,git branch,git blame'.split(','),
)
/** A command that writes after all, whatever its programs. */
const WRITES = /(?<![0-9&])>{1,2}(?!\s*(?:\/dev\/null|&))|\bsed\b[^|;]{0,80}\s-i|\btee\b/

/** Names of arguments that hold the whole new content of what is written. */
const CONTENT: ReadonlySet<string> = new Set(['content', 'contents', 'file_text', 'text', 'body'])

const MAX_READ_LENGTH = 50_000
const MAX_WORDS = 4_000
const MAX_VALUES = 200

/**
 * The calls of a stretch that led to its goal. Left out are calls of the tools of memory, failed calls, repeats,
 * what was undone or written over without being looked at, and reading of which nothing was used. Linear in the
 * size of the calls, but for their number, which is bounded.
 *
 * @see SPEC.md rule PAD3
 */
export function chooseSteps({ request, calls, closing }: Stretch): readonly MadeCall[] {
  const own = calls.filter(({ call, isFailed }) => !isFailed && !isMemoryTool(call.name))
  const done = withoutUndone(withoutRepeats(own))
  const kept: MadeCall[] = []
  // What the words behind a call name, the request's own words aside: a reading is used if it gave one of them.
  const known = tellingWordSet(textOf(request), MAX_READ_LENGTH, MAX_WORDS)
  const wanted = new Set<string>()
  const subjects = new Set<string>()
  const want = (text: string): void => {
    for (const word of tellingWordSet(text, MAX_READ_LENGTH, MAX_WORDS)) {
      if (!known.has(word)) wanted.add(word)
    }
  }
  want(textOf({ parts: closing.parts.filter(({ type }) => type === 'text') }))
  for (const made of done.toReversed()) {
    if (isLooking(made) && !subjects.has(made.subject) && !gives(made.output, wanted)) continue
    kept.push(made)
    if (made.subject !== '') subjects.add(made.subject)
    want(made.call.input)
  }
  return kept.toReversed()
}

/** Tools by which a model reads or manages its memory are no steps to a goal. */
export function isMemoryTool(name: string): boolean {
  return name.startsWith('recall_') || name.startsWith('memory_')
}

function isLooking({ does, subject }: MadeCall): boolean {
  if (does !== 'command') return does === 'read'
  const programs = commandPrograms(subject)
  return (
    programs.length > 0 &&
    !WRITES.test(subject.slice(0, 2_000)) &&
    programs.every((program) => LOOKING.has(program) || LOOKING_GIT.has(program))
  )
}

function gives(output: string, wanted: ReadonlySet<string>): boolean {
  if (wanted.size === 0) return false
  for (const word of tellingWordSet(output, MAX_READ_LENGTH, MAX_WORDS)) {
    if (wanted.has(word)) return true
  }
  return false
}

/** Of calls made again to the letter the first reading counts, and the last of all others. */
function withoutRepeats(calls: readonly MadeCall[]): readonly MadeCall[] {
  const keyOf = ({ call }: MadeCall): string => `${call.name} ${call.input}`
  const first = new Map<string, MadeCall>()
  const last = new Map<string, MadeCall>()
  for (const made of calls) {
    const key = keyOf(made)
    if (!first.has(key)) first.set(key, made)
    last.set(key, made)
  }
  return calls.filter((made) => (isLooking(made) ? first : last).get(keyOf(made)) === made)
}

/** Without changes that a later one took back or wrote over, and without what took them back. */
function withoutUndone(calls: readonly MadeCall[]): readonly MadeCall[] {
  const left = new Set<MadeCall>()
  const changes = new Map<string, MadeCall[]>()
  const written = new Map<string, MadeCall>()
  for (const made of calls) {
    const { call, does, subject } = made
    if (does === 'command') {
      const restored = /^git (?:checkout (?:HEAD )?--|restore) (\S{1,300})\s*$/.exec(subject)?.[1]
      if (restored === undefined) continue
      left.add(made)
      for (const earlier of calls) {
        if (earlier === made) break
        if (earlier.does === 'change' && earlier.subject === restored) left.add(earlier)
      }
    } else if (does === 'change') {
      const leaves = readLeaves(call.input, MAX_VALUES, false) ?? []
      const key = `${call.name} ${leaves
        .map(({ value }) => String(value))
        .toSorted()
        .join('\n')}`
      const same = changes.get(key) ?? []
      const undone = same.findLast((earlier) => earlier.call.input !== call.input)
      changes.set(key, [...same.filter((earlier) => earlier !== undone), ...(undone ? [] : [made])])
      if (undone) for (const each of [undone, made]) left.add(each)
      if (subject !== '' && leaves.some(({ name }) => CONTENT.has(name))) {
        const before = written.get(`${call.name} ${subject}`)
        if (before) left.add(before)
        written.set(`${call.name} ${subject}`, made)
      }
    }
    // Whatever ran or read in between may have used what was written.
    if (does !== 'change') written.clear()
  }
  return calls.filter((made) => !left.has(made))
}

import { assembleContext } from '../core/session/assemble.ts'
import type { Candidate } from '../core/compaction/candidate.ts'
import { checkCandidate, hasLegalSources, isSupported } from '../core/compaction/check.ts'
import {
  composeDigest,
  type ComposedDigest,
  type DigestSources,
} from '../core/compaction/compose.ts'
import { settleLines, type SettledLines } from '../core/compaction/settle-lines.ts'
import { BUILT_IN_EXTRACTORS, digestBlock } from '../core/compaction/digest-block.ts'
import type { BlockRange, BlockResult, Job } from '../core/compaction/job.ts'
import { findIdentifiers } from '../core/memory/identifiers.ts'
import { checkRulesInContext, type RuleFaults } from '../core/memory/vault/check-rules.ts'
import { archivedPayloads } from '../core/memory/archive-payloads.ts'
import { noteLines, noteSources, undoneNoteIds } from '../core/memory/note-lines.ts'
import { BackfoldError } from '../core/backfold-error.ts'
import type { Compressor } from '../core/ports/compressor.ts'
import type { ComposeRequest, Digester, ExtractRequest } from '../core/ports/digester.ts'
import type { SessionStore, Snapshotted } from '../core/ports/session-store.ts'
import type { Tokeniser } from '../core/ports/tokeniser.ts'
import { NO_TOKENS, sumCategories } from '../core/session/categories.ts'
import type { CheckResult, DigestLine, Generation, Stub } from '../core/session/generation.ts'
import { textOf, type Message } from '../core/session/message.ts'
import type { Budget } from '../core/session/policy.ts'
import { ROW_SCHEMA } from '../core/session/session-row.ts'
import { createArtifactPacker, type ArtifactPacker } from './artifact-packer.ts'
import { followTrajectory, patchBlocks } from './examine-summary.ts'
import { readSlices } from './read-slices.ts'
import { readStretches } from './read-stretches.ts'
import { stubTail } from './stub-tail.ts'

/** Shares of what a fold aims at that the digest has at least, and at most. */
const LEAST_OF_TARGET = 0.4
const MOST_OF_TARGET = 0.95
/** Share of what it covers that a digest may be. */
const MOST_OF_COVERED = 0.5
/** Smallest digest that is worth having, in tokens. */
const LEAST_DIGEST_TOKENS = 400
/** Identifiers looked for in one message above the mark. */
const MAX_IDENTIFIERS_PER_MESSAGE = 40

export interface DigesterPorts {
  readonly store: Pick<SessionStore, 'read'>
  readonly tokeniser: Tokeniser
  readonly compressor: Compressor
}

/**
 * The built-in summariser: no model, deterministic. It reads the log by itself and writes nothing, so
 * it can run in a thread of its own.
 */
export function createDigester(given: DigesterPorts): Digester {
  const ports: PackingPorts = { ...given, packer: createArtifactPacker(given) }
  const read = shareReads((session: string, range: BlockRange) =>
    readSlices(ports.store, session, range),
  )
  return {
    name: 'built-in',
    extractors: BUILT_IN_EXTRACTORS,
    extract: (request) => extract(ports, request, read(request.session, request.range)),
    compose: (request) => compose(ports, request),
  }
}

interface PackingPorts extends DigesterPorts {
  readonly packer: ArtifactPacker
}

type ReadBlock = ReturnType<typeof readSlices>

/**
 * The extractors of one block are asked one right after the other: while it is being read for the first, the
 * others wait for the same read. It is not kept longer, because the log may change.
 */
function shareReads(
  read: (session: string, range: BlockRange) => ReadBlock,
): (session: string, range: BlockRange) => ReadBlock {
  const reading = new Map<string, ReadBlock>()
  return (session, range) => {
    const key = `${range.from}-${range.to} ${session}`
    const found = reading.get(key)
    if (found) return found
    const block = read(session, range)
    reading.set(key, block)
    const forget = (): boolean => reading.delete(key)
    block.then(forget, forget)
    return block
  }
}

async function extract(
  ports: PackingPorts,
  request: ExtractRequest,
  read: ReadBlock,
): Promise<BlockResult> {
  const { session } = request
  const messages = await read
  const pins = new Set(request.pins)
  const extractor = BUILT_IN_EXTRACTORS.find(({ name }) => name === request.extractor)?.name
  if (!extractor) throw new BackfoldError('INTERNAL', `no extractor named ${request.extractor}`)
  const looked =
    extractor === 'pads'
      ? await readStretches(ports.store, session, messages, request.range.to)
      : messages
  const block = digestBlock(looked, extractor, {
    largePayloadTokens: request.largePayloadTokens,
    maxQuoteTokens: request.maxQuoteTokens,
    count: (text) => ports.tokeniser.count(text),
  })
  const bySeq = new Map(messages.map((message) => [message.seq, message]))
  // What a pinned message says stands in the context already.
  const own = block.lines.filter((line) => line.sources.some((seq) => !pins.has(seq)))
  const lines = own.filter((line) => standsOnSources(line, bySeq))
  return {
    digest: {
      lines,
      stubs: [],
      messages: messages.length,
      chain: messages.at(-1)?.chain ?? '',
      unsupported: own.length - lines.length,
      ...(block.padRuns.length > 0 ? { padRuns: block.padRuns } : {}),
    },
    artifacts: await ports.packer.pack(session, block.payloads),
  }
}

async function compose(ports: PackingPorts, request: ComposeRequest): Promise<Candidate> {
  const { session: id, job: n } = request
  const count = (text: string): number => ports.tokeniser.count(text)
  const read = await readForCompose(ports, id, n)
  const { job, session } = read
  const above = read.range.filter((message) => message.active)
  const tokensBefore = Math.max(job.tokensBefore, sumCategories(session.tokens.context))
  const noted = await readNotes(ports, read)
  const undone = undoneNoteIds(read.notes)
  const standing = (read.head?.digest ?? []).filter((line) => !undone.has(line.id))
  const patched = patchBlocks(read.blocks, standing, above)
  const { previous, blockLines, summarisedBy } = patched
  const { stubs, payloads } = await stubTail(ports, {
    session: id,
    above,
    pins: new Set(session.pins),
    protectMessages: request.protectMessages,
    largePayloadTokens: session.policy.largePayloadTokens,
    isArchived: archivedPayloads(read.notes),
    count,
    lines: [...previous, ...blockLines],
  })
  const tail = assembleContext({ head: emptyHead(job, stubs), pins: read.pins, tail: above })
  const inUse = identifiersIn(above)
  const added = [...blockLines, ...noted.lines]
  const maxTokens = digestRoom(session.policy.budget, tail.tokens, tokensBefore)
  const isSummarised = summarisedBy.length > 0
  const given = { previous, added, inUse, maxTokens, count, stubs, isSummarised }
  const { composed, followed } = await composeWithTrajectory(ports.store, read, above, given)
  const tokensAfter = tail.tokens + composed.tokens
  const checks = checkCandidate({
    job,
    blocks: read.blocks,
    chainAtMark: read.at[0]?.chain ?? '',
    linesWithoutSources: composed.dropped + noted.dropped,
    ...composed,
    rulesLeftOut: composed.rulesLeftOut.length,
    taskExpected: [...previous, ...blockLines].some((line) => line.section === 'goal'),
    tail: above,
    inUse,
    tokensBefore,
    tokensAfter,
    minimumGain: session.policy.minimumGain,
  })
  return {
    digest: composed.lines,
    digestTokens: composed.tokens,
    stubs,
    artifacts: await ports.packer.pack(id, payloads),
    covered: (read.head?.covered ?? 0) + job.messages,
    coverage: read.at[0]?.chain ?? '',
    tokensAfter,
    categoriesAfter: { ...tail.categories, digest: composed.tokens },
    checks: [...checks, ...patched.checks, ...followed],
    padRuns: read.blocks.flatMap((block) => block.padRuns ?? []),
    summarisedBy,
    rules: composed.rules,
    rulesLeftOut: composed.rulesLeftOut,
  }
}

type Composed = ReturnType<typeof composeLines>

/** Composes the lines; of a summarised digest once more, if the turns above speak of what it lost. */
async function composeWithTrajectory(
  store: Pick<SessionStore, 'read'>,
  read: Parameters<typeof composeLines>[0],
  above: readonly Message[],
  {
    stubs,
    isSummarised,
    ...given
  }: Omit<DigestSources, 'mark'> & {
    readonly stubs: readonly Stub[]
    readonly isSummarised: boolean
  },
): Promise<{ readonly composed: Composed; readonly followed: readonly CheckResult[] }> {
  const composed = composeLines(read, above, given)
  if (!isSummarised) return { composed, followed: [] }
  const { check, lines } = await followTrajectory(store, read.job, above, {
    lines: composed.lines,
    stubs,
    pins: read.pins,
  })
  if (lines.length === 0) return { composed, followed: [check] }
  const added = [...given.added, ...lines]
  return { composed: composeLines(read, above, { ...given, added }), followed: [check] }
}

/** The lines of the digest as the vault and the person want them, and what of the rules the context will have. */
function composeLines(
  read: Snapshotted & { readonly job: Job },
  above: readonly Message[],
  given: Omit<DigestSources, 'mark'>,
): ComposedDigest &
  Pick<SettledLines, 'rules'> & {
    readonly rulesMended: number
    readonly dropped: number
    readonly ruleFaults: RuleFaults
  } {
  const { session, mark } = read.job
  const { previous, added } = given
  const settled = settleLines({ ...read, session, previous, added, mark })
  const { rules, mended, pinnedRules, hidden } = settled
  const composed = composeDigest({
    ...given,
    previous: [],
    added: settled.lines,
    mark,
    pinnedRules,
    hidden,
  })
  const lines = composed.lines.filter((line) => hasLegalSources(line, mark))
  const ruleFaults = checkRulesInContext({
    rows: rules,
    digest: lines,
    leftOut: composed.rulesLeftOut,
    verbatim: new Set([...read.pins, ...above].map(({ seq }) => seq)),
  })
  const dropped = composed.lines.length - lines.length
  return { ...composed, lines, dropped, rules, rulesMended: mended, ruleFaults }
}

async function readForCompose(
  { store }: Pick<DigesterPorts, 'store'>,
  session: string,
  n: number,
): Promise<
  Snapshotted & { readonly job: Job; readonly session: NonNullable<Snapshotted['session']> }
> {
  const first = await store.read({ session, jobs: [n] })
  const job = first.jobs[0]
  if (!job) throw new BackfoldError('SESSION_NOT_FOUND', `job ${n} of session ${session} is gone`)
  const read = await store.read({
    session,
    head: true,
    blocks: n,
    notes: 'all',
    rules: 'all',
    facts: 'all',
    // The pins of the context as it will be: below the job's mark, not below the head's.
    at: [job.mark, ...job.pins.filter((seq) => seq <= job.mark)],
    range: { from: job.mark + 1, to: Number.MAX_SAFE_INTEGER },
  })
  if (!read.session) throw new BackfoldError('SESSION_NOT_FOUND', `session ${session} is gone`)
  return { ...read, job, session: read.session, pins: read.at.slice(1) }
}

/** What a model noted during the messages that are covered now. */
async function readNotes(
  { store }: DigesterPorts,
  { job, notes }: Snapshotted & { readonly job: Job },
): Promise<ReturnType<typeof noteLines>> {
  const at = noteSources(notes)
  if (at.length === 0) return { lines: [], dropped: 0 }
  const read = await store.read({ session: job.session, at })
  return noteLines(notes, read.at, { above: job.from - 1, upTo: job.mark })
}

/**
 * Tokens left for the digest when pinned messages and the tail have what they need. Of what it covers it is
 * at most half, or it would save nothing.
 */
function digestRoom({ tokens, target }: Budget, others: number, before: number): number {
  const aim = tokens * target
  const most = Math.min(aim * MOST_OF_TARGET, (before - others) * MOST_OF_COVERED)
  const room = Math.min(Math.max(aim - others, aim * LEAST_OF_TARGET), most)
  return Math.max(LEAST_DIGEST_TOKENS, Math.floor(room))
}

function identifiersIn(messages: readonly Message[]): ReadonlySet<string> {
  return new Set(
    messages.flatMap((message) =>
      findIdentifiers(textOf(message).slice(0, 20_000), MAX_IDENTIFIERS_PER_MESSAGE),
    ),
  )
}

/**
 * A line about an artifact is a label made by code, and what stands behind a label is quoted to the letter; every
 * other line must stand in its sources.
 */
function standsOnSources(line: DigestLine, bySeq: ReadonlyMap<number, Message>): boolean {
  if (line.artifact !== undefined || line.label !== undefined) return true
  return isSupported(
    line,
    line.sources.flatMap((seq) => bySeq.get(seq) ?? []),
  )
}

/** A head without a digest, to measure what the context will be besides it. */
function emptyHead(job: Job, stubs: readonly Stub[]): Generation {
  return {
    session: job.session,
    n: 0,
    schema: ROW_SCHEMA,
    parent: job.base,
    mark: job.mark,
    digest: [],
    digestTokens: 0,
    stubs,
    coverage: '',
    covered: 0,
    tokensBefore: 0,
    tokensAfter: 0,
    categoriesAfter: NO_TOKENS,
    summariser: '',
    checks: [],
    status: 'candidate',
    job: job.n,
    createdAt: 0,
  }
}

import type { RuleFaults } from '../memory/vault/check-rules.ts'
import { findIdentifiers } from '../memory/identifiers.ts'
import type { CheckResult, DigestLine } from '../session/generation.ts'
import { startsTurn, textOf, type Message, type Seq } from '../session/message.ts'
import type { BlockDigest, Job } from './job.ts'

/** Everything that a candidate is checked against. */
export interface CheckFacts {
  readonly job: Job
  readonly blocks: readonly BlockDigest[]
  /** Chain hash of the log at the mark. */
  readonly chainAtMark: string
  readonly lines: readonly DigestLine[]
  readonly linesWithoutSources: number
  readonly rulesLeftOut: number
  /** Rules in force that the lines had lost, and the vault gave back. */
  readonly rulesMended: number
  /** What is wrong with the rules in force, as the context will be. */
  readonly ruleFaults: RuleFaults
  /** Whether a request of the user was covered. */
  readonly taskExpected: boolean
  /** Messages above the mark. */
  readonly tail: readonly Message[]
  /** Identifiers that those messages use. */
  readonly inUse: ReadonlySet<string>
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly minimumGain: number
}

/**
 * Tests a candidate before it may count. What code can mend was mended while composing, and is
 * reported here as such; a failed check rejects the candidate.
 *
 * @see SPEC.md rules CHK1–CHK4
 */
export function checkCandidate(facts: CheckFacts): readonly CheckResult[] {
  return [
    checkCoverage(facts),
    checkSources(facts),
    checkRules(facts),
    checkVault(facts.ruleFaults, facts.rulesMended),
    checkTask(facts),
    checkIdentifiers(facts),
    checkUnsupported(facts),
    checkExtractors(facts),
    checkGain(facts),
  ]
}

/** Whether every line stands on messages that the digest covers. */
export function hasLegalSources(line: DigestLine, mark: Seq): boolean {
  return line.sources.length > 0 && line.sources.every((seq) => seq >= 1 && seq <= mark)
}

/**
 * Whether every identifier of a line stands in one of its sources. For lines that quote, this holds by
 * construction; it is what keeps an invented path or number out.
 */
export function isSupported(line: DigestLine, sources: readonly Message[]): boolean {
  const text = sources.map(textOf).join('\n')
  return findIdentifiers(line.text, Infinity).every((identifier) => text.includes(identifier))
}

function checkCoverage({ job, blocks, chainAtMark }: CheckFacts): CheckResult {
  const expected = job.messages
  const read = blocks.reduce((sum, block) => sum + block.messages, 0)
  const complete =
    read === expected &&
    blocks.length === job.blocks.length &&
    blocks.every((block, index) => isWhole(block, index, job)) &&
    blocks.at(-1)?.chain === chainAtMark
  return complete
    ? passed('coverage', `all ${expected} messages up to #${job.mark} were read`)
    : failed(
        'coverage',
        `${read} of ${expected} messages up to #${job.mark} were read as they stand`,
      )
}

/** Whether a block is the one of that place, and read all of it: too few here may hide too many there. */
function isWhole({ block, messages }: BlockDigest, index: number, job: Job): boolean {
  const expected = job.blocks[index]?.messages
  return block === index && (expected === undefined || messages === expected)
}

function checkSources({ lines, linesWithoutSources }: CheckFacts): CheckResult {
  return linesWithoutSources === 0
    ? passed('sources', `all ${lines.length} lines name messages at or below the mark`)
    : mended('sources', `${linesWithoutSources} lines without legal sources were dropped`)
}

function checkRules({ lines, rulesLeftOut }: CheckFacts): CheckResult {
  const kept = lines.filter((line) => line.section === 'rules' || line.section === 'corrections')
  return rulesLeftOut === 0
    ? passed('rules', `all ${kept.length} rules and corrections are quoted`)
    : mended(
        'rules',
        `${kept.length} newest rules are quoted, ${rulesLeftOut} older ones are recalled`,
      )
}

/**
 * Whether the context will hold every rule that the vault has in force, and none that it has not. Rules for which
 * there is no room are told apart, by the check of rules.
 *
 * @see SPEC.md rule VAULT8
 */
export function checkVault({ missing, stale }: RuleFaults, lost: number): CheckResult {
  if (missing.length + stale.length > 0) {
    return failed(
      'vault',
      `${missing.length} rules in force stand nowhere in the context, ${stale.length} are quoted otherwise than they are in force`,
    )
  }
  return lost === 0
    ? passed('vault', 'every rule in force stands in the digest or verbatim, and no other')
    : mended('vault', `${lost} rules in force had been lost and were put back`)
}

function checkTask({ lines, tail, taskExpected }: CheckFacts): CheckResult {
  if (tail.some(startsTurn)) {
    return passed('current-task', 'the newest request stands verbatim above the mark')
  }
  if (lines.some((line) => line.section === 'goal')) {
    return passed('current-task', 'the newest request is quoted')
  }
  return taskExpected
    ? failed('current-task', 'the newest request is neither quoted nor above the mark')
    : passed('current-task', 'no request was made in the covered part')
}

function checkIdentifiers({ lines, inUse }: CheckFacts): CheckResult {
  const digest = lines.map((line) => line.text).join('\n')
  const named = [...inUse].filter((identifier) => digest.includes(identifier)).length
  return passed(
    'identifiers',
    `of ${inUse.size} identifiers in use above the mark ${named} stand in the digest; recall has the rest`,
  )
}

function checkUnsupported({ blocks }: CheckFacts): CheckResult {
  const dropped = blocks.reduce((sum, block) => sum + block.unsupported, 0)
  return dropped === 0
    ? passed('unsupported', 'every identifier in the digest stands in its sources')
    : mended('unsupported', `${dropped} lines said more than their sources and were dropped`)
}

/** The job goes on without an extractor that failed; people are told which, and why. */
function checkExtractors({ job }: CheckFacts): CheckResult {
  const reasons = new Map(job.leftOut.map(({ extractor, reason }) => [extractor, reason]))
  if (reasons.size === 0) {
    return passed('extractors', `${job.extractors.join(', ')} read every block`)
  }
  const shown = [...reasons].map(([name, reason]) => `${name} was left out (${reason})`)
  return mended('extractors', shown.join('; '))
}

function checkGain({ tokensBefore, tokensAfter, minimumGain }: CheckFacts): CheckResult {
  const gain = tokensBefore > 0 ? 1 - tokensAfter / tokensBefore : 0
  const shown = `${tokensBefore} → ${tokensAfter} tokens, ${Math.round(gain * 100)} % saved`
  return gain >= minimumGain
    ? passed('gain', shown)
    : failed('gain', `${shown}: less than the minimum`)
}

function passed(name: CheckResult['name'], detail: string): CheckResult {
  return { name, outcome: 'passed', detail }
}

function mended(name: CheckResult['name'], detail: string): CheckResult {
  return { name, outcome: 'mended', detail }
}

function failed(name: CheckResult['name'], detail: string): CheckResult {
  return { name, outcome: 'failed', detail }
}
